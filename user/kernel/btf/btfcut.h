/* SPDX-License-Identifier: MIT */
/*
 * A small BTF cut out of a kernel's: the types that programs name, with all that lies within
 * them. libbpf relocates by it as by the whole one, of which it would read and copy some 5 MB
 * and look through more than 100,000 types for each that a relocation begins at: half of the
 * time, and most of the memory, that an agent takes to start.
 *
 * What a pointer points to is left out: a relocation that goes on behind one begins anew, at the
 * type that it points to, by name.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../../base/buf.h"

/* A type whose number in the whole BTF is wanted. */
struct btfcut_id {
	const char *name;
	uint32_t kind; /* BTF_KIND_* */
	uint32_t id;   /* out; 0: there is none, or more than one */
};

/*
 * Cut the structs, unions, enums and typedefs called names[0..n-1], all of each name (a flavour,
 * `___` and what follows, is no part of it), out of the
 * `size` bytes at `btf`: a whole BTF as in /sys/kernel/btf/vmlinux, in the byte order of this
 * machine, aligned to four bytes. It is not trusted to be well formed.
 * Appends the new one to `out` and fills in ids[0..n_ids-1].
 * 0; -EINVAL: that is no BTF, or it is broken or has a kind of type not known here; -ENOMEM.
 */
int btfcut(const void *btf, size_t size, const char *const *names, size_t n, struct btfcut_id *ids,
	   size_t n_ids, struct buf *out);

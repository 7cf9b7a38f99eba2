/* SPDX-License-Identifier: MIT */
/*
 * Holders: processes that load programs and attach them when they are told to.
 * They are a program of its own, as that of another revision can be asked, too:
 * what is said here has to stay as it is.
 *
 *   holder CGROUP NETNS WORD...     what it holds: see held.h
 *
 * It answers each line of its input with one of its own: "ok", followed by what
 * was asked for, or "failed: WHY". The first "ok" says that all is loaded.
 *
 *   on N     attach; N is for foreign programs
 *   off      detach
 *   stats    of each attached program " HOOK:RUNS:NS", as bpf_stats has it
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../../user/base/buf.h"
#include "binder.h"

struct holder;

/*
 * Start one of a build directory for a binder. `what` are the words behind, with blanks between
 * them. 0, or a negative errno with a reason in `err`.
 */
int holder_start(const char *dir, const char *cgroup, const struct binder *binder, const char *what,
		 struct holder **ret_holder, struct buf *err);
void holder_free(struct holder *holder);
DEFINE_CLEANUP(struct holder, holder_free)

/* 0, or a negative errno. */
int holder_on(struct holder *holder, unsigned int n, struct buf *err);
int holder_off(struct holder *holder, struct buf *err);

#define HOLDER_HOOKS 8

struct holder_stats {
	size_t len;
	struct {
		char hook[32];
		uint64_t runs, ns;
	} hooks[HOLDER_HOOKS];
};

int holder_stats(struct holder *holder, struct holder_stats *ret_stats, struct buf *err);

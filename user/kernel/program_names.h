/* SPDX-License-Identifier: MIT */
/* The names of BPF programs, for an agent that may not open one by its id. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../../bpf/abi.h"
#include "../base/cleanup.h"

struct program_names;

/* Load the iterator. 0, or a negative errno; logs nothing where the kernel has none. */
int program_names_open(struct program_names **ret_names);
void program_names_close(struct program_names *names);
DEFINE_CLEANUP(struct program_names, program_names_close)

typedef void (*program_names_fn)(void *data, const struct hp_program *program);

/* Walk once: call fn for each program that is loaded. 0, or a negative errno. */
int program_names_read(struct program_names *names, program_names_fn fn, void *data);

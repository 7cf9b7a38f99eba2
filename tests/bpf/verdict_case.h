/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What goes into the kernel with a case of the verdict table, and comes back. */
#pragma once

#include "../../bpf/verdict.h"

struct verdict_io {
	struct hp_config config;
	struct hp_row row;
	struct hp_query query;
	__u8 has_row;
	__u8 pad;
	struct hp_decision decision; /* out */
};

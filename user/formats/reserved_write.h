/* SPDX-License-Identifier: MIT */
/* The registered ports of the ephemeral range, as a file for sysctl.d. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn. Ports of any row, so that the kernel hands none of them out. Comments
 * alone where there are none. -EINVAL where that would be more than half of the range.
 */
int reserved_write(const struct export_job *job, struct buf *out, struct buf *said);

/* Are there any? */
bool reserved_needed(const struct export_job *job);

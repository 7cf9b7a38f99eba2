/* SPDX-License-Identifier: MIT */
/* A registry as one registry file. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn. One layer keeps its name and source. Several become one, which is
 * called job->name ("exported"), of the rows that no drop took away; what they were is
 * told in its source. -EINVAL when its ranges are more than a file can hold.
 */
int yaml_write(const struct export_job *job, struct buf *out, struct buf *said);

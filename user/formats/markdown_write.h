/* SPDX-License-Identifier: MIT */
/* A registry as the tables of the Host Port Registry page, in Markdown. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn. Entries and retired rows, in their order. markdown_read() of it is the
 * same rows, but for what `said` tells.
 */
int markdown_write(const struct export_job *job, struct buf *out, struct buf *said);

/* SPDX-License-Identifier: MIT */
/* A registry's rows as comma-separated values, for spreadsheets. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn. RFC 4180: a header, then a row a line, in the order of the registry.
 * Lists are JSON. A cell that a spreadsheet would take for a formula gets a ' in
 * front, which `said` tells; for programs there is JSON.
 */
int csv_write(const struct export_job *job, struct buf *out, struct buf *said);

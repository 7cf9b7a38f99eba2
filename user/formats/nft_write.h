/* SPDX-License-Identifier: MIT */
/* The registered external ports of a node as an nftables ruleset. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn. A file for `nft -f`, which may be loaded again: it replaces the table
 * `inet hostportd`. What has no port is left alone. -EINVAL where no port would be open.
 */
int nft_write(const struct export_job *job, struct buf *out, struct buf *said);

/* SPDX-License-Identifier: MIT */
/* Writes a Butane configuration; butane makes a MachineConfig of it. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn: the ruleset of nft_write() with a unit that loads it, and the file of
 * reserved_write() where it is needed. -EINVAL where either says so, where the role is
 * neither control-plane nor worker, and for clusters before 4.8.
 */
int butane_write(const struct export_job *job, struct buf *out, struct buf *said);

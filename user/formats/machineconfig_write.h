/* SPDX-License-Identifier: MIT */
/* Writes a MachineConfig, as butane would make it. Pure. */
#pragma once

#include "export.h"

/*
 * An export_fn: what butane_write() describes, in JSON, for clusters of every version that it
 * knows. -EINVAL where machine_build() fails so, and where the role is neither control-plane nor
 * worker.
 */
int machineconfig_write(const struct export_job *job, struct buf *out, struct buf *said);

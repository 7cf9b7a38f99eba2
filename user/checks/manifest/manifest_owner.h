/* SPDX-License-Identifier: MIT */
/* Whether a container is one of those that a row names as its owners. Pure. */
#pragma once

#include "../../base/buf.h"
#include "../../registry/registry.h"
#include "model.h"

/*
 * A row without owners is everybody's. A systemd unit is no pod; a path alone
 * (exe) is not told by a manifest, so it may be any container's. Names of pods
 * are those that the workload's will have.
 */
bool manifest_owner_matches(const struct reg_row *row, const struct pod *pod,
			    const struct container *container);

/* Append the owners of a row: "unit sshd.service, pod ns/name-*, container c". */
void manifest_owner_names(const struct reg_row *row, struct buf *out);

/* SPDX-License-Identifier: MIT */
/* Whether a container is an owner of a row. Pure. */
#pragma once

#include "../../base/buf.h"
#include "../../registry/registry.h"
#include "model.h"

/*
 * Does a row let this container bind? A row without owners lets anything bind. A
 * systemd unit is no pod. No manifest has the path of a program (exe), so any
 * container may match it. A pod is matched by the names that its workload will give.
 */
bool manifest_owner_matches(const struct reg_row *row, const struct pod *pod,
			    const struct container *container);

/* Append the owners of a row: "unit sshd.service, pod ns/name-*, container c". */
void manifest_owner_names(const struct reg_row *row, struct buf *out);

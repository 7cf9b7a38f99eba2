/* SPDX-License-Identifier: MIT */
/* YAML manifests for a pod reader. Pure. */
#pragma once

#include "../registry/diag.h"
#include "pod_reader.h"

#define POD_YAML_NODES_MAX (1U << 20) /* of one document; an alias counts as what it stands for */

/*
 * Read the documents of a file up to its end, or to one that is broken. 0; -EINVAL with a
 * message in diags; -ENOMEM; or what the reader's function returned.
 */
int pod_yaml_read(struct pod_reader *reader, const char *file, const char *text, size_t len,
		  struct diags *diags);

/* SPDX-License-Identifier: MIT */
/* OpenShift's communication matrix, in CSV, to a layer. Pure. */
#pragma once

#include "layer_build.h"

#define MATRIX_ROWS_MAX 16384

/*
 * Read a matrix of any version of `oc commatrix`; its columns may stand in any order. Rows of one
 * protocol, port and process become one entry, with all their owners; in the order in which they
 * appear first. -EINVAL with messages for all that is wrong; -ENOMEM. The layer is the caller's.
 *
 * The process is the pod's name, or the service's where there is no pod; the owner the
 * pod's name with -* behind it, its namespace and container, or the unit of a host
 * system service. Entries of both roles have none. Notes keep the service beside a
 * pod's name, and that a row is optional.
 */
int matrix_read(const struct layer_source *source, struct diags *diags,
		struct reg_layer **ret_layer);

/* SPDX-License-Identifier: MIT */
/* Reads mappings of a registry file by the tables of row_fields.h. Pure. */
#pragma once

#include "reader_value.h"

/*
 * Read a mapping into the object that has these fields as members: a file_head, a reg_row or
 * a reg_owner. 0, also when something is wrong (which is said in the diags), or -ENOMEM.
 */
int reader_mapping(const struct reader *r, const struct fields *fields,
		   const struct yaml_node *node, void *object);

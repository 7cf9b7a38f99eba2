/* SPDX-License-Identifier: MIT */
/* Which rows of a registry are asked for. Pure. */
#pragma once

#include "../base/buf.h"
#include "registry.h"

/* All zero: every row. What is given must all hold. */
struct row_filter {
	uint16_t first, last; /* a row that names one of these ports; 0: any */
	bool by_proto, by_role;
	uint8_t proto;	    /* enum hp_proto */
	enum reg_role role; /* a row that holds on nodes of this role */
	const char *team;   /* in upper or lower case; NULL: any */
};

/*
 * Read a port as port_argument.h does; an address is not looked at. 0, or -EINVAL with the reason
 * in `err`.
 */
int row_filter_parse(const char *text, struct row_filter *filter, struct buf *err);

bool row_filter_has(const struct row_filter *filter, const struct reg_row *row);

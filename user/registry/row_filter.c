// SPDX-License-Identifier: MIT
#include "row_filter.h"

#include <strings.h>

#include "port_argument.h"

int row_filter_parse(const char *text, struct row_filter *filter, struct buf *err)
{
	struct port_argument argument;
	int r = port_argument_parse(text, &argument, err);

	if (r < 0)
		return r;
	filter->first = argument.first;
	filter->last = argument.last;
	filter->by_proto = argument.has_proto;
	filter->proto = argument.proto;
	return 0;
}

bool row_filter_has(const struct row_filter *filter, const struct reg_row *row)
{
	if (filter->first && (row->last < filter->first || filter->last < row->first))
		return false;
	if (filter->by_proto && row->proto != filter->proto && !row->any_proto)
		return false;
	if (filter->by_role && row->role != REG_ROLE_ANY && filter->role != REG_ROLE_ANY &&
	    row->role != filter->role)
		return false;
	return !filter->team || (row->team && strcasecmp(row->team, filter->team) == 0);
}

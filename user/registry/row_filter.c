// SPDX-License-Identifier: MIT
#include "row_filter.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "words.h"

int row_filter_parse(const char *text, struct row_filter *filter, struct buf *err)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char ports[16] = "";
	int proto;

	if (len < sizeof(ports))
		memcpy(ports, text, len);
	if (reg_ports_parse(ports, &filter->first, &filter->last) < 0) {
		buf_printf(err, "%.64s: not ports (N or N-M, each 1 to 65535)", text);
		return -EINVAL;
	}
	if (!slash)
		return 0;
	proto = word_to_proto(slash + 1);
	if (proto < 0) {
		buf_printf(err, "%.64s: not tcp, udp, udplite or sctp after the ports", text);
		return -EINVAL;
	}
	filter->by_proto = true;
	filter->proto = (uint8_t)proto;
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

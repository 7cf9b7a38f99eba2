// SPDX-License-Identifier: MIT
#include "registered.h"

void registered_ports(const struct policy *policy, uint16_t first, uint16_t last,
		      struct portset *set)
{
	for (size_t i = 0; i < policy->len; i++) {
		const struct hp_row *row = &policy->rows[i].row;
		uint16_t port = policy->rows[i].key.port;

		/* an exception alone registers nothing */
		if (row->row[HP_SCOPE_EXTERNAL] == HP_NO_ROW &&
		    row->row[HP_SCOPE_LOCALHOST] == HP_NO_ROW)
			continue;
		if (port >= first && port <= last)
			portset_add(set, port);
	}
}

// SPDX-License-Identifier: MIT
#include "lint_row.h"

#include <stdio.h>

#include "../../registry/words.h"

struct lint_subject lint_row_subject(const struct lint_row *at)
{
	return (struct lint_subject) {
		.layer = at->layer,
		.proto = at->row->proto,
		.first = at->row->first,
		.last = at->row->last,
	};
}

struct lint_ports lint_row_ports(const struct reg_row *row)
{
	struct lint_ports ports;

	if (row->first == row->last)
		(void)snprintf(ports.text, sizeof(ports.text), "%u", row->first);
	else
		(void)snprintf(ports.text, sizeof(ports.text), "%u-%u", row->first, row->last);
	return ports;
}

struct lint_name lint_row_name(const struct reg_row *row)
{
	struct lint_name name;

	(void)snprintf(name.text, sizeof(name.text), "%s %s%s%s%s", word_proto(row->proto),
		       lint_row_ports(row).text, row->process ? " (" : "",
		       row->process ? row->process : "", row->process ? ")" : "");
	return name;
}

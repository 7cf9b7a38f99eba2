// SPDX-License-Identifier: MIT
/* Source ports of clients that are registered as well. */
#include <errno.h>
#include <stdlib.h>

#include "../../../bpf/abi.h"
#include "../../base/portset.h"
#include "lint_context.h"

#define SHOWN 48 /* bytes of a list of ports */

static void check(struct lint *lint, const struct portset *registered, const struct lint_row *at)
{
	const struct reg_row *row = at->row;
	_cleanup_buf_ struct buf ports = { 0 };
	struct portset both = { 0 };

	portset_add_range(&both, row->first, row->last);
	portset_intersect(&both, registered);
	if (!portset_count(&both))
		return;
	portset_put(&both, SHOWN, &ports);
	lint->findings->failed |= ports.failed;
	if (ports.failed)
		return;
	finding_suggest(lint_add_finding(lint, LINT_CLIENT_OVER_ENTRY, at, NULL,
					 "%s may take registered ports: %s",
					 lint_row_name(row).text, ports.data),
			"leave them out of its ports, or configure the program to avoid them");
}

int lint_source_ports(struct lint *lint)
{
	_cleanup_free_ struct portset *registered = NULL;

	if (!lint->clients.len)
		return 0;
	registered = calloc(HP_PROTO_MAX, sizeof(*registered));
	if (!registered)
		return -ENOMEM;
	for (size_t i = 0; i < lint->entries.len; i++) {
		const struct reg_row *row = lint->entries.items[i].row;

		portset_add_range(&registered[row->proto], row->first, row->last);
	}
	for (size_t i = 0; i < lint->clients.len; i++)
		check(lint, &registered[lint->clients.items[i].row->proto],
		      &lint->clients.items[i]);
	return 0;
}

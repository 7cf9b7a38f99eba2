// SPDX-License-Identifier: MIT
/* Rules on where the ports of entries lie. */
#include <errno.h>
#include <stdlib.h>

#include "../../base/portset.h"
#include "../../registry/words.h"
#include "lint_context.h"

/* The documented ranges by protocol. */
struct documented {
	struct portset proto[HP_PROTO_MAX];
};

static void outside(struct lint *lint, const struct lint_row *at, bool partly)
{
	const char *proto = word_proto(at->row->proto);
	struct finding *finding;

	finding = lint_add_finding(lint, LINT_OUTSIDE_DOCUMENTED_RANGE, at, NULL,
				   partly ? "%s is external, and only partly in documented ranges" :
					    "%s is external, and in no documented range",
				   lint_row_name(at->row).text);
	finding_suggest(finding,
			"take a free port (hostportctl registry next), or document it: "
			"ranges: [{protocol: %s, ports: %s, note: \"...\"}]",
			proto, lint_row_ports(at->row).text);
}

static void check_documented(struct lint *lint, const struct documented *documented,
			     const struct lint_row *at)
{
	const struct reg_row *row = at->row;
	size_t in = portset_count_range(&documented->proto[row->proto], row->first, row->last);
	size_t all = (size_t)row->last - row->first + 1;
	struct finding *finding;

	if (row->scope == HP_SCOPE_EXTERNAL && in < all)
		outside(lint, at, in > 0);
	if (row->scope != HP_SCOPE_LOCALHOST || in == 0)
		return;
	finding = lint_add_finding(
		lint, LINT_LOCALHOST_IN_RANGE, at, NULL,
		"%s is for localhost only, in a range that is open between machines",
		lint_row_name(row).text);
	finding_suggest(finding, "take a port outside of the documented ranges");
}

static bool touches(const struct reg_row *row, uint32_t first, uint32_t last)
{
	return row->first <= last && row->last >= first;
}

static void check_ephemeral(struct lint *lint, const struct lint_row *at)
{
	const struct lint_facts *facts = lint->facts;
	struct finding *finding;

	if (!facts->ephemeral_first ||
	    !touches(at->row, facts->ephemeral_first, facts->ephemeral_last))
		return;
	finding = lint_add_finding(lint, LINT_IN_EPHEMERAL_RANGE, at, NULL,
				   "%s is among the ports that the kernel hands out (%u-%u)",
				   lint_row_name(at->row).text, facts->ephemeral_first,
				   facts->ephemeral_last);
	finding_suggest(finding,
			"take a lower port, or reserve it: net.ipv4.ip_local_reserved_ports = %s",
			lint_row_ports(at->row).text);
}

/* A Service has TCP, UDP or SCTP. */
static void check_nodeport(struct lint *lint, const struct lint_row *at)
{
	struct finding *finding;

	if (at->row->proto == HP_PROTO_UDPLITE || !touches(at->row, NODEPORT_FIRST, NODEPORT_LAST))
		return;
	finding = lint_add_finding(lint, LINT_IN_NODEPORT_RANGE, at, NULL,
				   "%s is among the node ports of Services (%d-%d)",
				   lint_row_name(at->row).text, NODEPORT_FIRST, NODEPORT_LAST);
	finding_suggest(finding, "take a port outside of %d-%d", NODEPORT_FIRST, NODEPORT_LAST);
}

int lint_ranges(struct lint *lint)
{
	_cleanup_free_ struct documented *documented = calloc(1, sizeof(*documented));
	const struct lint_rows *entries = &lint->entries, *ranges = &lint->ranges;

	if (!documented)
		return -ENOMEM;
	for (size_t i = 0; i < ranges->len; i++)
		portset_add_range(&documented->proto[ranges->items[i].row->proto],
				  ranges->items[i].row->first, ranges->items[i].row->last);
	for (size_t i = 0; i < entries->len; i++) {
		if (ranges->len) /* without any, no port is outside */
			check_documented(lint, documented, &entries->items[i]);
		check_ephemeral(lint, &entries->items[i]);
		check_nodeport(lint, &entries->items[i]);
	}
	return 0;
}

// SPDX-License-Identifier: MIT
#include "many_ports.h"

#include "../registry/words.h"
#include "impact_json.h"

#define LIST_BYTES (1U << 20)

void many_ports_text(const struct ledger_entry *entry, const struct workload_facts *facts,
		     struct buf *out)
{
	const struct impact_row *row = &entry->row;
	const struct workload who = impact_row_workload(row, facts);
	uint16_t last = 0;
	size_t ports = impact_row_ports(row, &last);

	workload_text(&who, row->cgroup, out);
	buf_printf(out, ": %s, %zu ports of %u-%u (%s, %s)", word_proto(row->proto), ports,
		   row->port, last, word_class(row->cls), word_scope(row->scope));
}

/* How many ports were forgotten, by workload. */
static void put_losses(const struct ledger *ledger, struct jsonw *w)
{
	const struct ledger_loss *loss = ledger_losses(ledger);
	uint64_t sum = 0;

	jsonw_array(w, "forgotten_by");
	for (; loss->workload; loss++) {
		jsonw_object(w, NULL);
		jsonw_string(w, "workload", loss->workload);
		jsonw_u64(w, "ports", loss->ports);
		jsonw_object_end(w);
		sum += loss->ports;
	}
	jsonw_array_end(w);
	jsonw_u64(w, "forgotten_others", loss->ports);
	jsonw_u64(w, "forgotten", sum + loss->ports);
}

void many_ports_put(const struct ledger *ledger, const struct workload_facts *facts,
		    struct jsonw *w)
{
	_cleanup_impact_ struct impact impact = { 0 };
	const struct ledger_entry *entry = NULL;
	size_t left_out = 0;

	while ((entry = ledger_next(ledger, entry))) {
		const struct impact_row *row = &entry->row;

		if (row->ports && impact_add_violations(&impact, row, row->cls, row->ports) < 0)
			left_out++;
	}
	impact_settle(&impact);
	jsonw_object(w, "findings");
	left_out += impact_put_rows(&impact, facts, "many_ports", MANY_PORTS_LISTED, LIST_BYTES, w);
	jsonw_u64(w, "left_out", left_out);
	put_losses(ledger, w);
	jsonw_object_end(w);
}

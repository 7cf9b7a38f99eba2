// SPDX-License-Identifier: MIT
#include "learn.h"

#include <errno.h>
#include <string.h>

#include "../base/stamp.h"
#include "../policy/resolve.h"
#include "../registry/row_json.h"
#include "../registry/words.h"
#include "../stream/accounts.h"
#include "impact_json.h"

#define ROOM_LEFT   (1U << 20) /* for the exceptions and the document's end, in the document */
#define UNUSED_ROOM (ROOM_LEFT - 65536)

/* What makes up one answer. */
struct learning {
	struct violations *violations;
	const struct in_force *in_force;
	struct impact impact;
	struct excepted_ports *excepted;
	int error; /* of a part: the answer has the others */
};

/* The verdicts that an exception ends. */
#define TO_EXCEPT (1U << HP_VERDICT_AUDITED | 1U << HP_VERDICT_DENIED)

/* Sockets that have a port now: also those of before the start, and of before a reload. */
static int add_sockets(struct learning *l)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	struct socket_table *table = &l->violations->sweep->table;
	int failed = socket_table_find(table, &l->in_force->decision, &found), r = 0;

	for (size_t i = 0; i < found.len && r == 0; i++) {
		const struct receivers_socket *s = &found.list[i];

		excepted_ports_add(l->excepted, s->socket.proto, s->socket.port, s->decision);
		if (!(TO_EXCEPT & 1U << s->decision.verdict))
			continue;
		socket_table_describe(table, s);
		if (table->event.cls == HP_CLASS_EPHEMERAL)
			table->event.port = 0; /* another one each time */
		r = impact_add_socket(&l->impact, &table->event, s->holder);
	}
	return r < 0 ? r : failed;
}

static void look(struct learning *l)
{
	const struct ledger *ledger = l->violations->ledger;
	const struct ledger_filter filter = {
		.policy = l->in_force->policy,
		.facts = l->violations->sweep->table.identity->facts,
		.config = l->in_force->decision,
		.verdicts = TO_EXCEPT,
		.classes = UINT32_MAX,
	};
	int r = add_sockets(l);

	l->error = ledger_select(ledger, &filter, &l->impact);
	if (r < 0)
		l->error = r;
	violated_ports_except(ledger_ports(ledger), filter.policy, &filter.config, l->excepted);
	impact_settle(&l->impact);
}

/* Why an exception is of no use, or NULL. */
static const char *useless(const struct learning *l, const struct reg_row *row)
{
	const struct node_facts *facts = &l->in_force->facts;

	if (row->kind != REG_EXCEPTION)
		return NULL;
	if (reg_date_compare(facts->today, row->until) > 0)
		return "ended";
	if (!resolve_exception_holds(row, facts))
		return "not applied";
	return excepted_ports_use(l->excepted, row) ? NULL : "unused";
}

/* Write the member `useless`; how many are left out. */
static size_t put_useless(const struct learning *l, struct jsonw *w)
{
	const struct registry *reg = l->in_force->registry;
	size_t from = w->out->len, left_out = 0;

	jsonw_array(w, "useless");
	for (size_t i = 0; i < reg->len; i++)
		for (size_t j = 0; j < reg->layers[i].len; j++) {
			const char *why = useless(l, &reg->layers[i].rows[j]);

			if (!why)
				continue;
			if (w->out->len - from > UNUSED_ROOM) {
				left_out++;
				continue;
			}
			jsonw_object(w, NULL);
			row_json_members(w, &reg->layers[i], &reg->layers[i].rows[j]);
			jsonw_string(w, "path", reg->layers[i].path);
			jsonw_string(w, "why", why);
			jsonw_object_end(w);
		}
	jsonw_array_end(w);
	return left_out;
}

static void put_head(const struct learning *l, struct jsonw *w)
{
	const struct port_range *range = &l->violations->sweep->table.range;
	const struct in_force *in_force = l->in_force;
	char text[STAMP_LEN + 1];

	jsonw_string_opt(w, "node", l->violations->sweep->table.identity->node);
	jsonw_string(w, "mode", word_mode(in_force->decision.mode));
	jsonw_u64(w, "generation", in_force->decision.generation);
	stamp_utc(&l->violations->since, text);
	jsonw_string(w, "since", text);
	stamp_utc(&in_force->loaded, text);
	jsonw_string(w, "loaded", text);
	jsonw_object(w, "ephemeral");
	jsonw_u64(w, "first", range->first);
	jsonw_u64(w, "last", range->last);
	jsonw_object_end(w);
	jsonw_array(w, "layers");
	for (size_t i = 0; i < in_force->registry->len; i++)
		jsonw_string(w, NULL, in_force->registry->layers[i].name);
	jsonw_array_end(w);
}

int learn_json(struct violations *violations, struct buf *out)
{
	_cleanup_free_ struct excepted_ports *excepted = calloc(1, sizeof(*excepted));
	struct learning l = {
		.violations = violations,
		.in_force = violations->sweep->table.in_force,
		.excepted = excepted,
	};
	const struct stream *stream = violations->sweep->table.stream;
	struct jsonw w = { .out = out };
	size_t left_out;

	if (!excepted)
		return -ENOMEM;
	look(&l);
	jsonw_object(&w, NULL);
	put_head(&l, &w);
	if (l.error < 0)
		jsonw_string(&w, "incomplete", strerror(-l.error));
	impact_put(&l.impact, &violations->sweep->table.identity->facts, "violations", SIZE_MAX,
		   CONTROL_DOCUMENT_MAX - ROOM_LEFT, &w);
	jsonw_u64(&w, "lost", accounts_lost(stream->kernel, stream->told));
	left_out = put_useless(&l, &w);
	jsonw_u64(&w, "useless_left_out", left_out);
	jsonw_object_end(&w);
	impact_free(&l.impact);
	return 0;
}

// SPDX-License-Identifier: MIT
/* hostportctl registry next: free ports for a new row. */
#include "verb.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/jsonw.h"
#include "../base/log.h"
#include "../base/parse.h"
#include "../base/table.h"
#include "../formats/layer_yaml.h"
#include "../registry/words.h"
#include "../registry/next.h"
#include "registry_argument.h"

#define COUNT_MAX 65535

struct next {
	struct node_options node;
	struct next_query query;
	bool documented; /* --range=documented was given */
	bool json;
};

static int parse_range(void *options, const char *value, struct buf *err)
{
	struct next *next = options;

	if (strcmp(value, "documented") == 0) {
		next->documented = true;
		return 0;
	}
	if (reg_ports_parse(value, &next->query.first, &next->query.last) == 0)
		return 0;
	buf_puts(err, "not a range: A-B, such as 9000-9999, or documented");
	return -EINVAL;
}

static const struct option_spec specs[] = {
	NODE_OPTION_REGISTRY(struct next),
	{ "range", "A-B|documented", "only these ports (documented: all documented ranges)",
	  OPTION_PARSED_WHOLE(parse_range) },
	{ "protocol", "tcp|udp|udplite|sctp", "for this protocol (tcp)",
	  OPTION_WORD(struct next, query.proto, HP_PROTO_TCP, HP_PROTO_UDP, HP_PROTO_UDPLITE,
		      HP_PROTO_SCTP) },
	{ "count", "N", "how many ports (1)", OPTION_UINT(struct next, query.count, 1, COUNT_MAX) },
	{ "localhost", NULL, "for loopback only: outside the documented ranges (R4)",
	  OPTION_FLAG(struct next, query.localhost) },
	{ "retired", NULL, "also offer ports of retired rows",
	  OPTION_FLAG(struct next, query.retired) },
	VERB_OPTION_OUTPUT(struct next, json),
	{ "json", NULL, "one JSON document", OPTION_FLAG(struct next, json) },
};

static const struct options options = {
	.program = "hostportctl registry next",
	.usage = "[options]",
	.summary = "Propose free ports for a new row, the quietest neighbourhood first, and print"
		   " the row. Exit status: 0 as many as asked for, 1 fewer.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static const char *scope_of(const struct next_query *query)
{
	return word_scope(query->localhost ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL);
}

static int print_json(const struct next_query *query, const struct next_ports *ports)
{
	_cleanup_buf_ struct buf text = { 0 };
	struct jsonw w = { .out = &text };

	jsonw_object(&w, NULL);
	jsonw_u64(&w, "wanted", query->count);
	jsonw_array(&w, "ports");
	for (size_t i = 0; i < ports->len; i++) {
		const struct next_port *p = &ports->list[i];

		jsonw_object(&w, NULL);
		jsonw_u64(&w, "port", p->port);
		jsonw_string(&w, "protocol", word_proto(query->proto));
		jsonw_string(&w, "scope", scope_of(query));
		jsonw_u64(&w, "below", p->below);
		jsonw_u64(&w, "above", p->above);
		jsonw_array(&w, "but");
		for (unsigned int but = 0; but < NEXT_BUT_MAX; but++)
			if (p->buts & 1U << but)
				jsonw_string(&w, NULL, next_but_words(but));
		jsonw_array_end(&w);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	return verb_print(&text);
}

static const struct table_column columns[] = {
	{ .name = "PORT", .right = true },   { .name = "PROTO" },
	{ .name = "BELOW", .right = true },  { .name = "ABOVE", .right = true },
	{ .name = "BUT", .truncate = true },
};

static int add_port(struct table *table, const struct next_query *query, const struct next_port *p)
{
	char port[8], below[8] = "", above[8] = "";
	_cleanup_buf_ struct buf but = { 0 };

	(void)snprintf(port, sizeof(port), "%u", p->port);
	if (p->below)
		(void)snprintf(below, sizeof(below), "%u", p->below);
	if (p->above)
		(void)snprintf(above, sizeof(above), "%u", p->above);
	for (unsigned int i = 0; i < NEXT_BUT_MAX; i++)
		if (p->buts & 1U << i)
			buf_printf(&but, "%s%s", but.len ? ", " : "", next_but_words(i));
	return table_add(table, (const char *[]) { port, word_proto(query->proto), below, above,
						   but.data });
}

static void put_rows(const struct next_query *query, const struct next_ports *ports,
		     struct buf *out)
{
	char process[] = "NAME", team[] = "TEAM", notes[] = "NOTES";
	struct reg_row row = {
		.kind = REG_ENTRY,
		.proto = query->proto,
		.scope = query->localhost ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL,
		.process = process,
		.team = team,
		.notes = notes,
	};

	buf_puts(
		out,
		"\n# Is it free on the nodes, too? hostportctl listeners shows ports in use that no"
		" layer has.\nentries:\n");
	for (size_t i = 0; i < ports->len; i++) {
		row.first = row.last = ports->list[i].port;
		row_yaml_item(&row, out);
		buf_puts(out, " # since: \"X.Y\"\n");
	}
}

static int print_text(const struct next_query *query, const struct next_ports *ports)
{
	_cleanup_(table_freep) struct table *table = NULL;
	_cleanup_buf_ struct buf rows = { 0 };
	int status, r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; i < ports->len && r == 0; i++)
		r = add_port(table, query, &ports->list[i]);
	status = verb_print_table("registry next", table, r);
	if (status != EXIT_OK || !ports->len)
		return status;
	put_rows(query, ports, &rows);
	return verb_print(&rows);
}

static int print(const struct next *next, const struct registry *registry)
{
	_cleanup_next_ struct next_ports ports = { 0 };
	int r = next_find(registry, &next->query, &ports), status;

	if (r < 0)
		return verb_failed("registry next", r);
	status = next->json ? print_json(&next->query, &ports) : print_text(&next->query, &ports);
	if (status != EXIT_OK || ports.len == next->query.count)
		return status;
	if (!ports.documented && !next->query.localhost)
		log_error(
			"registry next: no range of %s ports%s is documented: a layer can document "
			"one (ranges)",
			word_proto(next->query.proto),
			next->query.first > 1 || next->query.last < UINT16_MAX ?
				" in that --range" :
				"");
	else
		log_error("registry next: %zu of %zu ports: no more are free by the rules",
			  ports.len, next->query.count);
	return EXIT_FINDINGS;
}

int registry_next(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct next next = {
		.query = { .proto = HP_PROTO_TCP, .first = 1, .last = UINT16_MAX, .count = 1 },
	};
	int operands, status;

	if (verb_parse(&options, &next, argc, argv, &operands, &status) != 0)
		return status;
	if (next.documented && next.query.localhost) {
		log_error("registry next: --localhost: ports for loopback are outside the "
			  "documented ranges");
		return EXIT_USAGE;
	}
	status = registry_argument_find(ctl, &next.node, NULL, &registry);
	return status == EXIT_OK ? print(&next, registry) : status;
}

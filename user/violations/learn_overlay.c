// SPDX-License-Identifier: MIT
#include "learn_overlay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../base/escape.h"
#include "../base/stamp.h"
#include "../formats/layer_yaml.h"
#include "../registry/words.h"
#include "learn_clients.h"
#include "learn_form.h"
#include "learn_text.h"

/* Put a remark into the layer, as a comment, and into the remarks for the terminal. */
static void put_remark(struct learned *learned, struct buf *out, const struct buf *text)
{
	buf_puts(out, "# ");
	buf_puts(out, text->data ? text->data : "");
	buf_putc(out, '\n');
	buf_puts(&learned->remarks, text->data ? text->data : "");
	buf_putc(&learned->remarks, '\n');
}

/* A violation that no exception can be about: it has no fixed port, or no row has its protocol. */
static void remark_lacking(struct learned *learned, const struct answer_row *v, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };
	uint64_t port = json_member_u64(v->json, "port", 0);

	buf_puts(&text, "no exception for ");
	learn_put_inert(&text, json_member_text(v->json, "protocol", "?"), LEARN_TEXT_MAX);
	if (port)
		buf_printf(&text, " %" PRIu64, port);
	buf_puts(&text, " (");
	learn_put_inert(&text, json_member_text(v->json, "class", "?"), LEARN_TEXT_MAX);
	buf_puts(&text, "), ");
	buf_puts(&text,
		 v->chosen ? "whose port the kernel chooses, of " : "which no row can name, of ");
	learn_put_facts(v, &text);
	put_remark(learned, out, &text);
	learned->lacking++;
}

static bool is_one_row(const struct answer_row *a, const struct answer_row *b)
{
	return a->proto == b->proto && a->cls == b->cls && a->port == b->port && !a->ports &&
	       !b->ports && !b->covered;
}

/* How many rows from here on have one protocol, port and class? */
static size_t group_at(const struct answer_rows *rows, size_t at)
{
	size_t n = 1;

	while (at + n < rows->len && is_one_row(&rows->list[at], &rows->list[at + n]))
		n++;
	return n;
}

/* Name the owner of a row: its service, else its program. False: it has none. */
static bool name_owner(const struct answer_row *v, struct reg_owner *ret_owner)
{
	/* what is written from it is only read */
	*ret_owner = (struct reg_owner) {
		.unit = (char *)v->unit,
		.exe = v->unit ? NULL : (char *)v->exe,
	};
	return v->unit || v->exe;
}

/*
 * The owners of an exception for one port: their services, if all are. Anything else may run there
 * next time, so the exception is for everybody. How many owners.
 */
static size_t name_services(const struct answer_row *v, size_t n, struct reg_owner owners[])
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!v[i].unit || n > LEARN_WORKLOADS)
			return 0;
		if (!found || strcmp(owners[found - 1].unit, v[i].unit) != 0)
			owners[found++] = (struct reg_owner) { .unit = (char *)v[i].unit };
	}
	return found;
}

/* How many workloads are there beside the first? Those of one follow each other. */
static size_t count_others(const struct answer_row *v, size_t n)
{
	size_t others = 0;

	for (size_t i = 1; i < n; i++)
		others += strcmp(v[i].workload, v[i - 1].workload) != 0;
	return others;
}

/* What an exception stands for, beside its first violation. */
struct stands_for {
	size_t others;	/* workloads */
	uint64_t nodes; /* 0: it is not said */
};

/* The nodes that have one port. Rows that were left out may have counted some of them. */
static uint64_t count_nodes(const struct answer_row *v, size_t n)
{
	uint64_t sum = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		sum += v[i].nodes_first;
		if (v[i].nodes > most)
			most = v[i].nodes;
	}
	return sum > most ? sum : most;
}

static void put_nodes(uint64_t nodes, struct buf *out)
{
	if (nodes)
		buf_printf(out, ", on %" PRIu64 " node%s", nodes, nodes == 1 ? "" : "s");
}

static void put_exception(const struct answer_row *v, struct reg_row *row,
			  const struct stands_for *stands_for, const struct learn_layer *layer,
			  struct buf *out)
{
	_cleanup_buf_ struct buf reason = { 0 }, until = { 0 };

	row->kind = REG_EXCEPTION;
	row->proto = v->proto;
	row->cls = v->cls;
	buf_puts(&until, layer->until);
	buf_printf(&reason, "learned %s: ", layer->today);
	learn_put_inert(&reason, v->workload, LEARN_TEXT_MAX);
	buf_puts(&reason, ", ");
	learn_put_inert(&reason, learn_process_name(v), LEARN_TEXT_MAX);
	if (stands_for->others)
		buf_printf(&reason, ", and %zu more", stands_for->others);
	put_nodes(stands_for->nodes, &reason);
	out->failed |= reason.failed || until.failed;
	row->until_text = until.data;
	row->reason = reason.data;
	row_yaml(row, out);
}

static void put_group(const struct answer_row *v, size_t n, const struct learn_layer *layer,
		      struct buf *out)
{
	struct reg_owner owners[LEARN_WORKLOADS];
	struct reg_row row = { .first = v->port, .last = v->port, .owners = owners };
	const struct stands_for all = { count_others(v, n), count_nodes(v, n) };

	for (size_t i = 0; i < n && i < LEARN_WORKLOADS; i++) {
		buf_puts(out, "  # ");
		learn_put_facts(&v[i], out);
		buf_putc(out, '\n');
	}
	if (n > LEARN_WORKLOADS)
		buf_printf(out, "  # and %zu more\n", n - LEARN_WORKLOADS);
	row.owners_len = name_services(v, n, owners);
	put_exception(v, &row, &all, layer, out);
}

/* How many ports, and where. */
static void put_ports_of(const struct answer_row *v, struct buf *text)
{
	buf_printf(text, "%zu ports (%s %u-%u, %s)", v->ports, word_proto(v->proto), v->port,
		   v->last, word_class(v->cls));
}

/* An exception for ports of one workload. */
static void put_range(const struct answer_row *v, uint32_t first, uint32_t last,
		      const struct learn_layer *layer, struct buf *out)
{
	struct reg_owner owner;
	struct reg_row row = { .first = (uint16_t)first, .last = (uint16_t)last, .owners = &owner };
	const struct stands_for one = { .nodes = v->nodes };

	row.owners_len = name_owner(v, &owner);
	put_exception(v, &row, &one, layer, out);
}

/* An exception for each run of neighbouring ports, and a comment about all. */
static size_t put_runs(const struct answer_row *v, const struct learn_layer *layer, struct buf *out)
{
	uint32_t first, last;
	size_t n = 0;

	buf_puts(out, "  # ");
	put_ports_of(v, out);
	buf_puts(out, " of ");
	learn_put_facts(v, out);
	buf_putc(out, '\n');
	for (uint32_t at = 0; portset_next_run(v->list, at, &first, &last); at = last + 1, n++)
		put_range(v, first, last, layer, out);
	return n;
}

static void remark_range(struct learned *learned, const struct answer_row *v, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	put_ports_of(v, &text);
	buf_puts(&text, " in one exception: is it a scan? ");
	learn_put_facts(v, &text);
	buf_puts(out, "  ");
	put_remark(learned, out, &text);
}

/* A row would let anybody have ports that nobody was seen to take. */
static void remark_too_many(struct learned *learned, const struct answer_row *v, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_puts(&text, "no exception for ");
	put_ports_of(v, &text);
	buf_puts(&text, ", too many to list, of ");
	learn_put_facts(v, &text);
	buf_puts(out, "  ");
	put_remark(learned, out, &text);
	learned->lacking++;
}

/* Write exceptions for many ports. How many. */
static size_t put_many(const struct answer_row *v, const struct learn_layer *layer,
		       struct learned *learned, struct buf *out)
{
	struct reg_owner owner;
	const struct learn_ports ports = {
		.ports = v->ports,
		.first = v->port,
		.last = v->last,
		.sockets = v->sockets,
		.listed = v->list != NULL,
		.owned = name_owner(v, &owner),
	};
	uint16_t first, last;

	switch (learn_form_of(&ports, &first, &last)) {
	case LEARN_EACH_RUN:
		return put_runs(v, layer, out);
	case LEARN_RANGE:
		remark_range(learned, v, out);
		put_range(v, first, last, layer, out);
		return 1;
	default:
		remark_too_many(learned, v, out);
		return 0;
	}
}

static void put_exceptions(const struct answer_rows *rows, const struct learn_layer *layer,
			   struct learned *learned, struct buf *out)
{
	_cleanup_buf_ struct buf list = { 0 };
	size_t n, written = 0;

	for (size_t at = rows->lacking; at < rows->len; at += n) {
		const struct answer_row *v = &rows->list[at];

		n = v->covered || v->ports ? 1 : group_at(rows, at);
		if (v->covered)
			continue;
		if (v->ports) {
			written += put_many(v, layer, learned, &list);
		} else {
			put_group(v, n, layer, &list);
			written++;
		}
	}
	buf_puts(out, written ? "exceptions:\n" : "exceptions: []\n");
	buf_add(out, list.data ? list.data : "", list.len);
	out->failed |= list.failed;
	learned->rows += written;
}

static void put_client(const struct learn_client *client, const struct learn_layer *layer,
		       struct learned *learned, struct buf *out)
{
	_cleanup_buf_ struct buf text = { 0 }, process = { 0 }, notes = { 0 };
	const struct answer_row *v = client->row;
	struct reg_owner owner;
	struct reg_row row = {
		.kind = REG_CLIENT,
		.first = client->first,
		.last = client->last,
		.proto = v->proto,
		.owners = &owner,
	};

	buf_printf(&text, "%zu ports (%s) as a client of %u-%u, to send from: ", client->ports,
		   word_proto(v->proto), client->first, client->last);
	learn_put_facts(v, &text);
	buf_puts(out, "  ");
	put_remark(learned, out, &text);
	learn_put_inert(&process, json_member_text(v->json, "comm", "?"), LEARN_TEXT_MAX);
	buf_printf(&notes, "learned %s: %zu ports were seen", layer->today, client->ports);
	put_nodes(v->nodes_of_workload, &notes);
	out->failed |= process.failed || notes.failed;
	row.process = process.data;
	row.notes = notes.data;
	row.owners_len = name_owner(v, &owner);
	row_yaml(&row, out);
	learned->rows++;
}

static void put_clients(const struct learn_clients *clients, const struct learn_layer *layer,
			struct learned *learned, struct buf *out)
{
	if (clients->len)
		buf_puts(out, "clients:\n");
	for (size_t i = 0; i < clients->len; i++)
		put_client(&clients->list[i], layer, learned, out);
}

static void remark_missing(const struct json *answer, struct learned *learned, struct buf *out)
{
	static const struct {
		const char *member, *before, *after;
		bool lacks; /* an exception */
	} counts[] = {
		{ "left_out", "", " more violations are left out of the agent's answer", true },
		{ "forgotten", "up to ", " more violations were reported, but not remembered",
		  true },
		{ "lost", "", " more violations are lost: nothing else is known of them", true },
		{ "unmerged", "", " more violations are left out: too many differ", true },
		{ "unread", "documents that could not be read: ", "", true },
		{ "useless_left_out", "", " more exceptions are of no use", false },
	};
	const char *incomplete = json_member_text(answer, "incomplete", "");

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		uint64_t n = json_member_u64(answer, counts[i].member, 0);
		_cleanup_buf_ struct buf text = { 0 };

		if (!n)
			continue;
		buf_printf(&text, "%s%" PRIu64 "%s", counts[i].before, n, counts[i].after);
		put_remark(learned, out, &text);
		learned->lacking += counts[i].lacks;
	}
	if (*incomplete) {
		_cleanup_buf_ struct buf text = { 0 };

		buf_puts(&text, "could not look at everything: ");
		learn_put_inert(&text, incomplete, LEARN_TEXT_MAX);
		put_remark(learned, out, &text);
		learned->lacking++;
	}
}

static void put_ports(const struct json *ports, struct buf *out)
{
	uint64_t port = json_u64(ports, 0);

	if (port)
		buf_put_u64(out, port);
	else
		learn_put_inert(out, json_text(ports, "?"), LEARN_TEXT_MAX);
}

static void remark_useless(const struct json *answer, const struct json *row,
			   struct learned *learned, struct buf *out)
{
	const char *why = json_member_text(row, "why", "?");
	_cleanup_buf_ struct buf text = { 0 };

	learn_put_inert(&text, why, LEARN_TEXT_MAX);
	if (strcmp(why, "unused") == 0) {
		buf_puts(&text, " since ");
		learn_put_time(&text, json_member_text(answer, "since", ""));
	}
	buf_puts(&text, ": exception ");
	learn_put_inert(&text, json_member_text(row, "path", "?"), SIZE_MAX);
	buf_printf(&text, ":%" PRIu64 ": ", json_member_u64(row, "line", 0));
	learn_put_inert(&text, json_member_text(row, "protocol", "?"), LEARN_TEXT_MAX);
	buf_putc(&text, ' ');
	put_ports(json_member(row, "ports"), &text);
	buf_puts(&text, ", class ");
	learn_put_inert(&text, json_member_text(row, "class", "?"), LEARN_TEXT_MAX);
	buf_puts(&text, ", until ");
	learn_put_inert(&text, json_member_text(row, "until", "?"), LEARN_TEXT_MAX);
	put_remark(learned, out, &text);
	learned->useless++;
}

/* Of which node or nodes, and since when they looked. */
static void put_origin(const struct json *answer, uint64_t nodes, struct buf *out)
{
	buf_puts(out, "# ");
	if (!nodes) {
		buf_puts(out, "node ");
		learn_put_inert(out, json_member_text(answer, "node", "?"), LEARN_TEXT_MAX);
		buf_puts(out, ", ");
	}
	buf_puts(out, "mode ");
	learn_put_inert(out, json_member_text(answer, "mode", "?"), LEARN_TEXT_MAX);
	buf_puts(out, nodes ? "; sockets that were open, and violations since " :
			      "; sockets of now, and violations since ");
	learn_put_time(out, json_member_text(answer, "since", ""));
	buf_puts(out, nodes ? ", or longer\n" : "\n");
}

static void put_head(const struct json *answer, const struct learn_layer *layer, struct buf *out)
{
	const struct json *layers = json_member(answer, "layers");
	uint64_t nodes = json_member_u64(answer, "nodes", 0);

	buf_puts(out, "# Rows for what violates the registry on ");
	if (nodes > 1)
		buf_printf(out, "%" PRIu64 " nodes", nodes);
	else
		buf_puts(out, "one node");
	buf_printf(out, ", to be reviewed: learned %s by hostportctl.\n", layer->today);
	put_origin(answer, nodes, out);
	buf_puts(out, "# To be read after the layers:");
	for (size_t i = 0; i < json_len(layers); i++) {
		buf_putc(out, ' ');
		learn_put_inert(out, json_text(json_at(layers, i), "?"), LEARN_TEXT_MAX);
	}
	buf_puts(out, "\nversion: 1\nname: \"");
	escape_put(ESCAPE_YAML, layer->name, out);
	buf_puts(out, "\"\n");
}

/* An end of the ports that the kernel chooses from; 0: the answer does not say it. */
static uint16_t ephemeral(const struct json *answer, const char *end)
{
	uint64_t port = json_member_u64(json_member(answer, "ephemeral"), end, 0);

	return port < HP_PORTS ? (uint16_t)port : 0;
}

int learn_overlay(const struct json *answer, const struct learn_layer *layer, struct buf *out,
		  struct learned *ret_learned)
{
	_cleanup_answer_rows_ struct answer_rows rows = { 0 };
	_cleanup_learn_clients_ struct learn_clients clients = { 0 };
	const struct json *useless = json_member(answer, "useless");
	struct learned learned = { 0 };
	int r;

	put_head(answer, layer, out);
	remark_missing(answer, &learned, out);
	for (size_t i = 0; i < json_len(useless); i++)
		remark_useless(answer, json_at(useless, i), &learned, out);
	r = answer_rows_read(json_member(answer, "violations"), &rows);
	for (size_t i = 0; i < rows.lacking; i++)
		remark_lacking(&learned, &rows.list[i], out);
	if (r == 0)
		r = learn_clients_find(&rows, ephemeral(answer, "first"), ephemeral(answer, "last"),
				       &clients);
	if (r == 0) {
		put_clients(&clients, layer, &learned, out);
		put_exceptions(&rows, layer, &learned, out);
	}
	if (out->failed || learned.remarks.failed)
		r = -ENOMEM;
	*ret_learned = learned;
	return r;
}

static bool has_layer(const struct json *answer, const char *name)
{
	const struct json *layers = json_member(answer, "layers");

	for (size_t i = 0; i < json_len(layers); i++)
		if (strcmp(json_text(json_at(layers, i), ""), name) == 0)
			return true;
	return false;
}

int learn_name(const struct json *answer, const char *wanted, struct buf *out)
{
	if (wanted) {
		buf_puts(out, wanted);
		return has_layer(answer, wanted) ? -EEXIST : 0;
	}
	buf_puts(out, "learned");
	for (unsigned int n = 2; !out->failed && has_layer(answer, out->data); n++) {
		buf_reset(out);
		buf_printf(out, "learned-%u", n);
	}
	return out->failed ? -ENOMEM : 0;
}

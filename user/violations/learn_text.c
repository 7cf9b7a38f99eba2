// SPDX-License-Identifier: MIT
#include "learn_text.h"

#include <inttypes.h>
#include <string.h>

#include "../base/escape.h"
#include "../base/stamp.h"

void learn_put_inert(struct buf *out, const char *text, size_t max)
{
	size_t from = out->len;

	for (; *text; text++) {
		if (out->len - from >= max) {
			buf_puts(out, "...");
			return;
		}
		(void)escape_bytes(ESCAPE_ASCII, text, 1, out);
	}
}

void learn_put_time(struct buf *out, const char *text)
{
	char shown[STAMP_FRACTION + 1] = { 0 };

	if (strlen(text) != STAMP_LEN) {
		buf_puts(out, "?");
		return;
	}
	memcpy(shown, text, STAMP_FRACTION);
	learn_put_inert(out, shown, SIZE_MAX);
	buf_putc(out, 'Z');
}

static void put_process(const struct json *row, struct buf *out)
{
	uint64_t pid = json_member_u64(row, "pid", 0);

	learn_put_inert(out, json_member_text(row, "comm", "?"), LEARN_TEXT_MAX);
	if (pid)
		buf_printf(out, "[%" PRIu64 "]", pid);
}

/* The other processes of the same workload, and where. */
static void put_others(const struct json *others, struct buf *out)
{
	for (size_t i = 0; i < json_len(others); i++) {
		const struct json *other = json_at(others, i);

		buf_puts(out, i ? ", " : "; also ");
		put_process(other, out);
		buf_puts(out, " on ");
		learn_put_inert(out, json_member_text(other, "address", "?"), LEARN_TEXT_MAX);
	}
}

static void put_sockets(const struct answer_row *v, struct buf *out)
{
	uint64_t sockets = json_member_u64(v->json, "sockets", 0);

	if (!sockets)
		return;
	buf_puts(out, v->nodes ? "; up to " : "; ");
	buf_printf(out, "%" PRIu64 " socket%s %s", sockets, sockets == 1 ? "" : "s",
		   v->nodes ? "on a node" : "now");
}

/* On how many nodes, and on which for one. */
static void put_nodes(const struct answer_row *v, struct buf *out)
{
	if (!v->nodes)
		return;
	buf_puts(out, "; on ");
	if (v->nodes > 1)
		buf_printf(out, "%" PRIu64 " nodes, one is ", v->nodes);
	learn_put_inert(out, json_member_text(v->json, "node", "?"), SIZE_MAX);
}

/* Is it a port that only a Pod.Spec names? */
static bool is_declared(const struct answer_row *v)
{
	return strcmp(json_member_text(v->json, "source", ""), "declared") == 0;
}

const char *learn_process_name(const struct answer_row *v)
{
	return json_member_text(v->json, "comm", is_declared(v) ? "hostPort" : "?");
}

void learn_put_facts(const struct answer_row *v, struct buf *out)
{
	uint64_t count = json_member_u64(v->json, "count", 0);

	learn_put_inert(out, v->workload, SIZE_MAX);
	buf_puts(out, ": ");
	if (is_declared(v)) {
		buf_puts(out, "hostPort, no process, on ");
	} else {
		put_process(v->json, out);
		buf_printf(out, ", uid %" PRIu64 ", on ", json_member_u64(v->json, "uid", 0));
	}
	learn_put_inert(out, json_member_text(v->json, "address", is_declared(v) ? "*" : "?"),
			LEARN_TEXT_MAX);
	if (count) {
		buf_printf(out, "; %" PRIu64 " time%s, ", count, count == 1 ? "" : "s");
		learn_put_time(out, json_member_text(v->json, "first", ""));
		if (count > 1) {
			buf_puts(out, " to ");
			learn_put_time(out, json_member_text(v->json, "last", ""));
		}
	}
	put_sockets(v, out);
	put_nodes(v, out);
	put_others(json_member(v->json, "others"), out);
}

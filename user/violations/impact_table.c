// SPDX-License-Identifier: MIT
#include "impact_table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../base/stamp.h"
#include "../identity/workload_json.h"

static const struct table_column columns[] = {
	{ .name = "CLASS" },
	{ .name = "PROTO" },
	{ .name = "PORT", .right = true },
	{ .name = "WORKLOAD", .truncate = true },
	{ .name = "PROCESS" },
	{ .name = "SOURCE" },
	{ .name = "COUNT", .right = true },
	{ .name = "LAST" },
};

static void put_port(const struct json *row, struct buf *out)
{
	buf_put_u64(out, json_member_u64(row, "port", 0));
}

static void put_process(const struct json *row, struct buf *out)
{
	uint64_t pid = json_member_u64(row, "pid", 0);

	if (pid)
		buf_printf(out, "%s[%" PRIu64 "]", json_member_text(row, "comm", "?"), pid);
}

static void put_count(const struct json *row, struct buf *out)
{
	uint64_t count = json_member_u64(row, "count", 0);

	if (count)
		buf_put_u64(out, count);
}

/* To the second. */
static void put_last(const struct json *row, struct buf *out)
{
	const char *last = json_member_text(row, "last", "");

	if (strlen(last) != STAMP_LEN)
		return;
	buf_add(out, last, STAMP_FRACTION);
	buf_putc(out, 'Z');
}

static int add(struct table *table, const struct json *row)
{
	static void (*const put[])(const struct json *, struct buf *) = {
		put_port, workload_json_text, put_process, put_count, put_last,
	};
	_cleanup_buf_ struct buf port = { 0 }, workload = { 0 }, process = { 0 };
	_cleanup_buf_ struct buf count = { 0 }, last = { 0 };
	struct buf *const texts[] = { &port, &workload, &process, &count, &last };

	for (size_t i = 0; i < ARRAY_LEN(put); i++) {
		put[i](row, texts[i]);
		if (texts[i]->failed)
			return -ENOMEM;
	}
	return table_add(table, (const char *[]) {
					json_member_text(row, "class", "?"),
					json_member_text(row, "protocol", "?"),
					port.data,
					workload.data,
					process.data,
					json_member_text(row, "source", "?"),
					count.data,
					last.data,
				});
}

int break_table(const struct json *would_break, struct table **ret_table)
{
	_cleanup_(table_freep) struct table *table = NULL;
	int r = table_new(columns, ARRAY_LEN(columns), &table);

	for (size_t i = 0; r == 0 && i < json_len(would_break); i++)
		r = add(table, json_at(would_break, i));
	if (r == 0)
		*ret_table = TAKE_PTR(table);
	return r;
}

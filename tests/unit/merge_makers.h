/* SPDX-License-Identifier: MIT */
/* Rows of many nodes, for the tests of what adds them up. */
#pragma once

#include "test.h"

#include "../../user/violations/merge_rows.h"

#define UNIT_A                                                                                     \
	"\"workload\":{\"kind\":\"unit\",\"unit\":\"a.service\"},\"comm\":\"a\",\"exe\":\"/a\""
#define UNIT_B                                                                                     \
	"\"workload\":{\"kind\":\"unit\",\"unit\":\"b.service\"},\"comm\":\"b\",\"exe\":\"/b\""

/* A violation of class unregistered. */
#define SEEN_ROW(proto, port, owner, rest)                                                         \
	"{\"class\":\"unregistered\",\"protocol\":\"" proto "\",\"port\":" port "," owner rest "}"
#define SEEN(port, owner) SEEN_ROW("tcp", port, owner, ",\"count\":1")
#define OPEN(port, owner) SEEN_ROW("tcp", port, owner, ",\"sockets\":1")

static inline struct json *json_of(const char *text)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct json *json = NULL;

	if (json_parse(text, strlen(text), &err, &json) < 0)
		fail_msg("%s: %s", text, err.data);
	return json;
}

/* Add a node's rows, a list without its brackets. */
static inline void add_node(struct merge_rows *rows, size_t node, const char *name,
			    const char *list)
{
	_cleanup_answer_rows_ struct answer_rows read = { 0 };
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf text = { 0 };

	buf_printf(&text, "[%s]", list);
	json = json_of(text.data);
	assert_int_equal(answer_rows_read(json, &read), 0);
	for (size_t i = 0; i < read.len; i++) {
		const struct answer_row *v = &read.list[i];
		const struct merge_seen seen = {
			.row = v,
			.node = node,
			.name = name,
			.sockets = v->sockets,
			.first = !i || v[-1].port != v->port,
		};

		assert_int_equal(merge_rows_add(rows, &seen), 0);
	}
	merge_rows_end_node(rows);
}

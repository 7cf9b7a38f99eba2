// SPDX-License-Identifier: MIT
/*
 * An agent's answer, as hostportctl reads it. The input's bytes 0x01 are where
 * one reading ends and the next begins: each part is a packet. Lines come out as
 * if there were no parts; of the first one, only an agent's refusal or its
 * consent is taken for that, and the refusal is safe for a terminal.
 */
#include "fuzz.h"

#include <sys/socket.h>

/* What is behind client_open(), which needs an agent to connect to. */
#include "../../user/ctl/client.c"

#define PARTS_MAX 64

/* A reader of the input's parts; all of them are there already. */
static int answer_of(const uint8_t *data, size_t size, struct buf *whole)
{
	_cleanup_close_ int reader = -1, writer = -1;
	struct feed feed = { data, size };
	int fds[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0);
	reader = fds[0];
	writer = fds[1];
	for (size_t n = 0; feed.left && n < PARTS_MAX; n++) {
		const uint8_t *at = feed.at, *end = memchr(at, 0x01, feed.left);
		size_t len = end ? (size_t)(end - at) : feed.left;

		feed.at += len + (end != NULL);
		feed.left -= len + (end != NULL);
		if (!len)
			continue;
		if (send(writer, at, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			break;
		buf_add(whole, at, len);
	}
	return TAKE_FD(reader);
}

static void check_lines(struct client *client, const struct buf *whole)
{
	size_t at = 0, len;
	char *line;

	while (client_line(client, &line, &len) == 1) {
		CHECK(at + len < whole->len && line[len] == '\0');
		CHECK(memcmp(line, whole->data + at, len) == 0);
		CHECK(memchr(whole->data + at, '\n', whole->len - at) == whole->data + at + len);
		at += len + 1;
	}
	/* text without a line end is no line */
	CHECK(at == whole->len || !memchr(whole->data + at, '\n', whole->len - at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf whole = { 0 }, again = { 0 }, err = { 0 };
	_cleanup_client_ struct client lines = { .fd = answer_of(data, size, &whole) };
	_cleanup_client_ struct client first = { .fd = answer_of(data, size, &again) };
	int r;

	check_lines(&lines, &whole);
	r = check_answer(&first, &err);
	CHECK(r == 0 || r == -EPROTO || r == -ECONNRESET);
	CHECK((r == -EPROTO) == (err.len > 0));
	check_safe(&err, false);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Lines to a reader that reads when the input says so. Each line comes out whole
 * and in order, or is counted as lost; and what is told of losses, at the place
 * where they happened, adds up to them.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>

#include "../../user/stream/outq.h"

#define LINES_MAX 256
#define PIPE_SIZE 4096

struct course {
	struct outq q;
	int reader;
	struct buf read;
	uint64_t lost_before[LINES_MAX]; /* line i; UINT64_MAX: it was lost itself */
	size_t lines;
};

static void write_line(struct course *c, size_t len)
{
	char line[2048];
	uint64_t lost = c->q.lost;
	int n = snprintf(line, sizeof(line), "line %zu ", c->lines);
	size_t whole = (size_t)n > len ? (size_t)n : len;
	bool taken;

	memset(line + n, 'x', whole - (size_t)n);
	taken = outq_line(&c->q, line, whole);
	CHECK(c->q.lost == lost + !taken);
	CHECK(outq_waiting(&c->q) <= c->q.max);
	c->lost_before[c->lines++] = taken ? lost : UINT64_MAX;
}

static size_t read_some(struct course *c, size_t most)
{
	char part[PIPE_SIZE];
	ssize_t n = read(c->reader, part, most < sizeof(part) ? most : sizeof(part));

	if (n > 0)
		buf_add(&c->read, part, (size_t)n);
	return n > 0 ? (size_t)n : 0;
}

static void step(struct course *c, struct feed *feed)
{
	uint8_t what = feed_u8(feed);
	uint16_t n = feed_u16(feed);
	int r;

	switch (what % 4) {
	case 0:
		(void)read_some(c, n);
		break;
	case 1:
		r = outq_write(&c->q);
		CHECK(r == 0 || r == 1);
		CHECK((r == 0) == (outq_waiting(&c->q) == 0));
		break;
	default:
		if (c->lines < LINES_MAX)
			write_line(c, n % 2000);
	}
}

static void drain(struct course *c)
{
	int r;

	do {
		while (read_some(c, PIPE_SIZE))
			;
		r = outq_write(&c->q);
		CHECK(r >= 0);
	} while (r > 0);
	while (read_some(c, PIPE_SIZE))
		;
	CHECK(outq_waiting(&c->q) == 0 && outq_lines_waiting(&c->q) == 0 && c->q.unreported == 0);
}

/* What a line tells of losses; 0: it is another line. */
static uint64_t loss(const char *line, bool json)
{
	unsigned long long lost = 0;

	(void)sscanf(line, json ? "{\"lost\":%llu}" : "# %llu lines lost", &lost);
	return lost;
}

static void check_read(struct course *c)
{
	size_t next = 0, number;
	uint64_t told = 0;
	char *save = NULL;

	buf_putc(&c->read, '\0');
	for (char *line = strtok_r(c->read.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		uint64_t lost = loss(line, c->q.json);

		told += lost;
		if (lost)
			continue;
		CHECK(sscanf(line, "line %zu ", &number) == 1);
		while (next < c->lines && c->lost_before[next] == UINT64_MAX)
			next++;
		CHECK(next == number && c->lost_before[next] == told);
		next++;
	}
	while (next < c->lines)
		CHECK(c->lost_before[next++] == UINT64_MAX);
	CHECK(told == c->q.lost);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	struct course c = { 0 };
	uint8_t bits = feed_u8(&feed);
	int fds[2];

	CHECK(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0);
	(void)fcntl(fds[1], F_SETPIPE_SZ, PIPE_SIZE);
	c.reader = fds[0];
	c.q = (struct outq) {
		.fd = fds[1],
		.json = bits & 1,
		.blocking = bits >> 1 & 1,
		.max = 256U + 32U * feed_u8(&feed),
	};
	while (feed.left)
		step(&c, &feed);
	drain(&c);
	check_read(&c);
	outq_free(&c.q);
	buf_free(&c.read);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return 0;
}

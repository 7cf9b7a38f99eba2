// SPDX-License-Identifier: MIT
#include "outq.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room that is kept for the line that reports a loss. */
#define LOSS_MAX 96

#define KEPT_MAX (128U << 10) /* memory beyond it is given back once all is written */

size_t outq_waiting(const struct outq *q)
{
	return q->data.len - q->at;
}

/* Append a whole line, or nothing. */
static bool append_line(struct outq *q, const char *line, size_t len)
{
	size_t before;

	if (q->at == q->data.len) {
		buf_reset(&q->data);
		q->at = 0;
	} else if (q->at > q->max / 2) {
		memmove(q->data.data, q->data.data + q->at, outq_waiting(q));
		q->data.len -= q->at;
		q->at = 0;
	}
	before = q->data.len;
	buf_add(&q->data, line, len);
	buf_putc(&q->data, '\n');
	if (!q->data.failed)
		return true;
	q->data.failed = false;
	q->data.len = before;
	return false;
}

static void report_loss(struct outq *q)
{
	char line[LOSS_MAX];
	int n;

	n = snprintf(line, sizeof(line),
		     q->json ? "{\"lost\":%llu}" : "# %llu lines lost: read too slowly",
		     (unsigned long long)q->unreported);
	if (append_line(q, line, (size_t)n))
		q->unreported = 0;
}

static bool lose_line(struct outq *q)
{
	q->lost++;
	q->unreported++;
	return false;
}

bool outq_line(struct outq *q, const char *line, size_t len)
{
	size_t need = len + 1 + (q->unreported ? LOSS_MAX : 0);

	if (outq_waiting(q) + need > q->max)
		return lose_line(q);
	if (q->unreported)
		report_loss(q);
	return append_line(q, line, len) || lose_line(q);
}

uint64_t outq_lines_waiting(const struct outq *q)
{
	uint64_t lines = 0;

	for (size_t i = q->at; i < q->data.len; i++)
		lines += q->data.data[i] == '\n';
	return lines;
}

/*
 * Can PIPE_BUF bytes be written without blocking? A pipe that polls writable takes as many.
 * O_NONBLOCK would change it for all processes that share it.
 */
static bool is_writable(const struct outq *q)
{
	struct pollfd p = { .fd = q->fd, .events = POLLOUT };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLOUT | POLLERR | POLLHUP));
}

static ssize_t write_bytes(const struct outq *q, const char *bytes, size_t n)
{
	return q->socket ? send(q->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) :
			   write(q->fd, bytes, n);
}

int outq_write(struct outq *q)
{
	size_t n;
	ssize_t w;

	while (outq_waiting(q)) {
		n = outq_waiting(q);
		if (q->blocking) {
			if (!is_writable(q))
				return 1;
			if (n > PIPE_BUF)
				n = PIPE_BUF;
		}
		w = write_bytes(q, q->data.data + q->at, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return errno == EAGAIN ? 1 : -errno;
		q->at += (size_t)w;
	}
	if (q->data.cap > KEPT_MAX)
		outq_free(q);
	if (!q->unreported)
		return 0;
	report_loss(q);
	return q->unreported ? 0 : outq_write(q);
}

void outq_free(struct outq *q)
{
	buf_free(&q->data);
	q->at = 0;
}

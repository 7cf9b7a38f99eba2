// SPDX-License-Identifier: MIT
#include "outq.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Keep room for the line that tells a loss. */
#define TELL_MAX 96

#define KEPT_MAX (128U << 10) /* what a flood, or a slow reader, made it grow by is given back */

size_t outq_waiting(const struct outq *q)
{
	return q->data.len - q->at;
}

/* Take a line in whole, or not at all. */
static bool append(struct outq *q, const char *line, size_t len)
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

static void tell(struct outq *q)
{
	char line[TELL_MAX];
	int n;

	n = snprintf(line, sizeof(line),
		     q->json ? "{\"lost\":%llu}" : "# %llu lines lost: read too slowly",
		     (unsigned long long)q->untold);
	if (append(q, line, (size_t)n))
		q->untold = 0;
}

static bool lose(struct outq *q)
{
	q->lost++;
	q->untold++;
	return false;
}

bool outq_line(struct outq *q, const char *line, size_t len)
{
	size_t need = len + 1 + (q->untold ? TELL_MAX : 0);

	if (outq_waiting(q) + need > q->max)
		return lose(q);
	if (q->untold)
		tell(q);
	return append(q, line, len) || lose(q);
}

uint64_t outq_lines_waiting(const struct outq *q)
{
	uint64_t lines = 0;

	for (size_t i = q->at; i < q->data.len; i++)
		lines += q->data.data[i] == '\n';
	return lines;
}

/*
 * May n bytes be written without blocking? A pipe that polls writable takes
 * PIPE_BUF bytes; O_NONBLOCK would change it for everybody who shares it.
 */
static bool writable(const struct outq *q)
{
	struct pollfd p = { .fd = q->fd, .events = POLLOUT };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLOUT | POLLERR | POLLHUP));
}

static ssize_t put(const struct outq *q, const char *bytes, size_t n)
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
			if (!writable(q))
				return 1;
			if (n > PIPE_BUF)
				n = PIPE_BUF;
		}
		w = put(q, q->data.data + q->at, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return errno == EAGAIN ? 1 : -errno;
		q->at += (size_t)w;
	}
	if (q->data.cap > KEPT_MAX)
		outq_free(q);
	if (!q->untold)
		return 0;
	tell(q);
	return q->untold ? 0 : outq_write(q);
}

void outq_free(struct outq *q)
{
	buf_free(&q->data);
	q->at = 0;
}

// SPDX-License-Identifier: MIT
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/log.h"
#include "outq.h"

#define SINK_QUEUE_MAX (4U << 20)
#define PIPE_SIZE      (1 << 20) /* in a flood its reader runs seldom; where that many are allowed */
#define DRAIN_STEP_MS  50
#define RETRY_MS       1000

struct sink {
	struct loop *loop;
	struct loop_source *source; /* while lines wait for the reader */
	struct loop_source *retry;  /* while the disk is full, for nothing announces free space */
	enum form form;
	struct outq out;
	int own;     /* an open file description of our own, or -1 */
	bool broken; /* nobody reads any more */
	bool full;   /* the retry is set */
	bool warned;
};

static void flush(struct sink *sink);

static void on_writable(void *data, uint32_t events)
{
	(void)events;
	flush(data);
}

static void on_retry(void *data, uint32_t events)
{
	struct sink *sink = data;

	(void)events;
	sink->full = false;
	flush(sink);
}

/*
 * A reader that is gone does not come back, so what waits for it is lost. A full disk may have
 * room again: its lines wait, and those that the queue can't hold are counted.
 */
static void on_write_error(struct sink *sink, int err)
{
	if (!sink->warned)
		log_warning("standard output: events can't be written: %s", strerror(-err));
	sink->warned = true;
	if (err == -EPIPE || err == -EIO) { /* EIO: the terminal has hung up */
		sink->broken = true;
		sink->out.lost += outq_lines_waiting(&sink->out);
		outq_free(&sink->out);
	} else {
		sink->full = loop_timer_set(sink->retry, RETRY_MS, 0) == 0;
	}
}

static void flush(struct sink *sink)
{
	int r = outq_write(&sink->out);

	if (r < 0)
		on_write_error(sink, r);
	if (r <= 0) {
		loop_remove(sink->source);
		sink->source = NULL;
	} else if (!sink->source) {
		/* a regular file can't be polled, and need not be */
		(void)loop_add(sink->loop, sink->out.fd, EPOLLOUT, on_writable, sink,
			       &sink->source);
	}
}

static bool is_file_type(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/*
 * A terminal may block although it polls writable, and so may a pipe into which other processes
 * write. An open file description of our own can be O_NONBLOCK; the inherited one is shared
 * with the shell and others. -1: it is no terminal or pipe, or can't be opened.
 */
static int open_own(int fd)
{
	char path[32];

	if (!isatty(fd) && !is_file_type(fd, S_IFIFO))
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* May it block for long? A file waits for its disk only, other devices for nothing. */
static bool may_block(int fd)
{
	return isatty(fd) || !(is_file_type(fd, S_IFREG) || is_file_type(fd, S_IFCHR) ||
			       is_file_type(fd, S_IFSOCK));
}

int sink_open(struct loop *loop, int fd, enum form form, struct sink **ret_sink)
{
	_cleanup_(sink_closep) struct sink *sink = calloc(1, sizeof(*sink));
	int own, r;

	if (!sink)
		return -ENOMEM;
	own = open_own(fd);
	if (own >= 0)
		(void)fcntl(own, F_SETPIPE_SZ, PIPE_SIZE);
	*sink = (struct sink){
		.loop = loop,
		.form = form,
		.own = own,
		.out = {
			.fd = own >= 0 ? own : fd,
			.blocking = own < 0 && may_block(fd),
			.socket = is_file_type(fd, S_IFSOCK),
			.json = form == FORM_JSON,
			.max = SINK_QUEUE_MAX,
		},
	};
	r = loop_timer(loop, on_retry, sink, &sink->retry);
	if (r < 0)
		return r;
	*ret_sink = TAKE_PTR(sink);
	return 0;
}

uint64_t sink_drain(struct sink *sink, int ms)
{
	struct pollfd p = { .fd = sink->out.fd, .events = POLLOUT };

	while (!sink->broken && ms > 0 && outq_write(&sink->out) == 1) {
		(void)poll(&p, 1, DRAIN_STEP_MS);
		ms -= DRAIN_STEP_MS;
	}
	return sink->out.lost + outq_lines_waiting(&sink->out);
}

void sink_close(struct sink *sink)
{
	if (!sink)
		return;
	loop_remove(sink->source);
	loop_remove(sink->retry);
	outq_free(&sink->out);
	if (sink->own >= 0)
		(void)close(sink->own);
	free(sink);
}

void sink_tell(struct sink *sink, struct line *line)
{
	const struct buf *form;

	if (sink->broken) {
		sink->out.lost++;
		return;
	}
	form = line_form(line, sink->form);
	(void)outq_line(&sink->out, form->data, form->len);
}

void sink_flush(struct sink *sink)
{
	if (!sink->broken && !sink->full)
		flush(sink);
}

uint64_t sink_lost(const struct sink *sink)
{
	return sink->out.lost;
}

// SPDX-License-Identifier: MIT
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "../base/log.h"
#include "../base/status.h"
#include "http.h"
#include "session.h"

struct worker {
	struct session session;
	struct http *http;
	int fd;
};

static uint32_t chance(void)
{
	uint32_t number = 0;

	(void)getrandom(&number, sizeof(number), GRND_NONBLOCK);
	return number;
}

static int send_record(void *data, const struct buf *record)
{
	const struct worker *worker = data;
	ssize_t n;

	do
		n = send(worker->fd, record->data, record->len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int on_answer(void *data, long code)
{
	return session_answer(data, code);
}

static int on_body(void *data, const char *bytes, size_t len)
{
	return session_body(data, bytes, len);
}

/* The agent has closed its side. */
static bool is_hung_up(int fd, unsigned int ms)
{
	struct pollfd poll_fd = { .fd = fd };

	return poll(&poll_fd, 1, (int)ms) > 0;
}

/* One request. Milliseconds until the next one, or a negative errno. */
static int request(struct worker *worker)
{
	const struct http_answer answer = {
		.on_answer = on_answer,
		.on_body = on_body,
		.data = &worker->session,
	};
	_cleanup_buf_ struct buf path = { 0 };
	struct http_end end = { 0 };
	struct session_end ended;
	int r = session_request(&worker->session, chance(), &path);

	if (r == 0)
		r = http_get(worker->http, path.data, &answer, worker->fd, &end);
	if (r < 0)
		return r;
	ended = (struct session_end) {
		.code = end.code,
		.error = *end.error ? end.error : NULL,
		.timeout = end.timeout,
		.lasted_ms = end.lasted_ms,
		.retry_after_s = end.retry_after_s,
	};
	return (int)session_ended(&worker->session, &ended, chance());
}

int worker_run(const struct access *access, const struct worker_task *task)
{
	struct worker worker = { .fd = task->socket_fd };
	int r = http_new(access, &worker.http);

	worker.session.node = task->node;
	worker.session.wants_node = task->wants_node;
	worker.session.send = send_record;
	worker.session.data = &worker;
	if (r == 0)
		r = (int)(chance() % SESSION_START_MAX_MS);
	while (r >= 0 && !is_hung_up(worker.fd, (unsigned int)r))
		r = request(&worker);
	session_free(&worker.session);
	http_free(worker.http);
	if (r < 0 && r != -ECANCELED)
		log_error("%s", strerror(-r));
	return r < 0 && r != -ECANCELED ? EXIT_SYSTEM : EXIT_OK;
}

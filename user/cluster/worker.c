// SPDX-License-Identifier: MIT
#include "worker.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../base/status.h"
#include "event_sender.h"
#include "http.h"

struct worker {
	struct session session;
	struct event_sender sender;
	struct http_answer sender_answer;
	struct http *http;
	int fd;
	bool sends;	       /* a request of the sender's is under way */
	uint64_t next_send_ms; /* when to make its next one */
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

static struct session_end end_of(const struct http_end *end)
{
	return (struct session_end) {
		.code = end->code,
		.error = *end->error ? end->error : NULL,
		.timeout = end->timeout,
		.lasted_ms = end->lasted_ms,
		.retry_after_s = end->retry_after_s,
	};
}

/* ---- Events -------------------------------------------------------------------------------- */

static int on_sender_answer(void *data, long code)
{
	return event_sender_answer(data, code);
}

static int on_sender_body(void *data, const char *bytes, size_t len)
{
	return event_sender_body(data, bytes, len);
}

/* What has been sent has come to its end, perhaps. */
static int look_at_sent(struct worker *worker)
{
	struct session_end end;
	struct http_end sent;
	int r;

	if (!worker->sends || !http_sent(worker->http, &sent))
		return 0;
	worker->sends = false;
	end = end_of(&sent);
	r = event_sender_ended(&worker->sender, &end, chance());
	worker->next_send_ms =
		clock_boot_ms() + (r < 0 || !worker->sender.busy ? 0 : (unsigned int)r);
	return r < 0 ? r : 0;
}

/* An Event that the agent has handed over. Others wait in the socket, which has room for some. */
static int take_event(struct worker *worker)
{
	struct kube_event event;
	ssize_t n = recv(worker->fd, &event, sizeof(event), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return n == 0 ? -ECANCELED : event_sender_take(&worker->sender, &event, (size_t)n);
}

static int send_event(struct worker *worker)
{
	_cleanup_event_request_ struct event_request request = { 0 };
	int r = event_sender_request(&worker->sender, &request);
	const struct http_request send = {
		.method = request.method,
		.path = request.path.data,
		.type = request.type,
		.body = &request.body,
	};

	if (r == 0)
		r = http_send(worker->http, &send, &worker->sender_answer);
	worker->sends = r == 0;
	return r;
}

/* Beside what is got: Events, one after the other. */
static int turn(void *data)
{
	struct worker *worker = data;
	int r = look_at_sent(worker);

	if (r == 0 && !worker->sender.busy)
		r = take_event(worker);
	if (r == 0 && worker->sender.busy && !worker->sends &&
	    clock_boot_ms() >= worker->next_send_ms)
		r = send_event(worker);
	return r < 0 ? r : !worker->sender.busy;
}

/* ---- pods ---------------------------------------------------------------------------------- */

static int on_answer(void *data, long code)
{
	return session_answer(data, code);
}

static int on_body(void *data, const char *bytes, size_t len)
{
	return session_body(data, bytes, len);
}

/* One request. Milliseconds until the next one, or a negative errno. */
static int request(struct worker *worker, const struct http_beside *beside)
{
	const struct http_answer answer = {
		.on_answer = on_answer,
		.on_body = on_body,
		.data = &worker->session,
	};
	_cleanup_buf_ struct buf path = { 0 };
	struct http_end http_end = { 0 };
	struct session_end end;
	int r = session_request(&worker->session, chance(), &path);

	if (r == 0)
		r = http_get(worker->http, path.data, &answer, beside, &http_end);
	if (r < 0)
		return r;
	end = end_of(&http_end);
	return (int)session_ended(&worker->session, &end, chance());
}

static int work(struct worker *worker)
{
	const struct http_beside beside = { .fd = worker->fd, .turn = turn, .data = worker };
	int r = (int)(chance() % SESSION_START_MAX_MS);

	while (r >= 0) {
		r = http_pause(worker->http, (unsigned int)r, &beside);
		if (r == 0)
			r = request(worker, &beside);
	}
	return r;
}

int worker_run(const struct access *access, const struct worker_task *task)
{
	struct worker worker = {
		.session = { .node = task->node,
			     .kubelet = task->kubelet,
			     .wants_node = task->wants_node,
			     .send = send_record,
			     .data = &worker },
		.sender = { .send = send_record, .data = &worker },
		.sender_answer = { on_sender_answer, on_sender_body, &worker.sender },
		.fd = task->socket_fd,
	};
	int r = http_new(access, &worker.http);

	if (r == 0)
		r = work(&worker);
	http_free(worker.http);
	session_free(&worker.session);
	event_sender_free(&worker.sender);
	if (r < 0 && r != -ECANCELED)
		log_error("%s", strerror(-r));
	return r < 0 && r != -ECANCELED ? EXIT_SYSTEM : EXIT_OK;
}

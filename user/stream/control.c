// SPDX-License-Identifier: MIT
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "../base/jsonw.h"
#include "control_socket.h"
#include "outq.h"

#define CLIENT_QUEUE_MAX      (256U << 10)
#define WAIT_MS		      10  /* at once, for clients that read and have much to read */
#define WAIT_VAIN_MS	      50  /* then who has taken nothing meanwhile is slow */
#define WAIT_SUM_MS	      200 /* of each second, for all of them */
#define DOCUMENTS_WAITING_MAX (4 * CONTROL_DOCUMENT_MAX)

struct client {
	struct control *control;
	struct client *next;
	struct loop_source *source;
	int fd;
	char in[REQUEST_MAX];
	size_t in_len;
	unsigned int vain_ms;	       /* for which was waited in vain */
	uint32_t waits_for;	       /* events of the source */
	bool answered, tails, closing; /* closing: once all is written */
	uint64_t since; /* when it came, was answered, or said that it sends no more; now_s() */
	struct request request;
	struct outq out;
};

struct control {
	struct loop *loop;
	struct loop_source *source;
	struct loop_source *timer; /* runs while somebody may take too long */
	bool timing;
	bool full; /* no connection is taken: there was no descriptor for it */
	int fd, lock_fd;
	char *path;
	struct history *history;
	control_document_fn document;
	void *data;
	struct client *clients;
	unsigned int len;
	uint64_t lost;		/* of clients that are gone */
	uint64_t waited_second; /* in which was waited last, and how long */
	unsigned int waited_ms;
};

static uint64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec;
}

/* See to it that on_tick() looks at those who wait. */
static void start_ticking(struct control *control)
{
	if (!control->timing)
		control->timing = loop_timer_set(control->timer, 1000, 1000) == 0;
}

static void client_free(struct client *client)
{
	struct control *control = client->control;
	struct client **at = &control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	control->len--;
	control->lost += client->out.lost;
	loop_remove(client->source);
	(void)close(client->fd);
	outq_free(&client->out);
	free(client);
}

static void client_wait_for(struct client *client, uint32_t events)
{
	if (client->waits_for != events && loop_modify(client->source, events) == 0)
		client->waits_for = events;
}

/* Write what can be written, and wait for the rest. The client may be gone after it. */
static void client_flush(struct client *client)
{
	size_t waiting = outq_waiting(&client->out);
	int r = outq_write(&client->out);

	if (outq_waiting(&client->out) < waiting)
		client->vain_ms = 0;
	if (r < 0 || (r == 0 && client->closing))
		client_free(client);
	else if (client->closing)
		client_wait_for(client, EPOLLOUT);
	else
		client_wait_for(client, EPOLLIN | (r ? EPOLLOUT : 0));
}

static void answer(struct client *client, const char *error)
{
	_cleanup_buf_ struct buf line = { 0 };
	struct jsonw w = { .out = &line };

	jsonw_object(&w, NULL);
	if (error)
		jsonw_string(&w, "error", error);
	else
		jsonw_bool(&w, "ok", true);
	jsonw_object_end(&w);
	client->answered = true;
	client->since = now_s();
	client->in_len = 0; /* what else is sent has room to be dropped in */
	client->closing = error != NULL;
	(void)outq_line(&client->out, line.data, line.len);
}

static void tell(struct client *client, struct line *line)
{
	const struct buf *form;

	if (!line_is_of(line, client->request.classes))
		return;
	form = line_form(line, client->request.form);
	(void)outq_line(&client->out, form->data, form->len);
}

static void start_tail(struct client *client)
{
	struct history *history = client->control->history;
	struct line *line;

	for (size_t n = client->request.replay; n > 0; n--) {
		line = history_back(history, client->request.classes, n - 1);
		if (line)
			tell(client, line);
	}
	client->tails = true;
}

static size_t waiting(const struct control *control)
{
	size_t sum = 0;

	for (const struct client *c = control->clients; c; c = c->next)
		sum += outq_waiting(&c->out);
	return sum;
}

/* A document is one line, however long; what several clients have to read is bounded, too. */
static void send_document(struct client *client)
{
	const struct control *control = client->control;
	_cleanup_buf_ struct buf document = { 0 };
	int r = control->document(control->data, &client->request, &document);

	if (document.failed)
		answer(client, strerror(ENOMEM));
	else if (r < 0)
		answer(client, document.len ? document.data : strerror(-r));
	else if (document.len > CONTROL_DOCUMENT_MAX ||
		 waiting(control) + document.len > DOCUMENTS_WAITING_MAX)
		answer(client, "the answer is too long");
	else {
		answer(client, NULL);
		client->out.max = document.len + CLIENT_QUEUE_MAX;
		(void)outq_line(&client->out, document.data, document.len);
		client->closing = true;
	}
}

/* Who asks: as he was when he connected. */
static void fill_peer(struct client *client)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	(void)getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	client->request.pid = (uint32_t)peer.pid;
	client->request.uid = peer.uid;
}

static void serve(struct client *client, size_t len)
{
	_cleanup_buf_ struct buf err = { 0 };
	unsigned int tails;
	uint64_t lost;

	if (request_parse(client->in, len, &client->request, &err) < 0) {
		answer(client, err.data ? err.data : "out of memory");
		return;
	}
	fill_peer(client);
	control_stats(client->control, &tails, &lost);
	if (client->request.verb == REQUEST_TAIL && tails >= CONTROL_TAILS_MAX) {
		answer(client, "too many clients tail");
		return;
	}
	if (client->request.verb != REQUEST_TAIL) {
		send_document(client);
		return;
	}
	answer(client, NULL);
	client->out.json = client->request.form == FORM_JSON;
	start_tail(client);
}

/* Read a part of the request. False: the client has no more to say. */
static bool client_read(struct client *client)
{
	size_t room = sizeof(client->in) - client->in_len;
	ssize_t n = read(client->fd, client->in + client->in_len, room);
	char *end;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	if (client->answered) /* nothing more is expected: dropped */
		return true;
	client->in_len += (size_t)n;
	end = memchr(client->in, '\n', client->in_len);
	if (end)
		serve(client, (size_t)(end - client->in));
	else if (client->in_len == sizeof(client->in))
		answer(client, "the request is too long");
	return true;
}

static void on_client(void *data, uint32_t events)
{
	struct client *client = data;

	if (events & (EPOLLHUP | EPOLLERR)) {
		client_free(client);
		return;
	}
	/* who has closed one direction still gets what is on its way to him, and no more */
	if (events & EPOLLIN && !client_read(client)) {
		client->tails = false;
		client->since = now_s();
		start_ticking(client->control);
		client->closing = true;
	}
	client_flush(client);
}

/*
 * What he has asked in time may not be read yet: it may be the agent that was held
 * up. To answer tells what is new, so that any client may be gone after it.
 */
static void refuse_late(struct client *client)
{
	if (!client_read(client))
		client->closing = true;
	if (!client->answered)
		answer(client, "no request came in time");
	client_flush(client);
}

static void on_tick(void *data, uint32_t events)
{
	struct control *control = data;
	struct client *client, *next;
	uint64_t now = now_s();
	bool waits = false;

	(void)events;
	for (client = control->clients; client; client = next) {
		next = client->next;
		if (client->tails)
			continue;
		waits = true;
		if (client->answered && now >= client->since + CONTROL_ANSWER_S) {
			client_free(client);
		} else if (!client->answered && now >= client->since + CONTROL_REQUEST_S) {
			refuse_late(client);
			next = control->clients;
		}
	}
	if (control->full)
		(void)loop_modify(control->source, EPOLLIN);
	control->full = false;
	control->timing = waits;
	if (!waits)
		(void)loop_timer_set(control->timer, 0, 0);
}

/* Without a descriptor for it a connection would be announced again and again. */
static void pause_accepting(struct control *control)
{
	(void)loop_modify(control->source, 0);
	control->full = true;
	start_ticking(control);
}

static bool is_trusted(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

static void on_connection(void *data, uint32_t events)
{
	struct control *control = data;
	_cleanup_close_ int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	_cleanup_free_ struct client *client = NULL;

	(void)events;
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
			pause_accepting(control);
		return;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		return;
	client->control = control;
	client->fd = fd;
	client->since = now_s();
	client->waits_for = EPOLLIN;
	client->out = (struct outq) { .fd = fd, .json = true, .max = CLIENT_QUEUE_MAX };
	if (loop_add(control->loop, fd, EPOLLIN, on_client, client, &client->source) < 0)
		return;
	client->next = control->clients;
	control->clients = client;
	start_ticking(control);
	if (++control->len > CONTROL_CLIENTS_MAX)
		answer(client, "too many clients");
	else if (!is_trusted(fd))
		answer(client, "only root may ask");
	(void)TAKE_FD(fd);
	client_flush(TAKE_PTR(client));
}

int control_open(struct loop *loop, const char *path, struct history *history,
		 control_document_fn document, void *data, struct control **ret_control)
{
	_cleanup_(control_closep) struct control *control = calloc(1, sizeof(*control));
	int r;

	if (!control)
		return -ENOMEM;
	*control = (struct control) {
		.loop = loop,
		.fd = -1,
		.lock_fd = -1,
		.history = history,
		.document = document,
		.data = data,
	};
	control->lock_fd = control_socket_lock(path);
	if (control->lock_fd < 0)
		return control->lock_fd;
	control->fd = control_socket_listen(path);
	if (control->fd < 0)
		return control->fd;
	control->path = strdup(path);
	if (!control->path)
		return -ENOMEM;
	r = loop_timer(loop, on_tick, control, &control->timer);
	if (r == 0)
		r = loop_add(loop, control->fd, EPOLLIN, on_connection, control, &control->source);
	if (r < 0)
		return r;
	*ret_control = TAKE_PTR(control);
	return 0;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	while (control->clients)
		client_free(control->clients);
	loop_remove(control->source);
	loop_remove(control->timer);
	if (control->path)
		(void)unlink(control->path);
	if (control->fd >= 0)
		(void)close(control->fd);
	if (control->lock_fd >= 0)
		(void)close(control->lock_fd);
	free(control->path);
	free(control);
}

void control_tell(struct control *control, struct line *line)
{
	for (struct client *client = control->clients; client; client = client->next)
		if (client->tails)
			tell(client, line);
}

static void flush_tails(struct control *control)
{
	struct client *client, *next;

	for (client = control->clients; client; client = next) {
		next = client->next;
		if (client->tails && outq_waiting(&client->out))
			client_flush(client);
	}
}

/* Has he much to read, and does he read? */
static bool is_waited_for(const struct client *client)
{
	return client->tails && outq_waiting(&client->out) > CLIENT_QUEUE_MAX / 2 &&
	       client->vain_ms < WAIT_VAIN_MS;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* May there be one more wait in this second? */
static bool has_patience(struct control *control, uint64_t second)
{
	if (control->waited_second != second)
		control->waited_ms = 0;
	control->waited_second = second;
	return control->waited_ms < WAIT_SUM_MS;
}

/* Wait until one of those takes more that are behind. False: there is none, or no time. */
static bool wait_for_readers(struct control *control)
{
	struct pollfd fds[CONTROL_TAILS_MAX];
	struct client *clients[CONTROL_TAILS_MAX];
	unsigned int n = 0, waited;
	uint64_t began;

	for (struct client *c = control->clients; c && n < CONTROL_TAILS_MAX; c = c->next) {
		if (!is_waited_for(c))
			continue;
		clients[n] = c;
		fds[n++] = (struct pollfd) { .fd = c->fd, .events = POLLOUT };
	}
	if (!n)
		return false;
	began = now_ms();
	if (!has_patience(control, began / 1000) || poll(fds, n, WAIT_MS) < 0)
		return false;
	waited = (unsigned int)(now_ms() - began);
	control->waited_ms += waited ? waited : 1; /* it is a bound, too */
	for (unsigned int i = 0; i < n; i++)
		clients[i]->vain_ms = fds[i].revents ? 0 : clients[i]->vain_ms + waited;
	return true;
}

void control_flush(struct control *control, bool patient)
{
	do
		flush_tails(control);
	while (patient && wait_for_readers(control));
}

void control_stats(const struct control *control, unsigned int *ret_tails, uint64_t *ret_lost)
{
	unsigned int tails = 0;
	uint64_t lost = control->lost;

	for (const struct client *c = control->clients; c; c = c->next) {
		tails += c->tails;
		lost += c->out.lost;
	}
	*ret_tails = tails;
	*ret_lost = lost;
}

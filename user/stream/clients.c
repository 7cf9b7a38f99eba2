// SPDX-License-Identifier: MIT
#include "clients.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/jsonw.h"
#include "outq.h"

#define CLIENT_QUEUE_MAX      (256U << 10)
#define DOCUMENTS_WAITING_MAX (4 * CONTROL_DOCUMENT_MAX)

struct client {
	struct clients *clients;
	struct client *next;
	struct loop_source *source;
	int fd;
	char in[REQUEST_MAX];
	size_t in_len;
	uint32_t waits_for; /* events of the source */
	bool answered;
	bool tails;
	bool closing;	/* once all is written */
	uint64_t since; /* it connected, was answered, or closed its direction; clock_boot_s() */
	struct request request;
	struct outq out;
};

void clients_start_timer(struct clients *clients)
{
	if (!clients->timing)
		clients->timing = loop_timer_set(clients->timer, 1000, 1000) == 0;
}

static void client_free(struct client *client)
{
	struct clients *clients = client->clients;
	struct client **at = &clients->first;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	clients->len--;
	clients->lost += client->out.lost;
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
	int r = outq_write(&client->out);

	if (r < 0 || (r == 0 && client->closing))
		client_free(client);
	else if (client->closing)
		client_wait_for(client, EPOLLOUT);
	else
		client_wait_for(client, EPOLLIN | (r ? EPOLLOUT : 0));
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void client_answer(struct client *client, const char *error)
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
	client->since = clock_boot_s();
	client->in_len = 0; /* what else the client sends has room to be dropped in */
	client->closing = error != NULL;
	(void)outq_line(&client->out, line.data, line.len);
}

static struct line_filter filter_of(const struct client *client)
{
	const struct request *request = &client->request;

	return (struct line_filter) {
		.classes = request->classes,
		.pod = request->pod,
		.unit = request->unit,
		.verdicts = request->verdicts,
		.first = request->first,
		.last = request->last,
		.has_proto = request->has_proto,
		.proto = request->proto,
		.since = request->since,
	};
}

static void client_tell(struct client *client, struct line *line)
{
	const struct line_filter filter = filter_of(client);
	const struct buf *form;

	if (!line_is_wanted(line, &filter))
		return;
	form = line_form(line, client->request.form);
	(void)outq_line(&client->out, form->data, form->len);
}

static void client_tail(struct client *client)
{
	const struct line_filter filter = filter_of(client);
	struct history *history = client->clients->history;
	unsigned int tails;
	uint64_t lost;

	clients_stats(client->clients, &tails, &lost);
	if (tails >= CONTROL_TAILS_MAX) {
		client_answer(client, "too many clients tail");
		return;
	}
	client_answer(client, NULL);
	client->out.json = client->request.form == FORM_JSON;
	for (size_t n = client->request.replay; n > 0; n--) {
		struct line *line = history_back(history, &filter, n - 1);

		if (line)
			client_tell(client, line);
	}
	client->tails = true;
}

static size_t bytes_waiting(const struct clients *clients)
{
	size_t sum = 0;

	for (const struct client *c = clients->first; c; c = c->next)
		sum += outq_waiting(&c->out);
	return sum;
}

/* A document is one line, however long; what waits for all clients together is bounded. */
static void client_send_document(struct client *client)
{
	const struct clients *clients = client->clients;
	_cleanup_buf_ struct buf document = { 0 };
	int r = clients->document(clients->data, &client->request, &document);

	if (document.failed)
		client_answer(client, strerror(ENOMEM));
	else if (r < 0)
		client_answer(client, document.len ? document.data : strerror(-r));
	else if (document.len > CONTROL_DOCUMENT_MAX ||
		 bytes_waiting(clients) + document.len > DOCUMENTS_WAITING_MAX)
		client_answer(client, "the answer is too long");
	else {
		client_answer(client, NULL);
		client->out.max = document.len + CLIENT_QUEUE_MAX;
		(void)outq_line(&client->out, document.data, document.len);
		client->closing = true;
	}
}

/* ---- the request ----------------------------------------------------------------------------- */

/* The client as it was when it connected. */
static void fill_peer(struct client *client)
{
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);

	(void)getsockopt(client->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	client->request.pid = (uint32_t)peer.pid;
	client->request.uid = peer.uid;
}

static void client_serve(struct client *client, size_t len)
{
	_cleanup_buf_ struct buf err = { 0 };

	if (request_parse(client->in, len, &client->request, &err) < 0) {
		client_answer(client, err.data ? err.data : "out of memory");
		return;
	}
	fill_peer(client);
	if (client->request.verb == REQUEST_TAIL)
		client_tail(client);
	else
		client_send_document(client);
}

/* Read a part of the request. False: the client sends no more. */
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
		client_serve(client, (size_t)(end - client->in));
	else if (client->in_len == sizeof(client->in))
		client_answer(client, "the request is too long");
	return true;
}

static void on_client(void *data, uint32_t events)
{
	struct client *client = data;

	if (events & (EPOLLHUP | EPOLLERR)) {
		client_free(client);
		return;
	}
	/* a client that has closed its direction gets what waits for it, and no more */
	if (events & EPOLLIN && !client_read(client)) {
		client->tails = false;
		client->since = clock_boot_s();
		clients_start_timer(client->clients);
		client->closing = true;
	}
	client_flush(client);
}

/* ---- all clients ----------------------------------------------------------------------------- */

int clients_add(struct clients *clients, int fd, const char *refusal)
{
	_cleanup_close_ int owned = fd;
	_cleanup_free_ struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->clients = clients;
	client->fd = fd;
	client->since = clock_boot_s();
	client->waits_for = EPOLLIN;
	client->out = (struct outq) { .fd = fd, .json = true, .max = CLIENT_QUEUE_MAX };
	r = loop_add(clients->loop, fd, EPOLLIN, on_client, client, &client->source);
	if (r < 0)
		return r;
	client->next = clients->first;
	clients->first = client;
	clients->len++;
	clients_start_timer(clients);
	if (refusal)
		client_answer(client, refusal);
	(void)TAKE_FD(owned);
	client_flush(TAKE_PTR(client));
	return 0;
}

/*
 * A request that came in time may not be read yet, because it was the agent that was held up.
 * To serve it may tell new lines, so that any client may be gone after it.
 */
static void refuse_late(struct client *client)
{
	if (!client_read(client))
		client->closing = true;
	if (!client->answered)
		client_answer(client, "no request came in time");
	client_flush(client);
}

bool clients_expire(struct clients *clients)
{
	struct client *client, *next;
	uint64_t now = clock_boot_s();
	bool waits = false;

	for (client = clients->first; client; client = next) {
		next = client->next;
		if (client->tails)
			continue;
		waits = true;
		if (client->answered && now >= client->since + CONTROL_ANSWER_S) {
			client_free(client);
		} else if (!client->answered && now >= client->since + CONTROL_REQUEST_S) {
			refuse_late(client);
			next = clients->first;
		}
	}
	return waits;
}

void clients_tell(struct clients *clients, struct line *line)
{
	for (struct client *client = clients->first; client; client = client->next)
		if (client->tails)
			client_tell(client, line);
}

void clients_flush(struct clients *clients)
{
	struct client *client, *next;

	for (client = clients->first; client; client = next) {
		next = client->next;
		if (client->tails && outq_waiting(&client->out))
			client_flush(client);
	}
}

void clients_stats(const struct clients *clients, unsigned int *ret_tails, uint64_t *ret_lost)
{
	unsigned int tails = 0;
	uint64_t lost = clients->lost;

	for (const struct client *c = clients->first; c; c = c->next) {
		tails += c->tails;
		lost += c->out.lost;
	}
	*ret_tails = tails;
	*ret_lost = lost;
}

void clients_free(struct clients *clients)
{
	while (clients->first)
		client_free(clients->first);
}

// SPDX-License-Identifier: MIT
#include "client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../base/json.h"
#include "../kernel/sockets/reserve_note.h"

#define ANSWER_S 5 /* an agent that takes longer is stuck */

const char *client_pick_socket(const char *usual, const char *of_unit)
{
	_cleanup_buf_ struct buf note = { 0 };
	struct stat st;

	if (lstat(usual, &st) == 0 && !S_ISLNK(st.st_mode))
		return usual;
	buf_printf(&note, "%s" RESERVE_NOTE_SUFFIX, of_unit);
	if (access(of_unit, F_OK) == 0 || (!note.failed && access(note.data, F_OK) == 0))
		return of_unit;
	return usual;
}

/* Seconds for which reading and writing may block; 0: for ever. */
static void set_patience(int fd, time_t seconds)
{
	struct timeval limit = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static int dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path));
	set_patience(fd, ANSWER_S);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Read more. 1, 0 at the end, or a negative errno. */
static int fill(struct client *client)
{
	char part[16384];
	ssize_t n;

	if (client->at) {
		memmove(client->in.data, client->in.data + client->at, client->in.len - client->at);
		client->in.len -= client->at;
		client->at = 0;
	}
	if (client->in.len > ANSWER_LINE_MAX)
		return -EMSGSIZE;
	do
		n = read(client->fd, part, sizeof(part));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n < 0 ? -errno : 0;
	buf_add(&client->in, part, (size_t)n);
	return client->in.failed ? -ENOMEM : 1;
}

int client_line(struct client *client, char **ret_line, size_t *ret_len)
{
	size_t seen = 0;
	char *end;
	int r;

	for (;;) {
		char *from = client->in.data ? client->in.data + client->at : NULL;
		size_t len = client->in.len - client->at;

		end = len > seen ? memchr(from + seen, '\n', len - seen) : NULL;
		if (end) {
			*end = '\0';
			*ret_line = from;
			*ret_len = (size_t)(end - from);
			client->at += *ret_len + 1;
			return 1;
		}
		seen = len;
		r = fill(client);
		if (r <= 0)
			return r;
	}
}

/* {"ok":true}, or {"error":"..."} */
static int check_answer(struct client *client, struct buf *err)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf ignored = { 0 };
	size_t len;
	const char *reason;
	char *line;
	int r = client_line(client, &line, &len);

	if (r <= 0)
		return r < 0 ? r : -ECONNRESET;
	if (json_parse(line, len, &ignored, &json) < 0) {
		buf_puts(err, "the answer is not an agent's");
		return -EPROTO;
	}
	if (json_member_bool(json, "ok", false))
		return 0;
	reason = json_member_text(json, "error", "");
	buf_put_safe(err, *reason ? reason : "the agent gave no reason");
	return -EPROTO;
}

int client_open(const char *path, const struct buf *request, struct client *ret_client,
		struct buf *err)
{
	struct client client = { .fd = dial(path) };
	int r;

	if (client.fd < 0)
		return client.fd;
	r = send_all(client.fd, request->data, request->len);
	if (r == 0)
		r = send_all(client.fd, "\n", 1);
	/* an agent that refuses answers before it has read the request */
	if (r == 0 || r == -EPIPE)
		r = check_answer(&client, err);
	if (r < 0)
		client_close(&client);
	else
		*ret_client = client;
	return r;
}

void client_wait_for_ever(struct client *client)
{
	set_patience(client->fd, 0);
}

bool client_has_line(const struct client *client)
{
	size_t len = client->in.len - client->at;

	return len && memchr(client->in.data + client->at, '\n', len);
}

int client_ask_no_more(struct client *client)
{
	return shutdown(client->fd, SHUT_WR) < 0 ? -errno : 0;
}

void client_close(struct client *client)
{
	if (client->fd >= 0)
		(void)close(client->fd);
	client->fd = -1;
	buf_free(&client->in);
}

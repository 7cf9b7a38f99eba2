/* SPDX-License-Identifier: MIT */
/* The agent's other side: one request, and lines in answer. */
#pragma once

#include "../base/buf.h"

#define SOCKET_DEFAULT	"/run/hostportd.sock"
#define SOCKET_OF_UNIT	"/run/hostportd/agent.sock" /* and of the DaemonSet */
#define ANSWER_LINE_MAX (16UL << 20)

struct client {
	int fd;
	struct buf in;
	size_t at; /* of in: handed out so far */
};

/*
 * Connect, send one line and take the answer's first line. 0; -ENOENT or
 * -ECONNREFUSED where no agent is; -EPROTO with the agent's sentence in `err`
 * where it refused; or another negative errno.
 */
int client_open(const char *path, const struct buf *request, struct client *ret_client,
		struct buf *err);

/*
 * Without --socket: `usual`, unless it is a link or not there, and an agent has `of_unit`, or has
 * left its note of reserved ports beside that. The unit makes the link, only while it is active.
 */
const char *client_pick_socket(const char *usual, const char *of_unit);

/* From now on lines may come at any time. Before, -EAGAIN says that the agent does not answer. */
void client_wait_for_ever(struct client *client);

/*
 * The next line, without its end, zero-terminated; valid until the next call.
 * 1; 0 at the end of the answer; or a negative errno.
 */
int client_line(struct client *client, char **ret_line, size_t *ret_len);

/* Is a whole line there already, so that client_line() does not wait? */
bool client_has_line(const struct client *client);

/* From now on nothing is asked: a reader of lines gets those that are kept, and no later ones. */
int client_ask_no_more(struct client *client);

void client_close(struct client *client);
#define _cleanup_client_ _cleanup_(client_close)

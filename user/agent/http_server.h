/* SPDX-License-Identifier: MIT */
/*
 * A small HTTP server on the event loop, for GET and HEAD of short texts. It never waits for a
 * client: connections, their time, their requests and their memory are bounded.
 */
#pragma once

#include "../base/loop.h"

#define HTTP_SERVER_LIBRARY	  "libmicrohttpd.so.12" /* loaded by http_server_open() */
#define HTTP_SERVER_CLIENTS_MAX	  64   /* connected at once; more wait in the kernel's queue */
#define HTTP_SERVER_IDLE_S	  10   /* a client that does nothing for so long is cut off */
#define HTTP_SERVER_REQUEST_BYTES 8192 /* of a request's head, and of the answer's */

struct http_server;

struct http_answer {
	unsigned int status; /* 200, 404, 503 */
	const char *type;    /* the header Content-Type */
	const char *text;    /* is copied */
	size_t len;
};

/* Answer a path. `accept` is the header Accept; NULL: there is none. */
typedef void (*http_server_fn)(void *data, const char *path, const char *accept,
			       struct http_answer *ret_answer);

/*
 * Serve what comes to a TCP socket that listens and does not block. The socket is the server's
 * from then on, also on failure. 0; -ELIBACC: there is no such library; -ENOMEM, or another
 * negative errno. What is confined can't load it, so call it before.
 */
int http_server_open(struct loop *loop, int fd, http_server_fn fn, void *data,
		     struct http_server **ret_server);

/* Cut off all clients, and close the socket. Before the loop is freed. */
void http_server_close(struct http_server *server);
DEFINE_CLEANUP(struct http_server, http_server_close)

/* SPDX-License-Identifier: MIT */
/*
 * One HTTPS request at a time, and beside it one that sends something; the server's certificate is
 * always verified.
 */
#pragma once

#include <stdint.h>

#include "access.h"

#define HTTP_CONNECT_S 15
#define HTTP_IDLE_S    150 /* without a byte: bookmarks come each minute */
#define HTTP_SEND_S    30  /* for a request that sends something, and its answer */

struct http;

/* What becomes of the answer; another result than 0 ends the request. */
struct http_answer {
	int (*on_answer)(void *data, long code);
	int (*on_body)(void *data, const char *bytes, size_t len);
	void *data;
};

struct http_end {
	long code;	 /* of HTTP; 0: there was no answer */
	char error[256]; /* of the connection; empty: it ended well */
	bool timeout; /* the error: nothing came for HTTP_IDLE_S, or not all within HTTP_SEND_S */
	uint64_t lasted_ms;
	uint64_t retry_after_s; /* 0: not asked for */
};

/* 0, or a negative errno. The access is borrowed. */
int http_new(const struct access *access, struct http **ret_http);
void http_free(struct http *http);
DEFINE_CLEANUP(struct http, http_free)

/* What goes on beside a request, and between two. */
struct http_beside {
	int fd; /* everything ends when it is hung up */
	/*
	 * Called often, once a second at least; it may send. 1: call again when something can be
	 * read from fd; 0; or a negative errno, which ends the request at hand.
	 */
	int (*turn)(void *data);
	void *data;
};

/*
 * Get a path, until the answer ends. 0, also where the request failed; -ECANCELED: hung up; or
 * another negative errno.
 */
int http_get(struct http *http, const char *path, const struct http_answer *answer,
	     const struct http_beside *beside, struct http_end *ret_end);

/* Get nothing for so long. The same results. */
int http_pause(struct http *http, unsigned int ms, const struct http_beside *beside);

struct http_request {
	const char *method, *path;
	const char *type;	/* of the body */
	const struct buf *body; /* it is copied */
};

/*
 * Begin to send, if nothing is being sent; it goes on while something is got, or in a pause. The
 * answer is borrowed until then. 0, or -ENOMEM.
 */
int http_send(struct http *http, const struct http_request *request,
	      const struct http_answer *answer);

/* Has what was sent last come to its end? */
bool http_sent(const struct http *http, struct http_end *ret_end);

/* SPDX-License-Identifier: MIT */
/* One HTTPS request at a time; the server's certificate is always verified. */
#pragma once

#include <stdint.h>

#include "access.h"

#define HTTP_CONNECT_S 15
#define HTTP_IDLE_S    150 /* without a byte: bookmarks come each minute */

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
	bool timeout;	 /* the error: nothing came for HTTP_IDLE_S */
	uint64_t lasted_ms;
	uint64_t retry_after_s; /* 0: not asked for */
};

/* 0, or a negative errno. The access is borrowed. */
int http_new(const struct access *access, struct http **ret_http);
void http_free(struct http *http);
DEFINE_CLEANUP(struct http, http_free)

/*
 * Get a path, until the answer ends or `stop_fd` is hung up. 0, also where the request failed;
 * -ECANCELED: hung up; or another negative errno.
 */
int http_get(struct http *http, const char *path, const struct http_answer *answer, int stop_fd,
	     struct http_end *ret_end);

/* SPDX-License-Identifier: MIT */
/*
 * The API server's pods of one node: which requests to make, and when, and what the answers say,
 * as records. A list first; then a watch from the list's version on, again and again; a list once
 * more when the server does not know that version any more. Where the Node is wanted, too, it is
 * read before each of these requests: a watch lasts minutes, so what has changed of it is known
 * within that time. The kubelet has nothing to watch, so its list of pods is read again and again.
 * Pure: bytes and times come from the caller, and so does chance.
 */
#pragma once

#include "../pods/pod_json.h"

#define SESSION_DELAY_MAX_MS  60000
#define SESSION_START_MAX_MS  2000 /* many agents may start at once */
#define SESSION_SHORT_MS      2000 /* a watch that ends sooner, without a message, is refused */
#define SESSION_WATCH_S	      300  /* at least: then the server ends a watch; at most twice that */
#define SESSION_POLL_MS	      6000 /* between lists of what can't be watched; at least half of it */
#define SESSION_RETRY_AFTER_S 600  /* a server that asks for more is not obeyed */

/* Takes a record. 0, or a negative errno, which ends the request at hand. */
typedef int (*session_send_fn)(void *data, const struct buf *record);

struct session {
	/* set before the first request */
	const char *node;
	bool kubelet;	 /* it is asked, not the API server */
	bool wants_node; /* what it is, too */
	session_send_fn send;
	void *data;

	char version[POD_READER_VERSION_MAX + 1]; /* to watch from; "": list first */
	unsigned int failures;			  /* in a row; a watch that lasts ends it */
	bool up;				  /* it was said that the source works */
	bool asked_node;			  /* the Node, before the next request */

	/* of the request at hand */
	long code;    /* of the answer, of HTTP; 0: there is none yet */
	bool of_node; /* neither a list nor a watch */
	bool watching;
	bool begun, listed; /* of a list: its records */
	bool got;	    /* of a watch: an event of a pod */
	bool expired;	    /* the version is too old */
	int error;	    /* the body can't be read any more */
	struct pod_reader reader;
	struct pod_json *json;
	struct buf fault;		   /* why */
	char message[POD_MESSAGE_MAX + 1]; /* of a Status */
};

/* How a request ended. */
struct session_end {
	long code;		/* of HTTP; 0: there was no answer */
	const char *error;	/* of the connection; NULL: it ended well */
	bool timeout;		/* the error: nothing came for long */
	uint64_t lasted_ms;	/* since the request */
	uint64_t retry_after_s; /* asked for by the server; 0: not */
};

void session_free(struct session *session);

/* Begin a request: append its path. `chance` is any number. 0, or -ENOMEM. */
int session_request(struct session *session, uint32_t chance, struct buf *path);

/* The server's answer has begun: 0, or what the send function returned. */
int session_answer(struct session *session, long code);

/* Bytes of its body. 0; or a negative errno: nothing more of it is wanted. */
int session_body(struct session *session, const char *bytes, size_t len);

/* The request has ended. Milliseconds until the next one. */
unsigned int session_ended(struct session *session, const struct session_end *end, uint32_t chance);

/* SPDX-License-Identifier: MIT */
/*
 * Kubernetes Events, one at a time: which requests to make of it, and when, and what became of
 * it, as a record. It is created, or, if it repeats one that was sent before, patched; if there is
 * none any more, or one already, the other way round. One that is there and has nothing to add
 * counts as sent. A server that is away, busy or ill is asked a few times. Pure: bytes and times
 * come from the caller, and so does chance.
 */
#pragma once

#include "../event/kube_event.h"
#include "session.h"

#define EVENT_SENDER_TRIES	   5	 /* requests of an Event */
#define EVENT_SENDER_RETRY_AFTER_S 60	 /* a server that asks for more is not obeyed */
#define EVENT_SENDER_BODY_MAX	   65536 /* of an answer; the rest is not read */

struct event_sender {
	/* set before the first Event */
	session_send_fn send;
	void *data;

	bool busy; /* there is an Event at hand */
	struct kube_event event;
	bool patches;	    /* the request at hand, or the next one */
	unsigned int tries; /* requests that have ended */

	/* of the request at hand */
	size_t body;
	struct pod_reader reader;
	struct pod_json *json; /* of an answer that says what is wrong */
	char message[POD_MESSAGE_MAX + 1];
};

struct event_request {
	const char *method, *type; /* type: of the body */
	struct buf path, body;
};

void event_request_free(struct event_request *request);
#define _cleanup_event_request_ _cleanup_(event_request_free)

void event_sender_free(struct event_sender *sender);

/* Take an Event as the agent hands it over. 0, also for what is none; or a negative errno. */
int event_sender_take(struct event_sender *sender, const void *bytes, size_t len);

/* Begin the next request of the Event at hand. 0, or -ENOMEM. */
int event_sender_request(struct event_sender *sender, struct event_request *ret_request);

/* The answer has begun; bytes of its body. 0, or a negative errno: no more of it is wanted. */
int event_sender_answer(struct event_sender *sender, long code);
int event_sender_body(struct event_sender *sender, const char *bytes, size_t len);

/*
 * The request has ended. Milliseconds until the next one of this Event, if the sender is still
 * busy; or what the send function returned.
 */
int event_sender_ended(struct event_sender *sender, const struct session_end *end, uint32_t chance);

// SPDX-License-Identifier: MIT
#include "event_sender.h"

#include <errno.h>
#include <string.h>

#define DELAY_MS 1000 /* after the first failure; then it doubles */

/* ---- what became of it --------------------------------------------------------------------- */

static int say(struct event_sender *sender, enum pod_record_kind kind, const char *why)
{
	_cleanup_buf_ struct buf record = { 0 };

	pod_record_begin(&record, kind);
	if (why)
		pod_record_put(&record, POD_PART_MESSAGE, why, strnlen(why, POD_MESSAGE_MAX));
	return record.failed ? -ENOMEM : sender->send(sender->data, &record);
}

static int end_event(struct event_sender *sender, enum pod_record_kind kind, const char *why)
{
	sender->busy = false;
	return say(sender, kind, why);
}

static int end_failed(struct event_sender *sender, const struct session_end *end)
{
	_cleanup_buf_ struct buf why = { 0 };

	if (end->error)
		buf_puts(&why, end->error);
	else
		buf_printf(&why, "HTTP %ld%s%s", end->code, *sender->message ? ": " : "",
			   sender->message);
	return end_event(sender, POD_RECORD_EVENT_FAILED, why.failed ? "out of memory" : why.data);
}

int event_sender_take(struct event_sender *sender, const void *bytes, size_t len)
{
	if (kube_event_parse(bytes, len, &sender->event) < 0)
		return say(sender, POD_RECORD_EVENT_FAILED, "what the agent sent is no Event");
	sender->busy = true;
	sender->patches = sender->event.repeats;
	sender->tries = 0;
	return 0;
}

/* ---- requests ------------------------------------------------------------------------------ */

static void end_request(struct event_sender *sender)
{
	pod_json_free(sender->json);
	sender->json = NULL;
	pod_reader_free(&sender->reader);
}

void event_sender_free(struct event_sender *sender)
{
	end_request(sender);
}

void event_request_free(struct event_request *request)
{
	buf_free(&request->path);
	buf_free(&request->body);
}

/* Names were checked when the Event was read, so they need no escapes. */
int event_sender_request(struct event_sender *sender, struct event_request *ret_request)
{
	const struct kube_event *event = &sender->event;
	struct event_request request = {
		.method = sender->patches ? "PATCH" : "POST",
		.type = sender->patches ? "application/merge-patch+json" : "application/json",
	};

	end_request(sender);
	sender->body = 0;
	sender->message[0] = '\0';
	buf_printf(&request.path, KUBE_EVENT_API "%s/events", event->namespace_);
	if (sender->patches) {
		buf_printf(&request.path, "/%s", event->name);
		kube_event_patch_json(event, &request.body);
	} else {
		kube_event_json(event, &request.body);
	}
	if (request.path.failed || request.body.failed) {
		event_request_free(&request);
		return -ENOMEM;
	}
	*ret_request = request;
	return 0;
}

static int on_read(void *data, const struct pod_read *read)
{
	struct event_sender *sender = data;

	if (read->kind == POD_READ_STATUS)
		(void)strcpy(sender->message, read->message);
	return 0;
}

/* Of an Event that was taken nothing is left to read. */
int event_sender_answer(struct event_sender *sender, long code)
{
	if (code < 400)
		return 0;
	pod_reader_init(&sender->reader, on_read, sender);
	return pod_json_new(&sender->reader, &sender->json);
}

/* A body that can't be read only leaves the reason out. */
int event_sender_body(struct event_sender *sender, const char *bytes, size_t len)
{
	_cleanup_buf_ struct buf fault = { 0 };

	sender->body += len;
	if (sender->body > EVENT_SENDER_BODY_MAX)
		return -E2BIG;
	if (!sender->json || pod_json_feed(sender->json, bytes, len, &fault) == 0)
		return 0;
	pod_json_free(sender->json);
	sender->json = NULL;
	return 0;
}

/* ---- ends ---------------------------------------------------------------------------------- */

static bool is_worth_another(const struct session_end *end)
{
	return !end->code || end->code == 429 || end->code >= 500;
}

/* Any time up to a bound that doubles, but not before the server wants it. */
static int delay(const struct event_sender *sender, const struct session_end *end, uint32_t chance)
{
	uint64_t least_s = end->retry_after_s < EVENT_SENDER_RETRY_AFTER_S ?
				   end->retry_after_s :
				   EVENT_SENDER_RETRY_AFTER_S;
	unsigned int bound = DELAY_MS << (sender->tries - 1);

	return (int)(least_s * 1000 + DELAY_MS / 2 + chance % bound);
}

/* There is none any more, an hour after its last change; or there is one without these repeats. */
static bool is_other_way_round(const struct event_sender *sender, long code)
{
	return code == (sender->patches ? 404 : 409);
}

/* An earlier agent has sent it; or it was created, and the answer was lost. */
static bool is_there(const struct event_sender *sender, long code)
{
	return code == 409 && sender->event.count < 2;
}

int event_sender_ended(struct event_sender *sender, const struct session_end *end, uint32_t chance)
{
	/* the answer's code counts also where its body was too long or was cut off */
	if (end->code >= 200 && end->code < 300)
		return end_event(sender, POD_RECORD_EVENT_SENT, NULL);
	if (is_there(sender, end->code))
		return end_event(sender, POD_RECORD_EVENT_SENT, NULL);
	sender->tries++;
	if (sender->tries < EVENT_SENDER_TRIES) {
		if (is_other_way_round(sender, end->code)) {
			sender->patches = !sender->patches;
			return 0;
		}
		if (is_worth_another(end))
			return delay(sender, end, chance);
	}
	return end_failed(sender, end);
}

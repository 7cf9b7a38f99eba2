// SPDX-License-Identifier: MIT
#include "session.h"

#include <errno.h>
#include <string.h>

#include "../base/cleanup.h"

#define PAUSE_MS 200 /* between two watches */

/* ---- records ------------------------------------------------------------------------------- */

static int send_kind(struct session *session, enum pod_record_kind kind, const char *message)
{
	_cleanup_buf_ struct buf record = { 0 };
	size_t len = message ? strnlen(message, POD_MESSAGE_MAX) : 0;

	pod_record_begin(&record, kind);
	if (len)
		pod_record_put(&record, POD_PART_MESSAGE, message, len);
	return record.failed ? -ENOMEM : session->send(session->data, &record);
}

static int send_pod(struct session *session, const struct pod_read *read, enum pod_record_kind kind)
{
	_cleanup_buf_ struct buf record = { 0 };

	buf_add(&record, read->record->data, read->record->len);
	if (record.failed)
		return -ENOMEM;
	record.data[0] = (char)kind;
	return session->send(session->data, &record);
}

static int send_node(struct session *session, const struct this_node *node)
{
	_cleanup_buf_ struct buf record = { 0 };

	pod_record_of_node(node, &record);
	return record.failed ? -ENOMEM : session->send(session->data, &record);
}

static int say_up(struct session *session)
{
	if (session->up)
		return 0;
	session->up = true;
	return send_kind(session, POD_RECORD_UP, NULL);
}

/* ---- bodies -------------------------------------------------------------------------------- */

static void take_version(struct session *session, const char *version)
{
	if (*version)
		(void)strcpy(session->version, version);
}

static int begin_list(struct session *session)
{
	if (session->begun)
		return 0;
	session->begun = true;
	return send_kind(session, POD_RECORD_LIST, NULL);
}

static int read_of_list(struct session *session, const struct pod_read *read)
{
	int r = begin_list(session);

	if (r < 0)
		return r;
	if (read->kind == POD_READ_POD)
		return send_pod(session, read, POD_RECORD_POD);
	if (read->kind != POD_READ_LIST)
		return 0;
	session->listed = true;
	if (!session->kubelet)
		take_version(session, read->version);
	r = send_kind(session, POD_RECORD_LISTED, NULL);
	return r == 0 ? say_up(session) : r;
}

static int read_of_watch(struct session *session, const struct pod_read *read)
{
	int r = 0;

	if (read->kind != POD_READ_POD)
		return 0;
	if (strcmp(read->type, "ADDED") == 0 || strcmp(read->type, "MODIFIED") == 0)
		r = send_pod(session, read, POD_RECORD_POD);
	else if (strcmp(read->type, "DELETED") == 0)
		r = send_pod(session, read, POD_RECORD_GONE);
	else if (strcmp(read->type, "BOOKMARK") != 0)
		return -EPROTO;
	session->got = true;
	if (r == 0)
		take_version(session, read->version);
	return r;
}

static int on_read(void *data, const struct pod_read *read)
{
	struct session *session = data;

	if (read->kind == POD_READ_STATUS) {
		(void)strcpy(session->message, read->message);
		session->expired |= read->code == 410;
		return 0;
	}
	if (session->code != 200) /* whatever a refusal looks like, it is no list */
		return 0;
	if (session->of_node) {
		session->got |= read->kind == POD_READ_NODE;
		return read->kind == POD_READ_NODE ? send_node(session, read->this_node) : 0;
	}
	return session->watching ? read_of_watch(session, read) : read_of_list(session, read);
}

int session_answer(struct session *session, long code)
{
	session->code = code;
	return code == 200 && session->watching ? say_up(session) : 0;
}

int session_body(struct session *session, const char *bytes, size_t len)
{
	if (session->error == 0)
		session->error = pod_json_feed(session->json, bytes, len, &session->fault);
	return session->error;
}

/* ---- requests ------------------------------------------------------------------------------ */

static void end_request(struct session *session)
{
	pod_json_free(session->json);
	session->json = NULL;
	pod_reader_free(&session->reader);
	buf_free(&session->fault);
}

void session_free(struct session *session)
{
	end_request(session);
}

/* A node's name has letters, digits, dots and dashes; nothing else may get into the path. */
static void put_escaped(struct buf *path, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' ||
		    c == '.' || c == '_')
			buf_putc(path, *text);
		else
			buf_printf(path, "%%%02X", c);
	}
}

static void put_path(const struct session *session, uint32_t chance, struct buf *path)
{
	if (session->kubelet) {
		buf_puts(path, "/pods");
		return;
	}
	buf_puts(path, session->of_node ? "/api/v1/nodes/" :
					  "/api/v1/pods?fieldSelector=spec.nodeName%3D");
	put_escaped(path, session->node);
	if (session->of_node) {
		buf_puts(path, "?resourceVersion=0"); /* from the server's memory, not from etcd */
	} else if (session->watching) {
		buf_puts(path, "&watch=1&allowWatchBookmarks=true&resourceVersion=");
		put_escaped(path, session->version);
		buf_printf(path, "&timeoutSeconds=%u", SESSION_WATCH_S + chance % SESSION_WATCH_S);
	} else {
		buf_puts(path, "&resourceVersion=0");
	}
}

int session_request(struct session *session, uint32_t chance, struct buf *path)
{
	end_request(session);
	session->of_node = session->wants_node && !session->asked_node;
	session->asked_node = session->of_node;
	session->watching = !session->of_node && session->version[0] != '\0';
	session->begun = session->listed = session->got = session->expired = false;
	session->code = session->error = 0;
	session->message[0] = '\0';
	pod_reader_init(&session->reader, on_read, session);
	put_path(session, chance, path);
	return path->failed ? -ENOMEM : pod_json_new(&session->reader, &session->json);
}

/* Any time up to a bound that doubles, but not before the server wants it. */
static unsigned int back_off(struct session *session, uint64_t retry_after_s, uint32_t chance)
{
	unsigned int bound = SESSION_DELAY_MAX_MS, least;

	if (session->failures < 6)
		bound = 1000U << session->failures;
	if (bound > SESSION_DELAY_MAX_MS)
		bound = SESSION_DELAY_MAX_MS;
	session->failures++;
	if (retry_after_s > SESSION_RETRY_AFTER_S)
		retry_after_s = SESSION_RETRY_AFTER_S;
	least = (unsigned int)retry_after_s * 1000;
	return least + PAUSE_MS + chance % bound;
}

static void send_fault(struct session *session, enum pod_record_kind kind,
		       const struct session_end *end, const char *why)
{
	_cleanup_buf_ struct buf message = { 0 };

	if (end->code && end->code != 200)
		buf_printf(&message, "HTTP %ld%s%s", end->code, *why ? ": " : "", why);
	else
		buf_puts(&message, *why ? why : "the answer is not one");
	(void)send_kind(session, kind, message.failed ? NULL : message.data);
}

static unsigned int fail(struct session *session, const struct session_end *end, const char *why,
			 uint32_t chance)
{
	session->up = false;
	send_fault(session, POD_RECORD_DOWN, end, why);
	return back_off(session, end->retry_after_s, chance);
}

/* What is wrong with a request that has ended; NULL: nothing. */
static const char *fault_of(struct session *session, const struct session_end *end)
{
	if (end->code != 200 && end->code)
		return session->message;
	if (session->error == -ENOMEM)
		return "out of memory";
	if (session->error)
		return session->fault.len ? session->fault.data : "not what was asked for";
	if (end->error)
		return end->error;
	if (pod_json_end(session->json, &session->fault) < 0)
		return session->fault.len ? session->fault.data : "out of memory";
	return *session->message ? session->message : NULL;
}

static unsigned int ended_list(struct session *session, const struct session_end *end,
			       const char *fault, uint32_t chance)
{
	if (fault || !session->listed) {
		session->version[0] = '\0';
		return fail(session, end, fault ? fault : "", chance);
	}
	if (*session->version)
		return 0;
	session->failures = 0;
	return SESSION_POLL_MS / 2 + chance % (SESSION_POLL_MS / 2);
}

/*
 * The server does not know the version any more, or an intermediary would not say so; or what came
 * is no events. A connection that broke, or a server that is busy or ill, says nothing of it.
 */
static bool is_useless(const struct session *session, const struct session_end *end, bool refused)
{
	if (end->code == 200)
		return refused || session->expired || *session->message || session->error ||
		       end->timeout;
	return end->code >= 400 && end->code < 500 && end->code != 429;
}

static unsigned int ended_watch(struct session *session, const struct session_end *end,
				const char *fault, uint32_t chance)
{
	bool refused = !fault && !session->got && end->lasted_ms < SESSION_SHORT_MS;

	if (session->got || (end->code == 200 && end->lasted_ms >= SESSION_SHORT_MS))
		session->failures = 0; /* not with a list: each watch after it may fail */
	if (is_useless(session, end, refused))
		session->version[0] = '\0';
	if (session->expired || end->code == 410 || refused)
		return back_off(session, end->retry_after_s, chance);
	if (fault)
		return fail(session, end, fault, chance);
	return chance % PAUSE_MS;
}

unsigned int session_ended(struct session *session, const struct session_end *end, uint32_t chance)
{
	const char *fault = fault_of(session, end);

	if (session->of_node) {
		/* pods are asked for all the same: the right to read nodes may be missing */
		if (end->code && (fault || !session->got)) /* else it is said of the pods */
			send_fault(session, POD_RECORD_NODE_UNREAD, end, fault ? fault : "");
		return 0;
	}
	return session->watching ? ended_watch(session, end, fault, chance) :
				   ended_list(session, end, fault, chance);
}

// SPDX-License-Identifier: MIT
/*
 * An event, a listener and a notice with texts and numbers of any bytes: the
 * JSON forms are one valid document on one line, the text forms are safe for a
 * terminal (the coloured one but for our own colours).
 */
#include "fuzz.h"

#include "../../user/event/event.h"
#include "../../user/event/notice.h"
#include "../../user/registry/words.h"

#define TEXTS 5

static void take_event(struct feed *feed, char *const *texts, struct event *e)
{
	feed_bytes(feed, &e->time, sizeof(e->time));
	feed_bytes(feed, &e->first, sizeof(e->first));
	e->count = feed_u8(feed);
	e->mode = feed_u8(feed);
	e->verdict = feed_u8(feed);
	e->cls = feed_u8(feed);
	e->proto = feed_u8(feed);
	e->how = feed_u8(feed);
	e->family = feed_u8(feed) & 1 ? 4 : feed_u8(feed);
	feed_bytes(feed, e->addr, sizeof(e->addr));
	e->port = feed_u16(feed);
	e->pid = feed_u32(feed);
	e->uid = feed_u32(feed);
	feed_bytes(feed, e->comm, sizeof(e->comm) - 1);
	e->exe = texts[0];
	e->cgroup = texts[1];
	workload_parse("", e->cgroup, &e->workload);
	e->node = texts[2];
	e->entry_layer = feed_u8(feed) & 1 ? texts[3] : NULL;
	e->entry_process = texts[4];
	e->entry_team = feed_u8(feed) & 1 ? texts[0] : NULL;
}

/* Take our own colours out. */
static void uncolour(struct buf *text)
{
	char *to = text->data;
	size_t len = 0;

	for (size_t i = 0; i < text->len;) {
		size_t n =
			text->data[i] == '\033' && i + 1 < text->len && text->data[i + 1] == '[' ?
				strspn(text->data + i + 2, "0123456789;") + 3 :
				0;

		if (n && i + n <= text->len && text->data[i + n - 1] == 'm')
			i += n;
		else
			to[len++] = text->data[i++];
	}
	text->len = len;
	text->data[len] = '\0';
}

static void check_event(const struct event *event)
{
	const struct event_listener listener = {
		.documented = event->count % 3 - 1,
		.no_socket = event->pid & 1,
		.held_by = "none",
		.declared = event->port % 3 - 1,
		.by_namespace = event->comm,
		.by_pod = event->node,
		.by_container = event->workload.container,
	};
	_cleanup_buf_ struct buf json = { 0 }, socket = { 0 }, text = { 0 }, colour = { 0 };
	_cleanup_(json_freep) struct json *document = NULL;

	event_json(event, &json);
	document = check_json(&json);
	CHECK(json_member_u64(document, "port", 0) == event->port);
	CHECK(json_member_u64(document, "count", 0) == event->count);
	CHECK(strcmp(json_member_text(document, "class", ""), word_class(event->cls)) == 0);
	event_listener_json(event, &listener, &socket);
	json_free(check_json(&socket));
	event_text(event, false, &text);
	check_safe(&text, false);
	event_text(event, true, &colour);
	uncolour(&colour);
	check_safe(&colour, false);
}

static void check_notice(struct feed *feed, char *const *texts)
{
	struct notice notice = {
		.node = texts[0],
		.kind = (enum notice_kind)(feed_u8(feed) % NOTICE_MAX),
		.message = texts[1],
		.hook = feed_u8(feed) & 1 ? texts[2] : NULL,
		.program_id = feed_u32(feed),
		.name = texts[3],
	};
	_cleanup_buf_ struct buf json = { 0 }, text = { 0 }, colour = { 0 };

	notice_json(&notice, &json);
	json_free(check_json(&json));
	notice_text(&notice, false, &text);
	check_safe(&text, false);
	notice_text(&notice, true, &colour);
	uncolour(&colour);
	check_safe(&colour, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { data, size };
	_cleanup_free_ struct event *event = calloc(1, sizeof(*event));
	char *texts[TEXTS];

	CHECK(event);
	for (size_t i = 0; i < TEXTS; i++)
		texts[i] = feed_text(&feed, '\0');
	take_event(&feed, texts, event);
	check_event(event);
	check_notice(&feed, texts);
	for (size_t i = 0; i < TEXTS; i++)
		free(texts[i]);
	return 0;
}

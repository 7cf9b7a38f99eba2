// SPDX-License-Identifier: MIT
#include "kube_event.h"

#include <errno.h>
#include <string.h>

#include "../base/hash.h"
#include "../registry/words.h"

#define NODE_NAMESPACE "default" /* of Events about what has no namespace */
#define DIGITS	       16	 /* of the hash in a name */

bool kube_event_is_wanted(const struct event *event)
{
	return event->verdict == HP_VERDICT_AUDITED || event->verdict == HP_VERDICT_DENIED;
}

/* ---- which it is --------------------------------------------------------------------------- */

/* Without a name there is no object in the API that can be named. */
static bool is_of_pod(const struct event *event)
{
	const struct workload *who = &event->workload;

	return who->kind == WORKLOAD_POD && *who->namespace_ && *who->pod;
}

uint64_t kube_event_object(const struct event *event)
{
	const struct workload *who = &event->workload;

	if (!is_of_pod(event))
		return HASH_START;
	return hash_text(hash_text(hash_text(HASH_START, who->namespace_), who->pod), who->uid);
}

static uint64_t hash_optional(uint64_t hash, const char *text)
{
	return hash_text(hash, text ? text : "");
}

/* All that the note is made of, so that it holds for the repeats as well. */
uint64_t kube_event_key(const struct event *event)
{
	static const size_t addr_len[] = { [4] = 4, [6] = HP_ADDR_LEN };
	const unsigned char facts[] = {
		event->verdict, event->cls,	    event->proto,     event->how,
		event->family,	event->port & 0xff, event->port >> 8,
	};
	const struct workload *who = &event->workload;
	uint64_t hash = hash_bytes(kube_event_object(event), facts, sizeof(facts));

	if (event->family < ARRAY_LEN(addr_len))
		hash = hash_bytes(hash, event->addr, addr_len[event->family]);
	hash = hash_text(hash, event->comm);
	hash = hash_text(hash, who->container);
	if (!is_of_pod(event)) {
		hash = hash_text(hash_text(hash, who->unit), who->uid);
		hash = hash_optional(hash, event->cgroup);
	}
	hash = hash_optional(hash, event->entry_layer);
	hash = hash_optional(hash, event->entry_process);
	return hash_optional(hash, event->entry_team);
}

/* ---- what it says -------------------------------------------------------------------------- */

static void put_who(const struct event *e, struct buf *note)
{
	buf_put_safe(note, *e->comm ? e->comm : e->how == HP_HOW_DECLARED ? "no process" : "?");
	if (!is_of_pod(e)) {
		buf_puts(note, ", ");
		workload_text(&e->workload, e->cgroup ? e->cgroup : "", note);
	} else if (*e->workload.container) {
		buf_puts(note, ", container ");
		buf_put_safe(note, e->workload.container);
	}
}

static void put_socket(const struct event *e, struct buf *note)
{
	char address[EVENT_ADDRESS_MAX];

	event_address(e->family, e->addr, address);
	buf_printf(note, "%s %s%s%s:%u (%s)", word_proto(e->proto), e->family == 6 ? "[" : "",
		   *address ? address : "*", e->family == 6 ? "]" : "", e->port, word_how(e->how));
}

static void put_row(const struct event *e, struct buf *note)
{
	if (!e->entry_layer) {
		buf_puts(note, "no row of the host port registry");
		return;
	}
	buf_puts(note, "row of ");
	buf_put_safe(note, e->entry_layer);
	if (e->entry_process && *e->entry_process) {
		buf_puts(note, ": ");
		buf_put_safe(note, e->entry_process);
	}
	if (e->entry_team && *e->entry_team) {
		buf_puts(note, " (");
		buf_put_safe(note, e->entry_team);
		buf_putc(note, ')');
	}
}

/* As much of a text as there is room for, in whole characters. */
static void copy(char *to, size_t size, const char *text)
{
	size_t len = strnlen(text, size);

	if (len == size)
		for (len--; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(to, text, len);
	to[len] = '\0';
}

/* Neither count, time nor process id: these differ from one repeat to the next. */
static int make_note(const struct event *e, char ret_note[KUBE_EVENT_NOTE])
{
	_cleanup_buf_ struct buf note = { 0 };

	put_who(e, &note);
	buf_puts(&note, ": ");
	put_socket(e, &note);
	buf_printf(&note, ": %s, %s: ", word_class(e->cls), word_verdict(e->verdict));
	put_row(e, &note);
	if (note.failed)
		return -ENOMEM;
	copy(ret_note, KUBE_EVENT_NOTE, note.data);
	return 0;
}

/* ---- names --------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* As Kubernetes has it; so it needs no escape in a path. */
static bool is_name(const char *text, bool dots)
{
	for (const char *c = text; *c; c++)
		if (!is_letter(*c) && *c != '-' && (*c != '.' || !dots))
			return false;
	return is_letter(*text);
}

/* The object's name first, so that lists of Events can be read; then what tells it from others. */
static void make_name(const struct kube_event *kube, uint64_t key, char ret_name[KUBE_EVENT_NAME])
{
	size_t len = strnlen(kube->object, KUBE_EVENT_NAME - DIGITS - 2);

	while (len && !is_letter(kube->object[len - 1]))
		len--;
	(void)snprintf(ret_name, KUBE_EVENT_NAME, "%.*s.%016llx", (int)len, kube->object,
		       (unsigned long long)key);
}

static bool is_valid(const struct kube_event *kube)
{
	return is_name(kube->name, true) && is_name(kube->namespace_, false) &&
	       is_name(kube->object, true) && *kube->instance && *kube->note &&
	       kube->first_us >= 0 && kube->last_us >= 0 && kube->count > (kube->repeats ? 1 : 0) &&
	       kube->cls > HP_CLASS_NONE && kube->cls < HP_CLASS_MAX &&
	       (kube->verdict == HP_VERDICT_AUDITED || kube->verdict == HP_VERDICT_DENIED);
}

/* ---- make, repeat, read -------------------------------------------------------------------- */

static int64_t to_us(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000000 + time->tv_nsec / 1000;
}

int kube_event_of(const struct event *event, struct kube_event *ret_event)
{
	const struct workload *who = &event->workload;
	const char *node = event->node ? event->node : "";
	struct kube_event kube = {
		.first_us = to_us(&event->first),
		.last_us = to_us(&event->time),
		.count = event->count,
		.cls = event->cls,
		.verdict = event->verdict,
		.of_pod = is_of_pod(event),
	};
	int r = make_note(event, kube.note);

	if (r < 0)
		return r;
	copy(kube.object, sizeof(kube.object), kube.of_pod ? who->pod : node);
	copy(kube.namespace_, sizeof(kube.namespace_),
	     kube.of_pod ? who->namespace_ : NODE_NAMESPACE);
	/* the kubelet's Events about its node have the node's name for a UID; so kubectl asks for
	 * it */
	copy(kube.uid, sizeof(kube.uid), kube.of_pod ? who->uid : node);
	copy(kube.instance, sizeof(kube.instance), node);
	make_name(&kube, kube_event_key(event), kube.name);
	if (!is_valid(&kube))
		return -EINVAL;
	*ret_event = kube;
	return 0;
}

void kube_event_repeat(struct kube_event *kube, const struct event *event)
{
	kube->count += event->count;
	kube->last_us = to_us(&event->time);
}

#define HAS_END(field) (memchr(field, '\0', sizeof(field)) != NULL)

int kube_event_parse(const void *bytes, size_t len, struct kube_event *ret_event)
{
	struct kube_event kube;

	if (len != sizeof(kube))
		return -EINVAL;
	memcpy(&kube, bytes, sizeof(kube));
	if (!HAS_END(kube.name) || !HAS_END(kube.namespace_) || !HAS_END(kube.object) ||
	    !HAS_END(kube.uid) || !HAS_END(kube.instance) || !HAS_END(kube.note) ||
	    !is_valid(&kube))
		return -EINVAL;
	*ret_event = kube;
	return 0;
}

// SPDX-License-Identifier: MIT
#include "kube_event.h"

#include "../base/jsonw.h"
#include "../base/stamp.h"
#include "../registry/words.h"

#define DIGITS 6 /* of a second: the API takes microseconds, no more and no less */

static void put_time(struct jsonw *w, const char *key, int64_t us)
{
	int64_t s = us / 1000000;
	const struct timespec time = { .tv_sec = s, .tv_nsec = (long)(us - s * 1000000) * 1000 };
	char text[STAMP_LEN + 1];

	stamp_utc(&time, text);
	text[STAMP_FRACTION + 1 + DIGITS] = 'Z';
	text[STAMP_FRACTION + 1 + DIGITS + 1] = '\0';
	jsonw_plain(w, key, text);
}

/* The API takes no series of one, and no number of more than 31 bits. */
static void put_series(struct jsonw *w, const struct kube_event *event)
{
	jsonw_object(w, "series");
	jsonw_u64(w, "count", event->count < INT32_MAX ? event->count : INT32_MAX);
	put_time(w, "lastObservedTime", event->last_us);
	jsonw_object_end(w);
}

/* "HostPortUnregistered" */
static void put_reason(struct jsonw *w, uint8_t cls)
{
	const char *word = word_class(cls);
	char reason[64];

	(void)snprintf(reason, sizeof(reason), "HostPort%c%s", word[0] - 'a' + 'A', word + 1);
	jsonw_string(w, "reason", reason);
}

static void put_regarding(struct jsonw *w, const struct kube_event *event)
{
	jsonw_object(w, "regarding");
	jsonw_plain(w, "apiVersion", "v1");
	jsonw_plain(w, "kind", event->of_pod ? "Pod" : "Node");
	if (event->of_pod)
		jsonw_string(w, "namespace", event->namespace_);
	jsonw_string(w, "name", event->object);
	jsonw_string_opt(w, "uid", event->uid);
	jsonw_object_end(w);
}

void kube_event_json(const struct kube_event *event, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	jsonw_plain(&w, "apiVersion", "events.k8s.io/v1");
	jsonw_plain(&w, "kind", "Event");
	jsonw_object(&w, "metadata");
	jsonw_string(&w, "namespace", event->namespace_);
	jsonw_string(&w, "name", event->name);
	jsonw_object_end(&w);
	put_time(&w, "eventTime", event->first_us);
	if (event->count > 1)
		put_series(&w, event);
	jsonw_plain(&w, "type", "Warning");
	put_reason(&w, event->cls);
	jsonw_plain(&w, "action", event->verdict == HP_VERDICT_DENIED ? "Deny" : "Audit");
	put_regarding(&w, event);
	jsonw_string(&w, "note", event->note);
	jsonw_plain(&w, "reportingController", KUBE_EVENT_CONTROLLER);
	jsonw_string(&w, "reportingInstance", event->instance);
	jsonw_object_end(&w);
}

void kube_event_patch_json(const struct kube_event *event, struct buf *out)
{
	struct jsonw w = { .out = out };

	jsonw_object(&w, NULL);
	put_series(&w, event);
	jsonw_object_end(&w);
}

// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <errno.h>

#include "../base/clock.h"
#include "../base/log.h"

#define TICK_MS	     5000
#define WARNINGS_MAX 3 /* a minute */

static void give(struct kube_events *events, const struct kube_event *event)
{
	if (pod_process_send(events->process, event, sizeof(*event)) == 0)
		events->given++;
	else
		events->no_room++;
}

/* A tick that is set stays until all repeats are told: then an idle node has an idle agent. */
static void set_tick(struct kube_events *events)
{
	bool wanted = kube_series_waits(events->series);
	unsigned int ms = wanted ? TICK_MS : 0;

	if (wanted != events->ticks && loop_timer_set(events->tick, ms, ms) == 0)
		events->ticks = wanted;
}

static void on_tick(void *data, uint32_t events)
{
	struct kube_events *kube = data;
	const struct kube_event *event;

	(void)events;
	while ((event = kube_series_due(kube->series, clock_boot_s())))
		give(kube, event);
	set_tick(kube);
}

int kube_events_start(struct kube_events *events, struct loop *loop)
{
	if (!events->wanted)
		return 0;
	events->series = calloc(1, sizeof(*events->series));
	return events->series ? loop_timer(loop, on_tick, events, &events->tick) : -ENOMEM;
}

void kube_events_stop(struct kube_events *events)
{
	free(events->series);
	events->series = NULL;
	buf_free(&events->error);
}

void kube_events_on_line(struct kube_events *events, const struct event *event)
{
	const struct kube_event *due;

	if (!events->series)
		return;
	due = kube_series_line(events->series, event, clock_boot_s());
	if (due)
		give(events, due);
	else if (!events->ticks)
		set_tick(events);
}

static void take_error(struct kube_events *events, const char *why)
{
	_cleanup_buf_ struct buf error = { 0 };

	buf_puts(&error, *why ? why : "no reason was given");
	if (buf_same(&error, &events->error))
		return;
	buf_free(&events->error);
	events->error = error;
	error = (struct buf) { 0 };
	if (rate_take(&events->warnings, WARNINGS_MAX, clock_boot_s()))
		log_warning("kube-events: %s",
			    events->error.failed ? "out of memory" : events->error.data);
}

void kube_events_ended(struct kube_events *events, const char *why)
{
	if (why) {
		events->failed++;
		take_error(events, why);
	} else {
		events->sent++;
		buf_free(&events->error);
	}
}

uint64_t kube_events_dropped(const struct kube_events *events)
{
	return events->no_room + (events->series ? events->series->dropped : 0);
}

/* The other process may say what it likes. */
uint64_t kube_events_pending(const struct kube_events *events)
{
	uint64_t ended = events->sent + events->failed;

	return events->given > ended ? events->given - ended : 0;
}

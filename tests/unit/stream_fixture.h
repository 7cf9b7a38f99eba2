/* SPDX-License-Identifier: MIT */
/*
 * A stream between a kernel and readers of the test's own. Each line that readers get is noted with
 * what had been counted by then.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "fake_clock.h"
#include "fake_identity.h"
#include "fake_kernel.h"
#include "fake_log.h"
#include "fake_loop.h"

#include "../../user/stream/deliver.h"

#define NOTED 4096

/* What the readers got. */
struct noted {
	uint16_t port;
	uint64_t count;
	uint32_t pid;
	uint64_t delivered;    /* lines that were counted before */
	unsigned int observed; /* lines that the observer saw before */
};

static struct noted noted[NOTED];
static size_t noted_len, flushes, flushed;
static unsigned int observed_records, observed_lines, notices;
static struct hp_told *told;

static inline void note_line(const struct line *line)
{
	if (!line->event) {
		notices++;
		check_text("the node of a notice", line->notice->node, "n1");
		return;
	}
	assert_true(noted_len < NOTED);
	noted[noted_len++] = (struct noted) {
		.port = line->event->port,
		.count = line->event->count,
		.pid = line->event->pid,
		.delivered = told->tally.delivered,
		.observed = observed_lines,
	};
}

void sink_tell(struct sink *sink, struct line *line)
{
	(void)sink;
	note_line(line);
}

void sink_flush(struct sink *sink)
{
	(void)sink;
	flushes++;
	flushed = noted_len;
}

static size_t control_told;

void control_tell(struct control *control, struct line *line)
{
	(void)control;
	(void)line;
	control_told++;
}

void control_flush(struct control *control)
{
	(void)control;
}

static inline void on_record_seen(void *data, const struct hp_event *record)
{
	(void)data;
	(void)record;
	observed_records++;
}

static inline void on_line_seen(void *data, const struct hp_event *record,
				const struct event *event)
{
	(void)data;
	check_u64("the observer's record", record->key.port, event->port);
	observed_lines++;
}

struct fixture {
	struct stream stream;
	struct generations generations;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	noted_len = flushes = flushed = control_told = 0;
	observed_records = observed_lines = notices = 0;
	told = calloc(1, sizeof(*told));
	f->stream.kernel = fake_kernel_new();
	f->stream.identity = fake_identity_new();
	f->stream.generations = &f->generations;
	f->stream.observer.on_record = on_record_seen;
	f->stream.observer.on_line = on_line_seen;
	f->stream.told = told;
	*state = f;
	return loop_new(&f->stream.loop);
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	history_free(&f->stream.history);
	fake_kernel_free(f->stream.kernel);
	free(f->stream.identity);
	loop_free(f->stream.loop);
	buf_free(&fake_log);
	free(told);
	free(f);
	return 0;
}

/* A record of a slot's holder. */
static inline struct hp_event record_of(uint32_t slot, uint32_t generation, uint64_t seen,
					uint64_t prev_seen)
{
	return (struct hp_event) {
		.fold = { slot, generation, seen, prev_seen },
		.time_ns = 1000,
		.key = { .port = (uint16_t)(slot % 60000 + 1),
			 .proto = HP_PROTO_TCP,
			 .cls = HP_CLASS_UNREGISTERED,
			 .verdict = HP_VERDICT_AUDITED },
		.family = 4,
		.pid = generation,
	};
}

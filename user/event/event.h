/* SPDX-License-Identifier: MIT */
/* One finding, as user space tells it, and its two forms. Pure. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "../../bpf/abi.h"
#include "../base/buf.h"
#include "../identity/workload.h"

struct event {
	struct timespec time;  /* of the last violation that the line stands for, UTC */
	struct timespec first; /* of the first one */
	uint64_t count;	       /* violations that the line stands for, at least 1 */
	const char *node;
	uint8_t mode, verdict, cls, proto, how; /* enums of abi.h */
	uint8_t family;				/* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN];		/* network byte order */
	uint16_t port;				/* host byte order */
	uint32_t pid, uid;			/* pid 0: not known */
	char comm[HP_COMM_LEN + 1];
	char exe[PATH_MAX];    /* empty: not known */
	char cgroup[PATH_MAX]; /* empty: not known */
	struct workload workload;
	uint32_t place; /* the same number: the same cgroup and workload; 0: that is not known */
	const char *entry_layer, *entry_process, *entry_team; /* layer NULL: no row */
};

/* What is known of a socket in the table besides. */
struct event_listener {
	int documented; /* its port is in a documented range: 1, 0; -1: that is not asked of it */
	uint64_t inode, cookie;
};

/*
 * Append a listening socket as one JSON object: what of an event is true of a
 * socket, without times, mode and way.
 */
void event_listener_json(const struct event *event, const struct event_listener *listener,
			 struct buf *out);

#define EVENT_TEXT_MAX 1024 /* what is longer is not remembered */

/* A part of a line, as it stands there. */
struct event_text {
	size_t len; /* 0: it is none */
	char bytes[EVENT_TEXT_MAX];
};

/*
 * What the line before said, and of what: most lines of a flood differ in time,
 * port and pid only, and the rest need not be looked through again. Zeroed at first.
 */
struct event_memo {
	struct event_text what, who;
	uint8_t mode, verdict, cls, proto, family, addr[HP_ADDR_LEN];
	char node[EVENT_TEXT_MAX];
	uint32_t place;
	char comm[HP_COMM_LEN + 1], exe[EVENT_TEXT_MAX];
};

/*
 * Append the event as one JSON object, without a line end. `memo` makes it
 * quicker and not different, as long as the event's place is what it says it is;
 * NULL: nothing is remembered.
 */
void event_json(const struct event *event, struct event_memo *memo, struct buf *out);

/*
 * Append the event as one line that a person can read, without a line end; with
 * colours if asked. Safe for a terminal.
 */
void event_text(const struct event *event, bool colour, struct buf *out);

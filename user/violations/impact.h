/* SPDX-License-Identifier: MIT */
/*
 * What would break in enforce mode, a row for each class, protocol, port and
 * workload: who listens, and who took the port and was audited. Pure.
 */
#pragma once

#include "../base/jsonw.h"
#include "../event/event.h"

/* Somebody who has a port, or took it, and would be denied it. */
struct breach {
	uint8_t cls, proto; /* enums of abi.h */
	uint8_t family;	    /* 4 or 6 */
	uint8_t addr[HP_ADDR_LEN];
	uint16_t port;	   /* 0: any that the kernel chooses */
	uint32_t pid, uid; /* pid 0: not known */
	char comm[HP_COMM_LEN + 1];
	bool kernel;	       /* the workload is the kernel */
	char *cgroup;	       /* empty: not known */
	char *workload;	       /* the same in words: two of the same words are one */
	uint64_t sockets;      /* that listen now */
	uint64_t count;	       /* violations that were audited */
	struct timespec first; /* of them, UTC */
	struct timespec last;
};

/* What an event says of a violation, but for the workload, which is NULL. */
void breach_of_event(const struct event *event, struct breach *ret_breach);

/* What an event says, with its count as violations. 0, or -ENOMEM. The caller frees it. */
int breach_from_event(const struct event *event, struct breach *ret_breach);
void breach_free(struct breach *breach);
#define _cleanup_breach_ _cleanup_(breach_free)

/* Take the process and the address of another one, and its violations in addition. */
void breach_add(struct breach *breach, const struct breach *more);

struct breaks {
	struct breach *list;
	size_t len, cap;
	uint64_t forgotten; /* violations that are not in the list, see audited.h */
};

void breaks_free(struct breaks *breaks);
#define _cleanup_breaks_ _cleanup_(breaks_free)

/* A socket that has a port now. 0, or -ENOMEM. */
int breaks_add_socket(struct breaks *breaks, const struct event *event);

/* Violations that were told, and are of a class now. 0, or -ENOMEM. */
int breaks_add_audited(struct breaks *breaks, const struct breach *audited, uint8_t cls);

/* Once all are there: sort by class and workload, and make one of those that are the same. */
void breaks_settle(struct breaks *breaks);

/* Is there anything that would break? */
bool breaks_any(const struct breaks *breaks);

/*
 * Write the members `key`, a list of at most `rows` and of not much
 * more than `bytes`, `left_out`, the rows that are not in it, and `forgotten`.
 */
void breaks_put(const struct breaks *breaks, const char *key, size_t rows, size_t bytes,
		struct jsonw *w);

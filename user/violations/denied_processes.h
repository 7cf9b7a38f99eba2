/* SPDX-License-Identifier: MIT */
/*
 * Processes whose bind() was denied. Many servers only log that, and run on without the
 * port: to find them, each is looked at again later. Pure.
 *
 * At most DENIED_PROCESSES_MAX processes are kept, with DENIED_PORTS_MAX ports each: the
 * process that was denied longest ago makes room, and further ports of one are only counted.
 */
#pragma once

#include "../base/jsonw.h"
#include "../event/event.h"
#include "../identity/workload_find.h"

#define DENIED_PROCESSES_MAX 128
#define DENIED_PORTS_MAX     8
#define DENIED_AGE_NS	     (5 * 1000000000ULL) /* before that, a process may be about to end */

struct denied_port {
	uint16_t port;
	uint8_t proto, cls;   /* enums of abi.h */
	uint64_t since_ns;    /* CLOCK_BOOTTIME: denied first */
	struct timespec time; /* the same, UTC */
};

struct denied_process {
	uint32_t pid, uid;
	uint64_t start_ns; /* as in its records: a pid comes again */
	uint64_t cgroup_id, last_ns;
	char comm[HP_COMM_LEN + 1];
	char *cgroup;
	struct denied_port ports[DENIED_PORTS_MAX];
	size_t len;
	bool more; /* ports than these were denied */
};

struct denied_processes {
	struct denied_process *list; /* DENIED_PROCESSES_MAX of them, once there is one */
	size_t len;
};

void denied_processes_free(struct denied_processes *denied);

/*
 * Note a line of denied violations. Without memory for it nothing is noted. Ports that the
 * kernel chose are not: the process did not ask for them.
 */
void denied_processes_note(struct denied_processes *denied, const struct hp_event *record,
			   const struct event *event, uint64_t now_ns);

/* Forget the processes for which fn returns false. */
void denied_processes_keep(struct denied_processes *denied,
			   bool (*fn)(const struct denied_process *process));

/* Does any process want this port? */
bool denied_processes_want(const struct denied_processes *denied, uint8_t proto, uint16_t port);

/*
 * A socket has this port, of a process (0: not known) and a control group (0: not known).
 * A process that has it, or whose control group does, is not without it.
 */
void denied_processes_has(struct denied_processes *denied, uint8_t proto, uint16_t port,
			  uint32_t pid, uint64_t cgroup_id);

/*
 * Write the member `key`: the processes that have been without a port for DENIED_AGE_NS.
 */
void denied_processes_put(const struct denied_processes *denied, const struct workload_facts *facts,
			  const char *key, uint64_t now_ns, struct jsonw *w);

/* SPDX-License-Identifier: MIT */
/*
 * For tests of the programs in the kernel: a control group, a network namespace and a bpffs
 * of the test's own, and the test itself as the process that binds. Nothing is attached
 * anywhere else. The namespaces end with the test; the control group of a test that was
 * killed is removed by the next one.
 */
#pragma once

#include "../unit/test.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "../../user/kernel/cgroup.h"
#include "../../user/kernel/kernel_internal.h"
#include "../../user/kernel/netns.h"

#define WORLD_EVENTS 512
#define WORLD_ROWS   64

struct world {
	struct cgroup_mounts mounts;
	char home[PATH_MAX]; /* the cgroup that the test came from */
	char cgroup[PATH_MAX];
	int cgroup_fd;
	uint64_t cgroup_id;
	struct netns netns; /* the test's own */
	char bpffs[64];
	char pins[80]; /* a directory that may be made there */

	struct kernel *kernel;
	struct hp_config config;
	struct policy policy;
	struct policy_row rows[WORLD_ROWS];
	struct hp_event events[WORLD_EVENTS]; /* by world_take() */
	size_t len;
	struct hp_counters before; /* at the last world_mark() */
};

/* How to load: zeros are what a new kernel does. */
struct world_load {
	bool by_libbpf;	   /* no types are cut out, so nothing is cast */
	bool no_retval;	   /* as before bpf_set_retval() */
	bool by_inum;	   /* as before netns cookies */
	bool v1_names;	   /* the test's cgroup stands for cgroup2's root */
	unsigned int more; /* groups beside PROGRAMS_BIND */
	uint32_t ring_bytes;
	uint64_t fold_ns; /* 0: KERNEL_FOLD_NS */
	bool unfolded;	  /* --fold=0 */
	uint64_t token_ns, burst_ns;
	uint64_t wake_ns;
};

/* Run the tests with a world as their state. A skip where there is no root. */
int world_run(const char *name, const struct CMUnitTest *tests, size_t len);
#define WORLD_RUN(name, tests) world_run(name, tests, sizeof(tests) / sizeof((tests)[0]))

void world_write(const char *path, const char *text);

/* Make a control group of the test's, below its own. */
void world_make_cgroup(const char *dir);

/* Move the test into a control group; remove one that it has left. */
void world_enter(const char *dir);
void world_remove_cgroup(const char *dir);

/* A test that begins with nothing loaded and an empty policy, and leaves it so. */
int world_begin(void **state);
int world_end(void **state);
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

/* Settings for kernel_load() itself: no listen program, no pins. */
struct kernel_settings world_settings(const struct world *w);

/* Load the programs, without attaching them; and with it. */
void world_load(struct world *w, const struct world_load *how);
void world_start(struct world *w, const struct world_load *how);
void world_stop(struct world *w);

/* ---- the policy: world_publish() puts it in force ------------------------------------------- */

#define BIT(cls)     (1U << HP_CLASS_##cls)
#define DENY_DEFAULT POLICY_DENIES_DEFAULT

void world_row(struct world *w, uint8_t proto, uint16_t port, struct hp_row row);
void world_clear(struct world *w); /* no rows */
void world_publish(struct world *w, enum hp_mode mode, uint32_t denies);

/* ---- binds ---------------------------------------------------------------------------------- */

struct where {
	int family;	  /* AF_INET, AF_INET6 */
	int type, proto;  /* as socket(2) */
	const char *addr; /* NULL: the wildcard address */
	uint16_t port;
};

#define TCP4(a, p) ((struct where) { AF_INET, SOCK_STREAM, 0, a, p })
#define TCP6(a, p) ((struct where) { AF_INET6, SOCK_STREAM, 0, a, p })
#define UDP4(a, p) ((struct where) { AF_INET, SOCK_DGRAM, 0, a, p })
#define UDP6(a, p) ((struct where) { AF_INET6, SOCK_DGRAM, 0, a, p })

int world_socket(const struct where *where);

/* Bind a socket: 0 or an errno. */
int world_bind_to(int fd, const struct where *where);

/* Bind a new socket and close it: 0 or an errno. */
int world_bind(struct where where);

uint64_t world_cookie(int fd);
uint16_t world_port(int fd);

/* The namespace's range of ports that the kernel chooses. What the agent knows of it is apart. */
void world_range(uint16_t first, uint16_t last);

/* ---- what came of it ------------------------------------------------------------------------ */

/* Take what waits in the ring: how many records. */
size_t world_take(struct world *w);

/* From here on world_counted() counts. */
void world_mark(struct world *w);
uint64_t world_counted(struct world *w, enum hp_class cls, enum hp_verdict verdict);
uint64_t world_counted_all(struct world *w); /* of all classes and verdicts */
uint64_t world_lost(struct world *w, enum hp_lost why);

/* The slot that a record names. */
struct hp_fold_slot world_slot(struct world *w, uint32_t slot);

/* All of a set, to read and to replace. */
struct hp_fold_set world_fold_set(struct world *w, uint32_t number);
void world_set_fold_set(struct world *w, uint32_t number, const struct hp_fold_set *set);

/* When a slot's last record was. */
void world_set_tick(struct world *w, uint32_t slot, uint64_t tick);

/* Slots that were ever used. */
size_t world_used_slots(struct world *w);

/* Set a slot's last record so long ago that the next one is due. */
void world_make_due(struct world *w, uint32_t slot);

/* ---- clocks ---------------------------------------------------------------------------------- */

uint64_t world_boot_ns(void);

/* The start of a process or thread by its stat file, in ticks since boot. */
uint64_t world_start_ticks(const char *stat);

/* Stay on one CPU, whose limits are its own; and no longer. */
void world_pin_cpu(void);
void world_unpin_cpu(void);

/* ---- programs of others --------------------------------------------------------------------- */

/* Load one that passes or refuses; its descriptor. */
int world_foreign(enum bpf_attach_type type, bool passes);

/* Run a command of the shell: its exit status. */
int world_sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

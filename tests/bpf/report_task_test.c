// SPDX-License-Identifier: MIT
/* Who a record says it was: the process, not its thread, and the workload in either hierarchy. */
#include "world.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void begin(struct world *w, const struct world_load *how)
{
	world_start(w, how);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	world_mark(w);
}

/* A violation: nothing is registered. */
static void violate(uint16_t port)
{
	assert_int_equal(world_bind(UDP4(NULL, port)), 0);
}

struct thread_bind {
	uint64_t start_ticks;
	int tid, error;
};

/* A thread that has a name of its own, another user, and began later. */
static void *bind_in_thread(void *data)
{
	struct thread_bind *bound = data;
	char stat[64];

	bound->tid = gettid();
	(void)snprintf(stat, sizeof(stat), "/proc/self/task/%d/stat", bound->tid);
	bound->start_ticks = world_start_ticks(stat);
	if (prctl(PR_SET_NAME, "imposter") < 0 || syscall(SYS_setresuid, 4242, -1, -1) < 0)
		bound->error = errno;
	else
		bound->error = world_bind(TCP4(NULL, 3000));
	return NULL;
}

/* The process is told, not its thread; the user is the thread's. */
static void test_thread(void **state)
{
	uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK), leader;
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];

	for (int calls = 0; calls < 2; calls++) {
		struct thread_bind bound = { .error = -1 };
		pthread_t thread;

		begin(w, &(struct world_load) { .by_libbpf = calls });
		leader = world_start_ticks("/proc/self/stat");
		/* so that the thread's start is another number */
		while (world_boot_ns() / tick < leader + 2)
			(void)usleep(1000);
		assert_int_equal(pthread_create(&thread, NULL, bind_in_thread, &bound), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		check_int("bound", bound.error, 0);
		assert_int_equal(world_take(w), 1);
		check_u64("pid", e->pid, (uint64_t)getpid());
		assert_int_not_equal(bound.tid, getpid());
		check_u64("start", e->start_ns / tick, leader);
		assert_int_not_equal(bound.start_ticks, leader);
		assert_int_equal(strncmp(e->comm, program_invocation_short_name, HP_COMM_LEN - 1),
				 0);
		check_u64("uid", e->uid, 4242);
		check_u64("a user's", e->kernel_thread, 0);
		world_stop(w);
	}
}

/* Where v1 names workloads, those in cgroup2's root are told apart by v1's memory hierarchy. */
static void test_v1(void **state)
{
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];
	char dir[PATH_MAX], below[PATH_MAX];
	uint64_t id;

	if (!w->mounts.memory[0])
		skip();
	(void)snprintf(dir, sizeof(dir), "%.4000s/hostportd-test.%d", w->mounts.memory,
		       (int)getpid());
	(void)snprintf(below, sizeof(below), "%.4000s/below", w->cgroup);
	for (int calls = 0; calls < 2; calls++) {
		begin(w, &(struct world_load) { .v1_names = true, .by_libbpf = calls });
		world_make_cgroup(dir);
		world_enter(dir);
		assert_int_equal(cgroup_id(dir, &id), 0);
		violate(3000);
		assert_int_equal(world_take(w), 1);
		check_u64("v1: workload", e->key.workload, id | HP_WORKLOAD_V1);
		check_u64("v1: of v1", e->cgroup_v1_id, id);
		check_u64("v1: of v2", e->cgroup_id, w->cgroup_id);
		world_make_cgroup(below);
		world_enter(below);
		violate(3001);
		world_enter(w->cgroup);
		assert_int_equal(world_take(w), 1);
		assert_int_equal(cgroup_id(below, &id), 0);
		check_u64("not in the root: workload", e->key.workload, id);
		check_u64("not in the root: of v1", e->cgroup_v1_id, 0);
		check_u64("not in the root: of v2", e->cgroup_id, id);
		world_remove_cgroup(below);
		world_enter(w->mounts.memory);
		world_remove_cgroup(dir);
		world_stop(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { WORLD_TEST(test_thread), WORLD_TEST(test_v1) };

	return WORLD_RUN("whose violations", tests);
}

// SPDX-License-Identifier: MIT
/* Who a record says it was: the process, not its thread, and the workload in either hierarchy. */
#include "violations.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void in_child(void (*fn)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void bind_3000(void)
{
	if (world_bind(UDP4(NULL, 3000)))
		_exit(1);
}

static void bind_as_another(void)
{
	bind_3000();
	if (prctl(PR_SET_NAME, "renamed") < 0)
		_exit(1);
	bind_3000();
	if (syscall(SYS_setresuid, 4242, -1, -1) < 0)
		_exit(1);
	bind_3000();
}

/*
 * A second process on the same port has a record of its own, at once. A process that changes
 * its name or its user is the same one, but the latest.
 */
static void test_processes(void **state)
{
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];

	for (int calls = 0; calls < 2; calls++) {
		struct hp_fold_slot slot;
		uint32_t number;

		begin(w,
		      &(struct world_load) { .fold_ns = 1000000000000000ULL, .by_libbpf = calls });
		bind_3000();
		bind_3000();
		assert_int_equal(world_take(w), 1);
		number = e->fold.slot;
		in_child(bind_as_another);
		assert_int_equal(world_take(w), 1);
		check_u64("the same slot", e->fold.slot, number);
		check_u64("seen", e->fold.seen, 3);
		assert_int_not_equal(e->pid, getpid());
		check_u64("both", e->recent, 3);
		check_u64("one of them", e->binders.pid[0], (uint64_t)getpid());
		check_u64("the other", e->binders.pid[1], e->pid);
		slot = world_slot(w, number);
		check_u64("seen", slot.seen, 5);
		check_u64("the latest", slot.binders.latest.pid, e->pid);
		check_text("its name", slot.binders.latest.comm, "renamed");
		check_u64("its user", slot.binders.latest.uid, 4242);
		assert_int_not_equal(e->uid, 4242);
		world_stop(w);
	}
}

/* The file of the program, and the control groups above. */
static void test_file_and_ancestors(void **state)
{
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];
	char dir[PATH_MAX];
	struct stat st;
	uint64_t id = 0;

	for (int calls = 0; calls < 2; calls++) {
		begin(w, &(struct world_load) { .by_libbpf = calls });
		violate(3000);
		assert_int_equal(world_take(w), 1);
		assert_int_equal(stat("/proc/self/exe", &st), 0);
		check_u64("inode", e->exe_inode, st.st_ino);
		check_u64("device", e->exe_dev,
			  (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev));
		(void)snprintf(dir, sizeof(dir), "%.4000s", w->cgroup);
		for (size_t i = 0; i < HP_ANCESTORS; i++) {
			char *slash = strrchr(dir, '/');

			if (strlen(dir) <= strlen(w->mounts.v2)) {
				check_u64("above the root", e->ancestors[i], 0);
				continue;
			}
			*slash = '\0';
			assert_int_equal(cgroup_id(dir, &id), 0);
			check_u64("ancestor", e->ancestors[i], id);
		}
		assert_true(id != 0);
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
		assert_int_equal(cgroup_id(w->mounts.memory, &id), 0);
		check_u64("v1: its parent", e->ancestors[0], id);
		check_u64("v1: no more", e->ancestors[1], 0);
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
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_thread),
		WORLD_TEST(test_processes),
		WORLD_TEST(test_file_and_ancestors),
		WORLD_TEST(test_v1),
	};

	return WORLD_RUN("whose violations", tests);
}

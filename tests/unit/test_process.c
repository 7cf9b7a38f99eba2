// SPDX-License-Identifier: MIT
/* What /proc says of processes: this one, its children, and pids that another one has by now. */
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/identity/process.h"

#define STAT_MAX 1024

/* What /proc says of a process, from the end of its name on. */
static const char *read_stat(pid_t pid, char text[STAT_MAX])
{
	char path[64];
	const char *at;
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(text, 1, STAT_MAX - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	at = strrchr(text, ')');
	assert_non_null(at);
	return at;
}

/* When a process started, in nanoseconds as a record has it: any of its clock tick. */
static uint64_t start_of(pid_t pid)
{
	char text[STAT_MAX];
	unsigned long long ticks = 0;
	const char *at = read_stat(pid, text);

	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	ticks = strtoull(at, NULL, 10);
	return ticks * (1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK)) + 1234;
}

static struct hp_event record_of_pid(pid_t pid, uint64_t start_ns)
{
	struct hp_event record = { .pid = (uint32_t)pid, .start_ns = start_ns };
	struct stat st;

	/* children run the same program */
	assert_int_equal(stat("/proc/self/exe", &st), 0);
	record.exe_inode = st.st_ino;
	record.exe_dev = (uint32_t)(major(st.st_dev) << 20 | minor(st.st_dev));
	(void)strcpy(record.comm, "test");
	return record;
}

/* A child that waits to be killed. */
static pid_t start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)alarm(60);
		for (;;)
			(void)pause();
	}
	assert_true(pid > 0);
	return pid;
}

static void end_child(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static struct processes *new_processes(void)
{
	struct processes *processes = NULL;

	assert_int_equal(processes_new(&processes), 0);
	return processes;
}

static void test_exe(void **state)
{
	_cleanup_(processes_freep) struct processes *processes = new_processes();
	uint64_t start = start_of(getpid());
	char exe[4096] = "";
	const struct {
		const char *name;
		pid_t pid;
		uint64_t start_ns;
		bool known;
	} cases[] = {
		{ "this process", getpid(), start, true },
		{ "whenever it started", getpid(), 0, true },
		{ "one that started a tick later", getpid(), start + 10000000, false },
		{ "one that started a tick earlier", getpid(), start - 10000000, false },
		{ "no process", 0, 0, false },
		{ "a pid that nobody has", 0x7fffffff, 0, false },
	};

	(void)state;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hp_event record = record_of_pid(cases[i].pid, cases[i].start_ns);

		check_text(cases[i].name, processes_exe(processes, &record),
			   cases[i].known ? exe : NULL);
	}
}

/* A process that has become another program is not named by that, unless it holds a socket. */
static void test_another_program(void **state)
{
	_cleanup_(processes_freep) struct processes *processes = new_processes();
	struct hp_event record = record_of_pid(getpid(), start_of(getpid())), other;
	char exe[4096] = "";

	(void)state;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	other = record;
	other.exe_inode++;
	check_text("another inode", processes_exe(processes, &other), NULL);
	check_text("the same", processes_exe(processes, &record), exe);
	other = record;
	other.exe_dev++;
	check_text("another device", processes_exe(processes, &other), NULL);
	other.exe_inode = other.exe_dev = 0;
	check_text("not known", processes_exe(processes, &other), NULL);
	other.hook = HP_HOOK_SWEEP;
	check_text("of a socket that was found", processes_exe(processes, &other), exe);
}

/* A name may hold anything, also what looks like the fields behind it. */
static void test_names(void **state)
{
	static const char *const names[] = { "a b", "a) R 1", ")", "((", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_(processes_freep) struct processes *processes = new_processes();
		struct hp_event record;
		pid_t pid = start_child();
		char path[64];
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		f = fopen(path, "we");
		assert_non_null(f);
		(void)fputs(names[i], f);
		(void)fclose(f);
		record = record_of_pid(pid, start_of(pid));
		if (!processes_exe(processes, &record))
			fail_msg("%s: not found", names[i]);
		end_child(pid);
	}
}

/* An answer holds for its moment; then it is asked anew, and one that has ended is not known. */
static void test_moments(void **state)
{
	_cleanup_(processes_freep) struct processes *processes = new_processes();
	pid_t pid = start_child();
	struct hp_event record = record_of_pid(pid, start_of(pid)), other;

	(void)state;
	assert_non_null(processes_exe(processes, &record));
	end_child(pid);
	assert_non_null(processes_exe(processes, &record));
	other = record;
	other.comm[0]++; /* it is another program by now */
	assert_null(processes_exe(processes, &other));
	assert_null(processes_exe(processes, &record));
	pid = start_child();
	record = record_of_pid(pid, start_of(pid));
	assert_non_null(processes_exe(processes, &record));
	end_child(pid);
	processes_ask_anew(processes);
	assert_null(processes_exe(processes, &record));
}

/* Processes that share a place in the memory, and starts of one pid, are told apart. */
static void test_apart(void **state)
{
	_cleanup_(processes_freep) struct processes *processes = new_processes();
	struct hp_event self = record_of_pid(getpid(), start_of(getpid()));
	struct hp_event same_place = record_of_pid(getpid() + 128 * 100000, 0), other = self;

	(void)state;
	assert_non_null(processes_exe(processes, &self));
	assert_null(processes_exe(processes, &same_place));
	assert_non_null(processes_exe(processes, &self));
	other.start_ns += 1000000000;
	assert_null(processes_exe(processes, &other));
	assert_non_null(processes_exe(processes, &self));
}

static void *wait_for_end(void *unused)
{
	(void)unused;
	(void)alarm(60);
	for (;;)
		(void)pause();
	return NULL;
}

/* A child whose main thread ends, and perhaps another one stays. It is not waited for. */
static pid_t child_without_main(bool other)
{
	pid_t pid = fork();
	pthread_t thread;

	if (pid == 0) {
		if (other && pthread_create(&thread, NULL, wait_for_end, NULL) != 0)
			_exit(1);
		(void)syscall(SYS_exit, 0); /* of this thread alone */
	}
	assert_true(pid > 0);
	return pid;
}

static char state_of(pid_t pid)
{
	char text[STAT_MAX];

	return read_stat(pid, text)[2];
}

static void wait_for_zombie(pid_t pid)
{
	for (int i = 0; i < 6000 && state_of(pid) != 'Z'; i++)
		(void)usleep(10000);
	assert_int_equal(state_of(pid), 'Z');
}

/* A zombie does not run, but a process whose main thread alone has ended does. */
static void test_lives(void **state)
{
	uint64_t start = start_of(getpid());
	pid_t pid;

	(void)state;
	check_int("this process", process_lives((uint32_t)getpid(), start), true);
	check_int("whenever", process_lives((uint32_t)getpid(), 0), true);
	check_int("one before it", process_lives((uint32_t)getpid(), start - 10000000), false);
	check_int("one after it", process_lives((uint32_t)getpid(), start + 10000000), false);
	check_int("no process", process_lives(0, 0), false);
	check_int("a pid that nobody has", process_lives(0x7fffffff, 0), false);
	pid = child_without_main(false);
	wait_for_zombie(pid);
	check_int("a zombie", process_lives((uint32_t)pid, start_of(pid)), false);
	end_child(pid);
	check_int("it is gone", process_lives((uint32_t)pid, 0), false);
	pid = child_without_main(true);
	wait_for_zombie(pid);
	check_int("a thread is left", process_lives((uint32_t)pid, start_of(pid)), true);
	end_child(pid);
}

/* The path of a hierarchy in /proc/self/cgroup; NULL: there is none. The caller frees it. */
static char *own_path(const char *hierarchy)
{
	char line[4352], *path = NULL;
	FILE *f = fopen("/proc/self/cgroup", "re");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) && !path) {
		const char *at = strstr(line, hierarchy);

		if (at)
			path = strndup(at + strlen(hierarchy),
				       strcspn(at + strlen(hierarchy), "\n"));
	}
	(void)fclose(f);
	return path;
}

/* Its path in v1's hierarchies, where there is one. */
static void test_v1_path(void **state)
{
	_cleanup_(processes_freep) struct processes *processes = new_processes();
	struct hp_event self = record_of_pid(getpid(), start_of(getpid()));
	struct hp_event other = record_of_pid(getpid(), self.start_ns + 1000000000);
	struct hp_event none = record_of_pid(0, 0);
	_cleanup_free_ char *memory = own_path(":memory:"), *named = own_path(":name=systemd:");
	const char *want = memory && strcmp(memory, "/") != 0 ? memory : named;

	(void)state;
	check_text("path", processes_v1_path(processes, &self), want);
	check_text("again", processes_v1_path(processes, &self), want);
	assert_non_null(processes_exe(processes, &self)); /* one does not hide the other */
	check_text("of another process", processes_v1_path(processes, &other), NULL);
	check_text("of none", processes_v1_path(processes, &none), NULL);
	processes_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exe),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_another_program),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_v1_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* The list of calls of a container of all programs, and how lists are told. */
#include "sandbox_child.h"

#include <sched.h>
#include <string.h>

/* Each call with arguments that it refuses. */
static long try_plain(unsigned long call)
{
	return syscall((long)call, -1L, -1L, -1L, -1L, -1L, -1L);
}

static long try_clone(unsigned long flags)
{
	return call_clone(flags | CLONE_THREAD);
}

/* Allowed ones fail with another error than EPERM, with and without privilege. */
static const struct bounded_case container_cases[] = {
	{ "execve", try_plain, SYS_execve, true },
	{ "seccomp", try_plain, SYS_seccomp, true },
	{ "prctl", try_plain, SYS_prctl, true },
	{ "landlock", try_plain, SYS_landlock_create_ruleset, true },
	{ "bpf", try_plain, SYS_bpf, true },
	{ "bind", try_plain, SYS_bind, true },
	{ "socketpair", try_plain, SYS_socketpair, true },
	{ "sendmmsg", try_plain, SYS_sendmmsg, true },
	{ "fchmod", try_plain, SYS_fchmod, true },
	{ "mmap, code", try_mmap, PROT_READ | PROT_EXEC, true },
	{ "socket, unix", try_socket, AF_UNIX, true },
	{ "socket, packet", try_socket, AF_PACKET, false },
	{ "clone, a thread", try_clone, 0, true },
	{ "clone, mounts", try_clone, CLONE_NEWNS, false },
	{ "clone, users", try_clone, CLONE_NEWUSER, false },
	{ "ioctl, the width of a terminal", try_ioctl, TIOCGWINSZ, true },
	{ "ioctl, terminal input", try_ioctl, TIOCSTI, false },
	{ "ptrace", try_plain, SYS_ptrace, false },
	{ "another process's memory", try_plain, SYS_process_vm_readv, false },
	{ "mount", try_plain, SYS_mount, false },
	{ "unshare", try_plain, SYS_unshare, false },
	{ "init_module", try_plain, SYS_init_module, false },
	{ "keyctl", try_plain, SYS_keyctl, false },
	{ "io_uring_setup", try_plain, SYS_io_uring_setup, false },
	{ "perf_event_open", try_plain, SYS_perf_event_open, false },
	{ "reboot", try_plain, SYS_reboot, false },
};

static void try_container(struct tried *tried)
{
	for (size_t i = 0; i < ARRAY_LEN(container_cases); i++) {
		tried->now = (int)i;
		tried->result[i] =
			container_cases[i].try(container_cases[i].argument) < 0 ? errno : 0;
	}
}

static void test_container(void **state)
{
	struct tried *tried = new_tried();

	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_tried(in_child_as(SANDBOX_CONTAINER, true, try_container, tried), tried);
	for (size_t i = 0; i < ARRAY_LEN(container_cases); i++)
		check_int(container_cases[i].name, tried->result[i] != EPERM,
			  container_cases[i].allowed);
	(void)munmap(tried, sizeof(*tried));
}

/* A container has to let the programs in it confine themselves further. */
static void confine_further(struct tried *tried)
{
	(void)tried;
	_exit(sandbox_enter(SANDBOX_AGENT) == 0 && try_plain(SYS_execve) < 0 && errno == EPERM ?
		      50 :
		      1);
}

static void test_further(void **state)
{
	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_int("the agent's filter, too",
		  in_child_as(SANDBOX_CONTAINER, true, confine_further, NULL), 50);
}

/* What is told of a list. */
struct told {
	const char *wanted;
	unsigned int calls, plain, bounded;
	uint64_t mask, value;
};

static void count_call(void *data, const struct sandbox_call *call)
{
	struct told *told = data;

	told->calls++;
	if (strcmp(call->name, told->wanted) != 0)
		return;
	if (!call->is_bounded) {
		told->plain++;
		return;
	}
	told->bounded++;
	told->mask = call->mask;
	told->value = call->value;
}

static struct told tell(enum sandbox_profile profile, const char *wanted)
{
	struct told told = { .wanted = wanted };

	assert_int_equal(sandbox_each_call(profile, count_call, &told), 0);
	return told;
}

static void test_told(void **state)
{
	struct told told;

	(void)state;
	told = tell(SANDBOX_AGENT, "setns");
	check_int("setns: plain", told.plain, 0);
	check_int("setns: bounded", told.bounded, 1);
	assert_int_equal(told.mask, UINT32_MAX);
	assert_int_equal(told.value, CLONE_NEWNET);
	assert_true(told.calls > 100);
	check_int("the agent's: execve", tell(SANDBOX_AGENT, "execve").plain, 0);
	check_int("the client's: listen", tell(SANDBOX_CLIENT, "listen").plain, 0);
	check_int("the client's: connect", tell(SANDBOX_CLIENT, "connect").plain, 1);
	check_int("the container's: execve", tell(SANDBOX_CONTAINER, "execve").plain, 1);
	/* of both programs */
	check_int("the container's: brk", tell(SANDBOX_CONTAINER, "brk").plain, 2);
	/* the client's condition is not the container's */
	check_int("the container's: clone", tell(SANDBOX_CONTAINER, "clone").bounded, 1);
	check_int("clone3 is in none", tell(SANDBOX_CONTAINER, "clone3").plain, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_further),
		cmocka_unit_test(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

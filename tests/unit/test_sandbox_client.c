// SPDX-License-Identifier: MIT
/* The list of calls of the process that talks with the API server. */
#include "sandbox_child.h"

#include <sched.h>

static long try_bind(unsigned long len)
{
	return syscall(SYS_bind, -1, NULL, len);
}

static long try_thread(unsigned long flags)
{
	return call_clone(flags);
}

static long try_plain(unsigned long call)
{
	return syscall((long)call, -1L, -1L, -1L, -1L, -1L, -1L);
}

/* All are calls that fail: allowed ones with another error than EPERM. */
static const struct bounded_case client_cases[] = {
	{ "socket, unix", try_socket, AF_UNIX, false },
	{ "socket, inet", try_socket, AF_INET, true },
	{ "socket, inet6", try_socket, AF_INET6, true },
	{ "socket, netlink", try_socket, AF_NETLINK, true },
	{ "socket, packet", try_socket, AF_PACKET, false },
#ifdef __s390x__
	{ "bind, netlink", try_bind, 12, false }, /* its C library's is a socketcall() */
#else
	{ "bind, netlink", try_bind, 12, true },
#endif
	{ "bind, inet", try_bind, 16, false },
	{ "bind, inet6", try_bind, 28, false },
	{ "clone, a thread", try_thread, CLONE_THREAD, true },
	{ "clone, a process", try_thread, SIGCHLD | CLONE_NEWUSER | CLONE_NEWNS, false },
	{ "clone, users", try_thread, CLONE_THREAD | CLONE_NEWUSER, false },
	{ "mmap, data", try_mmap, PROT_READ | PROT_WRITE, true },
	{ "mmap, code", try_mmap, PROT_READ | PROT_EXEC, MAPS_CODE },
	{ "mprotect, code", try_mprotect, PROT_EXEC, false },
	{ "ioctl, waiting bytes", try_ioctl, FIONREAD, true },
	{ "ioctl, terminal input", try_ioctl, TIOCSTI, false },
	{ "prctl", try_plain, SYS_prctl, false },
	{ "setns", try_plain, SYS_setns, false },
	{ "connect", try_plain, SYS_connect, true },
	{ "read", try_plain, SYS_read, true },
	{ "listen", try_plain, SYS_listen, false },
	{ "accept", try_plain, SYS_accept4, false },
	{ "execve", try_plain, SYS_execve, false },
	{ "kill", try_plain, SYS_kill, false },
	{ "ptrace", try_plain, SYS_ptrace, false },
	{ "another process's memory", try_plain, SYS_process_vm_readv, false },
	{ "bpf", try_plain, SYS_bpf, false },
	{ "unlinkat", try_plain, SYS_unlinkat, false },
	{ "memfd_create", try_plain, SYS_memfd_create, false },
};

static void try_client(struct tried *tried)
{
	for (size_t i = 0; i < ARRAY_LEN(client_cases); i++) {
		tried->now = (int)i;
		tried->result[i] = client_cases[i].try(client_cases[i].argument) < 0 ? errno : 0;
	}
}

static void test_client(void **state)
{
	struct tried *tried = new_tried();

	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_tried(in_child_as(SANDBOX_CLIENT, true, try_client, tried), tried);
	for (size_t i = 0; i < ARRAY_LEN(client_cases); i++)
		check_int(client_cases[i].name, tried->result[i] != EPERM, client_cases[i].allowed);
	(void)munmap(tried, sizeof(*tried));
}

/* Those of curl, which resolve names. */
static void test_thread(void **state)
{
	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_int("a thread", in_child_as(SANDBOX_CLIENT, true, try_pthread, NULL), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* What a confined process can do and can't, tried in children. Needs no privilege. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/agent/sandbox.h"
#include "../../user/base/cleanup.h"

/* 0, or the errno of what a confined child tries; -1: it was killed. */
static int confined(long (*try)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_enter() < 0)
			_exit(255);
		_exit(try() < 0 ? errno : 0);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static long try_execve(void)
{
	return execl("/bin/true", "true", NULL);
}

static long try_execveat(void)
{
	return syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0);
}

static long try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static long try_read_memory(void)
{
	return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static long try_mount(void)
{
	return syscall(SYS_mount, "none", "/nowhere", "tmpfs", 0, NULL);
}

static long try_unshare(void)
{
	return unshare(CLONE_NEWUSER);
}

static long try_clone_user(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
}

static long try_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0);
}

static long try_setns_mount(void)
{
	return setns(-1, CLONE_NEWNS);
}

static long try_setns_any(void)
{
	return setns(-1, 0);
}

static long try_setns_net(void)
{
	return setns(-1, CLONE_NEWNET);
}

static long try_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long try_kexec(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, 0);
}

static long try_reboot(void)
{
	return syscall(SYS_reboot, 0, 0, 0, NULL);
}

static long try_setuid(void)
{
	return setuid(getuid());
}

static long try_capset(void)
{
	return syscall(SYS_capset, NULL, NULL);
}

static long try_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL);
}

static long try_keyctl(void)
{
	return syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

static long try_chmod(void)
{
	return syscall(SYS_fchmodat, AT_FDCWD, "/nowhere", 0777);
}

static long try_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static long try_executable(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
			       MAP_FAILED ?
		       -1 :
		       0;
}

static long try_make_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 0 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static long try_terminal_input(void)
{
	return syscall(SYS_ioctl, -1, 0x5412, "x"); /* TIOCSTI */
}

static long try_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long try_fork(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? 0 : -1;
}

static long try_sockets(void)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6 };

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (socket(families[i], SOCK_DGRAM, 0) < 0 && errno == EPERM)
			return -1;
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG) < 0 && errno == EPERM ? -1 : 0;
}

static long try_files(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/status", "re");
	char line[256];

	return f && fgets(line, sizeof(line), f) && isatty(0) >= 0 ? 0 : -1;
}

static long try_memory(void)
{
	char *p = malloc(1 << 22);

	if (!p)
		return -1;
	memset(p, 1, 1 << 22);
	free(p);
	return 0;
}

struct sandbox_case {
	const char *name;
	long (*try)(void);
	int want;
};

static const struct sandbox_case sandbox_cases[] = {
	{ "execve", try_execve, EPERM },
	{ "execveat", try_execveat, EPERM },
	{ "ptrace", try_ptrace, EPERM },
	{ "process_vm_readv", try_read_memory, EPERM },
	{ "mount", try_mount, EPERM },
	{ "unshare", try_unshare, EPERM },
	{ "clone, a user namespace", try_clone_user, EPERM },
	{ "clone3", try_clone3, ENOSYS },
	{ "setns, mounts", try_setns_mount, EPERM },
	{ "setns, any", try_setns_any, EPERM },
	{ "setns, network", try_setns_net, EBADF },
	{ "init_module", try_module, EPERM },
	{ "kexec_load", try_kexec, EPERM },
	{ "reboot", try_reboot, EPERM },
	{ "setuid", try_setuid, EPERM },
	{ "capset", try_capset, EPERM },
	{ "io_uring_setup", try_uring, EPERM },
	{ "keyctl", try_keyctl, EPERM },
	{ "chmod", try_chmod, EPERM },
	{ "socket, packet", try_packet, EPERM },
	{ "mmap, executable", try_executable, EPERM },
	{ "mprotect, executable", try_make_executable, EPERM },
	{ "ioctl, TIOCSTI", try_terminal_input, EPERM },
	{ "prctl, PR_SET_DUMPABLE", try_dumpable, EPERM },
	{ "fork", try_fork, 0 },
	{ "sockets", try_sockets, 0 },
	{ "files", try_files, 0 },
	{ "memory", try_memory, 0 },
};

static void test_calls(void **state)
{
	(void)state;
	if (!sandbox_is_built_in())
		skip(); /* ASan */
	for (size_t i = 0; i < ARRAY_LEN(sandbox_cases); i++)
		check_int(sandbox_cases[i].name, confined(sandbox_cases[i].try),
			  sandbox_cases[i].want);
}

static long try_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_SECCOMP) == 2 ? 0 : -1;
}

static void test_no_new_privs(void **state)
{
	(void)state;
	if (!sandbox_is_built_in())
		skip();
	check_int("of the child", confined(try_privileges), 0);
	check_int("of ours", prctl(PR_GET_SECCOMP), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_no_new_privs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * Runs a command as the process of a given id, which nobody may have; for tests of
 * what an id says once it has come again.
 *
 *   withpid PID COMMAND [ARGUMENT]...
 *
 * Its own end ends the command. Exit status: the command's; 3: the kernel refused.
 */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **command)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)execvp(command[0], command);
	_exit(3);
}

int main(int argc, char **argv)
{
	pid_t pid, wanted = argc > 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)&wanted,
		.set_tid_size = 1,
	};
	int status;

	if (wanted <= 0) {
		(void)fputs("usage: withpid PID COMMAND [ARGUMENT]...\n", stderr);
		return 2;
	}
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		run(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		(void)fprintf(stderr, "withpid: %d: %s\n", (int)wanted, strerror(errno));
		return 3;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

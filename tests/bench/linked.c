// SPDX-License-Identifier: MIT
/* The side of the bench, which asks. */
#include "linked.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"
#include "groups.h"

#define PROGRAM	  "tests/bench/linked" /* below a build directory */
#define PARTS_MAX 5

static void become_linked(const struct side *side, const char *row, int out, pid_t parent)
{
	char path[PATH_MAX];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	(void)snprintf(path, sizeof(path), "%s/" PROGRAM, side->programs);
	(void)execl(path, "linked", bench_cgroup(side->bench), row,
		    bench_quick(side->bench) ? "quick" : NULL, (char *)NULL);
	_exit(127);
}

/* False: it is not a line that linked.h knows. */
static bool take_line(const struct side *side, const char *row, char *line)
{
	char *part[PARTS_MAX] = { NULL };
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < PARTS_MAX && (part[n] = strsep(&line, "\t")))
		n++;
	if (n == 4 && strcmp(part[0], "put") == 0)
		side_put(side, row, part[1], part[2], strtod(part[3], NULL));
	else if (n == 4 && strcmp(part[0], "least") == 0)
		side_least(side, row, part[1], part[2], strtod(part[3], NULL));
	else if (n == 5 && strcmp(part[0], "note") == 0)
		side_note(side, row, part[1], part[2], strtod(part[3], NULL), part[4]);
	else if (n == 2 && strcmp(part[0], "fail") == 0)
		side_fail(side, row, "%s", part[1]);
	else
		return false;
	return true;
}

static void take_lines(const struct side *side, const char *row, FILE *lines)
{
	char line[1024];

	while (fgets(line, sizeof(line), lines)) {
		if (take_line(side, row, line))
			continue;
		side_fail(side, row, "what " PROGRAM " says is not understood");
		return;
	}
}

void linked_measure(const struct side *side, const char *row)
{
	_cleanup_fclose_ FILE *lines = NULL;
	pid_t parent = getpid(), pid;
	int out[2], status;

	if (pipe2(out, O_CLOEXEC) < 0) {
		side_fail(side, row, "pipe: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (pid == 0)
		become_linked(side, row, out[1], parent);
	(void)close(out[1]);
	lines = fdopen(out[0], "r");
	if (lines)
		take_lines(side, row, lines);
	else
		(void)close(out[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != 0)
		side_fail(side, row, "%s/" PROGRAM ": did not end well", side->programs);
}

static void apply(const struct side *side)
{
	linked_measure(side, "apply");
}

static void replace(const struct side *side)
{
	linked_measure(side, "replace");
}

static void listening(const struct side *side)
{
	linked_measure(side, "listen");
}

void bench_linked(struct bench *b)
{
	side_each(b, "apply", apply);
	side_each(b, "replace", replace);
	side_each(b, "listen", listening);
}

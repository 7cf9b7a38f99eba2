// SPDX-License-Identifier: MIT
/* The tools that need no agent, on more than anybody has. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../user/base/cleanup.h"
#include "made.h"
#include "groups.h"
#include "samples.h"
#include "side.h"
#include "scene.h"

#define MANIFESTS     10000
#define ROWS	      131072
#define ARGUMENTS_MAX 6

static void become_tool(const char *const argv[], pid_t parent)
{
	char *const environment[] = { NULL };
	int null = open("/dev/null", O_RDWR);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		_exit(127);
	(void)execve(argv[0], (char *const *)argv, environment);
	_exit(127);
}

/* Run it and wait: seconds, or a negative errno. It may have findings. */
static double time_tool(const char *const argv[], struct rusage *used)
{
	uint64_t began = monotonic_ns();
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_tool(argv, parent);
	if (wait4(pid, &status, 0, used) < 0)
		return -errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return -EPROTO;
	return (double)(monotonic_ns() - began) / 1e9;
}

static void put_tool(const struct side *side, const char *row, const char *const arguments[])
{
	char program[PATH_MAX];
	const char *argv[ARGUMENTS_MAX + 2] = { program };
	struct samples seconds = { .len = 0 };
	struct rusage used = { 0 };

	(void)snprintf(program, sizeof(program), "%s/hostportctl", side->programs);
	for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	for (int i = 0; i < (bench_quick(side->bench) ? 1 : 5); i++) {
		double s = time_tool(argv, &used);

		if (s < 0) {
			side_fail(side, row, "%s %s: %s", program, arguments[0], strerror((int)-s));
			return;
		}
		samples_add(&seconds, s);
	}
	side_put(side, row, "s", "", samples_median(&seconds));
	side_note(side, row, "peak", "", (double)used.ru_maxrss / 1024, "MiB");
}

static void check(const struct side *side)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	char tree[PATH_MAX];
	const char *const arguments[] = { "check", "--output=json", tree, NULL };
	int r = scene_open(side->bench, "check", &scene);

	(void)snprintf(tree, sizeof(tree), "%s/manifests", scene.dir);
	if (r == 0 && mkdir(tree, 0700) < 0)
		r = -errno;
	if (r == 0)
		r = made_manifests(tree, MANIFESTS);
	if (r < 0)
		side_fail(side, "check", "the manifests: %s", strerror(-r));
	else
		put_tool(side, "check", arguments);
}

static void lint(const struct side *side)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	char path[PATH_MAX];
	const char *const arguments[] = { "registry", "lint", "--output=json", path, NULL };
	_cleanup_buf_ struct buf text = { 0 };
	int r = scene_open(side->bench, "lint", &scene);

	made_registry(ROWS, true, &text);
	if (r == 0)
		r = text.failed ? -ENOMEM :
				  scene_write(&scene, "rows.yaml", text.data, text.len, path);
	if (r < 0)
		side_fail(side, "lint", "the registry: %s", strerror(-r));
	else
		put_tool(side, "lint", arguments);
}

void bench_offline(struct bench *b)
{
	side_each(b, "check", check);
	side_each(b, "lint", lint);
}

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
#include "scene.h"

#define MANIFESTS 10000
#define ROWS	  131072

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

static void put_tool(struct bench *b, const char *row, const char *const argv[])
{
	struct samples seconds = { .len = 0 };
	struct rusage used = { 0 };

	for (int i = 0; i < (bench_quick(b) ? 1 : 5); i++) {
		double s = time_tool(argv, &used);

		if (s < 0) {
			bench_fail(b, row, "%s %s: %s", argv[0], argv[1], strerror((int)-s));
			return;
		}
		samples_add(&seconds, s);
	}
	bench_put(b, row, "s", "", samples_median(&seconds));
	bench_note(b, row, "peak", "", (double)used.ru_maxrss / 1024, "MiB");
}

static void check(struct bench *b, const struct scene *scene, const char *program)
{
	char tree[PATH_MAX];
	const char *const argv[] = { program, "check", "--output=json", tree, NULL };
	int r = 0;

	(void)snprintf(tree, sizeof(tree), "%s/manifests", scene->dir);
	if (mkdir(tree, 0700) < 0)
		r = -errno;
	if (r == 0)
		r = made_manifests(tree, MANIFESTS);
	if (r < 0)
		bench_fail(b, "check", "the manifests: %s", strerror(-r));
	else
		put_tool(b, "check", argv);
}

static void lint(struct bench *b, const struct scene *scene, const char *program)
{
	char path[PATH_MAX];
	const char *const argv[] = { program, "registry", "lint", "--output=json", path, NULL };
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	made_registry(ROWS, true, &text);
	r = text.failed ? -ENOMEM : scene_write(scene, "rows.yaml", text.data, text.len, path);
	if (r < 0)
		bench_fail(b, "lint", "the registry: %s", strerror(-r));
	else
		put_tool(b, "lint", argv);
}

void bench_offline(struct bench *b)
{
	_cleanup_scene_ struct scene scene = SCENE_NONE;
	bool checks = bench_wants(b, "check"), lints = bench_wants(b, "lint");
	char program[PATH_MAX];
	int r;

	if (!checks && !lints)
		return;
	(void)snprintf(program, sizeof(program), "%s/hostportctl", bench_dir(b));
	r = scene_open(b, "offline", &scene);
	if (r < 0) {
		bench_fail(b, checks ? "check" : "lint", "%s", strerror(-r));
		return;
	}
	if (checks)
		check(b, &scene, program);
	if (lints)
		lint(b, &scene, program);
}

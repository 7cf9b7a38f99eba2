// SPDX-License-Identifier: MIT
/* The side of the bench, which asks. */
#include "holder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cpus.h"

#define WORDS_MAX 8
#define PROGRAM	  "tests/bench/holder" /* below a build directory */

struct holder {
	pid_t pid;
	int fd;	     /* its standard input and output */
	FILE *lines; /* what it says */
};

static void be_holder(const char *dir, const char *cgroup, const struct binder *binder, char *words,
		      int fd)
{
	char *argv[3 + WORDS_MAX + 1] = { (char *)"holder", (char *)cgroup };
	char path[PATH_MAX], netns[64], *save = NULL;
	int argc = 3;

	(void)snprintf(path, sizeof(path), "%s/" PROGRAM, dir);
	(void)snprintf(netns, sizeof(netns), "/proc/%d/ns/net", binder_pid(binder));
	argv[2] = netns;
	for (char *w = strtok_r(words, " ", &save); w && argc < 3 + WORDS_MAX;
	     w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	cpus_keep_off(binder_cpu(binder));
	if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		_exit(127);
	(void)execv(path, argv);
	_exit(127);
}

/* Its next line, without "ok". */
static int hear(struct holder *holder, char line[LINE_MAX], struct buf *err)
{
	if (!fgets(line, LINE_MAX, holder->lines)) {
		buf_puts(err, "a holder has ended");
		return -ECHILD;
	}
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "ok", 2) == 0)
		return 0;
	buf_puts(err, line);
	return -EIO;
}

static int ask(struct holder *holder, const char *question, char answer[LINE_MAX], struct buf *err)
{
	if (send(holder->fd, question, strlen(question), MSG_NOSIGNAL) < 0) {
		buf_puts(err, "a holder has ended");
		return -ECHILD;
	}
	return hear(holder, answer, err);
}

int holder_start(const char *dir, const char *cgroup, const struct binder *binder, const char *what,
		 struct holder **ret_holder, struct buf *err)
{
	_cleanup_(holder_freep) struct holder *holder = calloc(1, sizeof(*holder));
	_cleanup_free_ char *words = strdup(what);
	char line[LINE_MAX];
	int pair[2], r;

	if (!holder || !words)
		return -ENOMEM;
	holder->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	holder->fd = pair[0];
	holder->pid = fork();
	if (holder->pid == 0)
		be_holder(dir, cgroup, binder, words, pair[1]);
	(void)close(pair[1]);
	if (holder->pid > 0)
		holder->lines = fdopen(fcntl(holder->fd, F_DUPFD_CLOEXEC, 0), "r");
	if (!holder->lines)
		return -errno;
	r = hear(holder, line, err);
	if (r < 0)
		return r;
	*ret_holder = TAKE_PTR(holder);
	return 0;
}

void holder_free(struct holder *holder)
{
	if (holder->fd >= 0)
		(void)close(holder->fd);
	if (holder->lines)
		(void)fclose(holder->lines);
	/* its input has ended, so it does; what it holds goes with it in any case */
	if (holder->pid > 0)
		(void)waitpid(holder->pid, NULL, 0);
	free(holder);
}

int holder_on(struct holder *holder, unsigned int n, struct buf *err)
{
	char question[32], line[LINE_MAX];

	(void)snprintf(question, sizeof(question), "on %u\n", n);
	return ask(holder, question, line, err);
}

int holder_off(struct holder *holder, struct buf *err)
{
	char line[LINE_MAX];

	return ask(holder, "off\n", line, err);
}

int holder_stats(struct holder *holder, struct holder_stats *ret_stats, struct buf *err)
{
	struct holder_stats stats = { 0 };
	char line[LINE_MAX], *save = NULL;
	int r = ask(holder, "stats\n", line, err);

	if (r < 0)
		return r;
	(void)strtok_r(line, " ", &save);
	for (char *w = strtok_r(NULL, " ", &save); w && stats.len < HOLDER_HOOKS;
	     w = strtok_r(NULL, " ", &save))
		if (sscanf(w, "%31[^:]:%lu:%lu", stats.hooks[stats.len].hook,
			   &stats.hooks[stats.len].runs, &stats.hooks[stats.len].ns) == 3)
			stats.len++;
	*ret_stats = stats;
	return 0;
}

// SPDX-License-Identifier: MIT
/* The holder: see holder.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/log.h"
#include "../../user/base/status.h"
#include "held.h"

#define LINE_MAX_LEN 256

static const struct held_type *const types[] = { &held_ours, &held_peer };

static const struct held_type *find_type(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i]->word, word) == 0)
			return types[i];
	return NULL;
}

static int answer(int r, const struct buf *more)
{
	const char *text = more->data ? more->data : "";

	if (r < 0)
		(void)printf("failed: %s%s%s\n", text, *text ? ": " : "", strerror(-r));
	else
		(void)printf("ok%s\n", text);
	return fflush(stdout) == 0 ? 0 : -errno;
}

static int obey(const struct held_type *type, void *held, const char *line)
{
	_cleanup_buf_ struct buf more = { 0 };
	unsigned int n;
	int r = 0;

	if (sscanf(line, "on %u", &n) == 1) {
		r = type->on(held, n);
		if (r < 0)
			type->off(held);
	} else if (strcmp(line, "off\n") == 0) {
		type->off(held);
	} else if (strcmp(line, "stats\n") == 0) {
		type->stats(held, &more);
	} else {
		r = -EINVAL;
	}
	return answer(r, &more);
}

/* Until the input ends; between the lines, what comes from the programs. */
static int serve(const struct held_type *type, void *held)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = type->fd(held), .events = POLLIN },
	};
	char line[LINE_MAX_LEN];

	for (;;) {
		if (poll(fds, ARRAY_LEN(fds), -1) < 0)
			return errno == EINTR ? 0 : EXIT_SYSTEM;
		if (fds[1].revents)
			type->drain(held);
		if (!fds[0].revents)
			continue;
		/* one line is asked, and answered, before the next */
		if (!fgets(line, sizeof(line), stdin) || obey(type, held, line) < 0)
			return EXIT_OK;
	}
}

int main(int argc, char **argv)
{
	const struct held_type *type = argc > 3 ? find_type(argv[3]) : NULL;
	_cleanup_buf_ struct buf why = { 0 };
	_cleanup_close_ int cgroup_fd = -1;
	struct held_place place = { 0 };
	void *held = NULL;
	int r;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	log_setup("holder", LOG_LEVEL_INFO);
	if (!type) {
		log_error("usage: holder CGROUP NETNS WORD...");
		return EXIT_USAGE;
	}
	cgroup_fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	place = (struct held_place) {
		.cgroup_fd = cgroup_fd,
		.cgroup = argv[1],
		.netns = argv[2],
		.argc = argc - 3,
		.argv = argv + 3,
	};
	r = cgroup_fd < 0 ? -errno : type->load(&place, &held, &why);
	if (answer(r, &why) < 0 || r < 0)
		return EXIT_SYSTEM;
	r = serve(type, held);
	type->off(held);
	type->free(held);
	return r;
}

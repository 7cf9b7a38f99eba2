// SPDX-License-Identifier: MIT
/* The process that helper_exec() starts: it binds, or serves a socket passed to it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/parse.h"
#include "helper.h"

/* As sd_listen_fds() checks it. */
static bool is_passed_on(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t n;

	return pid && fds && parse_u64(pid, 1, INT32_MAX, &n) == 0 && n == (uint64_t)getpid() &&
	       strcmp(fds, "1") == 0;
}

static void check_passed_socket(struct subject *s)
{
	int listens = 0;
	socklen_t len = sizeof(listens);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) < 0 || !listens)
		(void)subject_step(s, "serve", ENOTCONN);
	else
		(void)subject_step(s, "serve", is_passed_on() ? 0 : EINVAL);
	subject_look(s);
}

static const struct {
	const char *name;
	void (*fn)(struct subject *s);
} roles[] = {
	{ "bind", subject_bind_and_listen },
	{ "serve", check_passed_socket },
};

int subject_exec_main(int argc, char **argv)
{
	struct way_result result = { 0 };
	struct subject s = { .result = &result, .fd = HELPER_FD_SOCKET };

	if (argc != 5 || parse_port(argv[4], &s.port) < 0)
		return 2;
	s.way = way_find(argv[3]);
	/* set again: with some security modules exec() clears it */
	if (!s.way || !helper_bind_life(getppid()))
		return 2;
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].name, argv[2]) == 0) {
			roles[i].fn(&s);
			helper_report(&s, HELPER_FD_REPORT);
		}
	return 2;
}

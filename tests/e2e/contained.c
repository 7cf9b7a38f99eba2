// SPDX-License-Identifier: MIT
/*
 * contained PROGRAM ARGS...: run a program with the system calls that deploy/seccomp/hostportd.json
 * leaves to a container. The file and this are made of the same list; make lint compares them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../user/agent/sandbox.h"

int main(int argc, char **argv)
{
	int r;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: contained PROGRAM ARGS...\n");
		return 2;
	}
	r = sandbox_enter(SANDBOX_CONTAINER);
	if (r < 0) {
		(void)fprintf(stderr, "contained: %s\n", strerror(-r));
		return 3;
	}
	(void)execv(argv[1], argv + 1);
	perror(argv[1]);
	return 3;
}

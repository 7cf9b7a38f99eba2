// SPDX-License-Identifier: MIT
/*
 * Takes every inotify instance that its user may have, says "ok" and how many, and keeps
 * them until the end of its standard input.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define MOST 4096 /* no test machine has a higher limit */

int main(void)
{
	int n = 0;
	char end;

	while (n < MOST && inotify_init1(IN_CLOEXEC) >= 0)
		n++;
	if (n == MOST || errno != EMFILE) {
		(void)fprintf(stderr, "inotifyhog: after %d: %s\n", n, strerror(errno));
		return 3;
	}
	(void)printf("ok %d\n", n);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	return 0;
}

// SPDX-License-Identifier: MIT
#include "lock.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/file.h>

#define STEP_MS 10

int lock_take(int fd, int ms)
{
	for (;; ms -= STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EINTR && (errno != EWOULDBLOCK || ms <= 0))
			return -errno;
		(void)poll(NULL, 0, STEP_MS);
	}
}

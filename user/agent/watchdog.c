// SPDX-License-Identifier: MIT
#include "watchdog.h"

#include <errno.h>
#include <limits.h>

#include "../base/log.h"
#include "../base/parse.h"
#include "notify.h"

#define US_PER_MS 1000

int watchdog_interval(const char *usec, const char *pid, pid_t self, unsigned int *ret_ms)
{
	uint64_t us, asked, ms;

	if (!usec) {
		*ret_ms = 0;
		return 0;
	}
	if (parse_u64(usec, 1, UINT64_MAX - 1, &us) < 0)
		return -EINVAL;
	if (pid && parse_u64(pid, 1, INT_MAX, &asked) < 0)
		return -EINVAL;
	if (pid && asked != (uint64_t)self) {
		*ret_ms = 0;
		return 0;
	}
	ms = us / 2 / US_PER_MS;
	*ret_ms = ms == 0 ? 1 : ms > UINT_MAX ? UINT_MAX : (unsigned int)ms;
	return 0;
}

static void on_timer(void *data, uint32_t events)
{
	(void)data;
	(void)events;
	(void)notify("WATCHDOG=1");
}

int watchdog_start(struct loop *loop)
{
	struct loop_source *timer;
	unsigned int ms;
	int r = watchdog_interval(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid(), &ms);

	if (r < 0)
		log_warning("WATCHDOG_USEC, WATCHDOG_PID: not numbers: no signs of life are given");
	if (r < 0 || !ms)
		return 0;
	r = loop_timer(loop, on_timer, NULL, &timer);
	return r < 0 ? r : loop_timer_set(timer, ms, ms);
}

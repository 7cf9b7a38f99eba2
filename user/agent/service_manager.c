// SPDX-License-Identifier: MIT
#include "service_manager.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../base/buf.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../base/parse.h"

#define US_PER_MS 1000

/* ---- states -------------------------------------------------------------------------------- */

static void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	socklen_t len;

	if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, strlen(path));
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&addr, len);
}

void service_manager_ready(void)
{
	notify("READY=1");
}

void service_manager_reloading(void)
{
	_cleanup_buf_ struct buf state = { 0 };

	buf_printf(&state, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, clock_monotonic_us());
	if (!state.failed)
		notify(state.data);
}

void service_manager_stopping(void)
{
	notify("STOPPING=1");
}

void service_manager_status(const char *message)
{
	_cleanup_buf_ struct buf state = { 0 };

	buf_printf(&state, "STATUS=%s", message);
	if (!state.failed)
		notify(state.data);
}

/* ---- signs of life ------------------------------------------------------------------------- */

int service_manager_interval(const char *usec, const char *pid, pid_t self, unsigned int *ret_ms)
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
	notify("WATCHDOG=1");
}

int service_manager_watchdog(struct loop *loop)
{
	struct loop_source *timer;
	unsigned int ms;
	int r = service_manager_interval(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid(),
					 &ms);

	if (r < 0)
		log_warning("WATCHDOG_USEC, WATCHDOG_PID: not numbers: no signs of life are given");
	if (r < 0 || !ms)
		return 0;
	r = loop_timer(loop, on_timer, NULL, &timer);
	return r < 0 ? r : loop_timer_set(timer, ms, ms);
}

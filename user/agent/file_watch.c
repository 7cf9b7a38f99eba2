// SPDX-License-Identifier: MIT
#include "file_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "../base/clock.h"
#include "../base/log.h"

#define POLL_INOTIFY_MS 30000 /* for changes that inotify does not see */
#define POLL_ALONE_MS	5000
#define READS_MAX	64 /* more than its queue holds */
#define FAILURES_MAX	5  /* after them each 16th look tries again */

/* Not IN_MODIFY: of a file that is being written half is there. */
#define EVENTS                                                                                     \
	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |        \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

static uint64_t stamp_now(const struct file_watch *watch)
{
	return watched_paths_stamp(&watch->paths);
}

/* Log it once: polling is as good, only slower. */
static void say_polled(struct file_watch *watch, int error)
{
	if (error && !watch->error)
		log_warning("%s: inotify: %s: its files are looked at every %d seconds",
			    watch->what, strerror(error), POLL_ALONE_MS / 1000);
	watch->error = error;
}

static bool has_watch(const int *watches, size_t len, int watch)
{
	for (size_t i = 0; i < len; i++)
		if (watches[i] == watch)
			return true;
	return false;
}

/* Watch the directories of now: others than before may be in the paths. */
static void arm(struct file_watch *watch)
{
	_cleanup_names_ struct names paths = { 0 };
	int watches[WATCHED_PATHS_MAX], error = 0;
	size_t len = 0;

	if (watch->fd < 0)
		return;
	if (watched_paths_find(&watch->paths, &paths) < 0)
		return;
	for (size_t i = 0; i < paths.len; i++) {
		int added = inotify_add_watch(watch->fd, paths.items[i], EVENTS);

		if (added >= 0)
			watches[len++] = added;
		else if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	for (size_t i = 0; i < watch->len; i++)
		if (!has_watch(watches, len, watch->watches[i]))
			(void)inotify_rm_watch(watch->fd, watch->watches[i]);
	memcpy(watch->watches, watches, len * sizeof(watches[0]));
	watch->len = len;
	say_polled(watch, error);
}

/* What the events say does not matter: the stamps do. */
static void drop_events(struct file_watch *watch)
{
	char events[16384];

	for (int i = 0; watch->fd >= 0 && i < READS_MAX; i++)
		if (read(watch->fd, events, sizeof(events)) <= 0)
			return;
}

static void look_again(struct file_watch *watch, unsigned int ms)
{
	(void)loop_timer_set(watch->timer, ms, 0);
}

/*
 * Not every reason is in the files, so they are tried again; but large ones that stay as they are
 * cost as much each time. Half a look early: the look that is meant must not come too soon.
 */
static void note_failed(struct file_watch *watch, uint64_t stamp)
{
	uint64_t interval_ms = watch->error ? POLL_ALONE_MS : POLL_INOTIFY_MS;

	if (stamp != watch->failed)
		watch->failures = 0;
	if (watch->failures < FAILURES_MAX)
		watch->failures++;
	watch->failed = stamp;
	watch->again_ms =
		clock_boot_ms() + (interval_ms << (watch->failures - 1)) - interval_ms / 2;
}

/* Is this what could not be taken, and its turn has not come? Files beside it may wake us often. */
static bool is_early(const struct file_watch *watch, uint64_t stamp)
{
	return !watch->seen && stamp == watch->failed && clock_boot_ms() < watch->again_ms;
}

/* Reload once the files have been left alone for a while, or the wait has been too long. */
static void take_change(struct file_watch *watch, uint64_t stamp)
{
	bool waited;
	int r;

	if (!watch->seen)
		watch->since_ms = clock_boot_ms();
	waited = clock_boot_ms() - watch->since_ms >= FILE_WATCH_WAIT_MS;
	if (!waited && stamp != watch->seen) {
		watch->seen = stamp;
		look_again(watch, FILE_WATCH_SETTLE_MS);
		return;
	}
	r = watch->changed(watch->data, waited ? 0 : stamp);
	if (r == -EINPROGRESS) /* which is no sign that they don't come to rest */
		watch->since_ms = clock_boot_ms();
	if (r == -EAGAIN || r == -EINPROGRESS) {
		look_again(watch, FILE_WATCH_SETTLE_MS);
		return;
	}
	watch->stamp = r < 0 ? 0 : stamp;
	watch->seen = 0;
	if (r < 0)
		note_failed(watch, stamp);
	else
		watch->failed = 0;
}

/* Watch before looking: a later change wakes the agent again. */
static void look(struct file_watch *watch)
{
	uint64_t stamp;

	drop_events(watch);
	arm(watch);
	look_again(watch, watch->error ? POLL_ALONE_MS : POLL_INOTIFY_MS);
	if (watch->source)
		(void)loop_modify(watch->source, EPOLLIN);
	stamp = stamp_now(watch);
	if (stamp == watch->stamp)
		watch->seen = 0;
	else if (!is_early(watch, stamp))
		take_change(watch, stamp);
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	look(data);
}

/* A directory may be busy with other files: after one event, no other wakes it for a while. */
static void on_event(void *data, uint32_t events)
{
	struct file_watch *watch = data;

	(void)events;
	(void)loop_modify(watch->source, 0);
	look_again(watch, FILE_WATCH_SETTLE_MS);
}

static int open_inotify(struct file_watch *watch, struct loop *loop)
{
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0) {
		say_polled(watch, errno);
		return 0;
	}
	return loop_add(loop, watch->fd, EPOLLIN, on_event, watch, &watch->source);
}

int file_watch_start(struct file_watch *watch, struct loop *loop)
{
	int r;

	watch->fd = -1;
	watch->any = watched_paths_any(&watch->paths);
	if (!watch->any)
		return 0;
	r = loop_timer(loop, on_timer, watch, &watch->timer);
	if (r == 0)
		r = open_inotify(watch, loop);
	if (r == 0)
		look(watch);
	return r;
}

bool file_watch_force(struct file_watch *watch)
{
	if (!watch->any)
		return false;
	watch->stamp = 0;
	watch->failed = 0;
	look_again(watch, 1);
	return true;
}

const char *file_watch_word(const struct file_watch *watch)
{
	return !watch->any ? "none" : watch->error ? "polled" : "watched";
}

void file_watch_stop(struct file_watch *watch)
{
	if (watch->any && watch->fd >= 0)
		(void)close(watch->fd);
}

// SPDX-License-Identifier: MIT
#include "registry_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "../base/log.h"
#include "state.h"

#define POLL_INOTIFY_MS 30000 /* for what inotify does not tell */
#define POLL_ALONE_MS	5000
#define READS_MAX	64 /* more than its queue holds */

/* Not IN_MODIFY: of a file that is being written half is there. */
#define EVENTS                                                                                     \
	(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |        \
	 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t stamp_now(const struct agent *agent)
{
	const struct node_options *node = &agent->config->node;

	return watched_paths_stamp(node->registries, node->registries_len);
}

/* Said once: it is as good, only slower. */
static void say_polled(struct files *files, int error)
{
	if (error && !files->error)
		log_warning("registry: inotify: %s: its files are looked at every %d seconds",
			    strerror(error), POLL_ALONE_MS / 1000);
	files->error = error;
}

static bool has_watch(const int *watches, size_t len, int watch)
{
	for (size_t i = 0; i < len; i++)
		if (watches[i] == watch)
			return true;
	return false;
}

/* Watch what is to be watched now, and nothing else: directories may be other ones than before. */
static void arm(struct agent *agent)
{
	const struct node_options *node = &agent->config->node;
	_cleanup_names_ struct names places = { 0 };
	struct files *files = &agent->files;
	int watches[WATCHED_PATHS_MAX], error = 0;
	size_t len = 0;

	if (files->fd < 0)
		return;
	if (watched_paths_find(node->registries, node->registries_len, &places) < 0)
		return;
	for (size_t i = 0; i < places.len; i++) {
		int watch = inotify_add_watch(files->fd, places.items[i], EVENTS);

		if (watch >= 0)
			watches[len++] = watch;
		else if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	for (size_t i = 0; i < files->len; i++)
		if (!has_watch(watches, len, files->watches[i]))
			(void)inotify_rm_watch(files->fd, files->watches[i]);
	memcpy(files->watches, watches, len * sizeof(watches[0]));
	files->len = len;
	say_polled(files, error);
}

/* What they say does not matter: the stamps do. */
static void drop_events(struct files *files)
{
	char events[16384];

	for (int i = 0; files->fd >= 0 && i < READS_MAX; i++)
		if (read(files->fd, events, sizeof(events)) <= 0)
			return;
}

static void look_again(struct files *files, unsigned int ms)
{
	(void)loop_timer_set(files->timer, ms, 0);
}

/* Read once the files have been left alone for a while, or could not be waited for any longer. */
static void take_change(struct agent *agent, uint64_t stamp)
{
	struct files *files = &agent->files;
	struct apply_request request = { .stamp = stamp };
	_cleanup_buf_ struct buf changes = { 0 };
	bool waited;
	int r;

	if (!files->seen)
		files->since_ms = now_ms();
	waited = now_ms() - files->since_ms >= FILES_WAIT_MS;
	if (!waited && stamp != files->seen) {
		files->seen = stamp;
		look_again(files, FILES_SETTLE_MS);
		return;
	}
	if (waited)
		request.stamp = 0;
	r = reload_run(agent, &request, &changes);
	if (r == -EAGAIN) {
		look_again(files, FILES_SETTLE_MS);
		return;
	}
	files->stamp = r < 0 ? 0 : stamp; /* tried again: not every reason is in the files */
	files->seen = 0;
}

/* Watch first: what changes from then on wakes again. */
static void look(struct agent *agent)
{
	struct files *files = &agent->files;
	uint64_t stamp;

	drop_events(files);
	arm(agent);
	look_again(files, files->error ? POLL_ALONE_MS : POLL_INOTIFY_MS);
	if (files->source)
		(void)loop_modify(files->source, EPOLLIN);
	stamp = stamp_now(agent);
	if (stamp != files->stamp)
		take_change(agent, stamp);
	else
		files->seen = 0;
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	look(data);
}

/* A directory may be busy with other things: after one event none wakes the agent for a while. */
static void on_event(void *data, uint32_t events)
{
	struct agent *agent = data;

	(void)events;
	(void)loop_modify(agent->files.source, 0);
	look_again(&agent->files, FILES_SETTLE_MS);
}

static int open_inotify(struct agent *agent)
{
	struct files *files = &agent->files;

	files->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (files->fd < 0) {
		say_polled(files, errno);
		return 0;
	}
	return loop_add(agent->loop, files->fd, EPOLLIN, on_event, agent, &files->source);
}

int files_start(struct agent *agent)
{
	const struct node_options *node = &agent->config->node;
	struct files *files = &agent->files;
	int r;

	files->any = watched_paths_any(node->registries, node->registries_len);
	if (!files->any)
		return 0;
	r = loop_timer(agent->loop, on_timer, agent, &files->timer);
	if (r == 0)
		r = open_inotify(agent);
	if (r == 0)
		look(agent);
	return r;
}

void files_put(const struct files *files, struct jsonw *w)
{
	jsonw_string(w, "files", !files->any ? "none" : files->error ? "polled" : "watched");
	if (files->error)
		jsonw_string(w, "files_error", strerror(files->error));
}

void files_stop(struct files *files)
{
	if (files->fd >= 0)
		(void)close(files->fd);
}

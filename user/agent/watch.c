// SPDX-License-Identifier: MIT
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "service_manager.h"
#include "../stream/deliver.h"

/* Open the cgroup that the programs were attached to; -ENOENT: also where another has its name. */
static int open_cgroup(const struct watch *watch)
{
	_cleanup_close_ int fd = open(watch->target->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_ino == watch->cgroup_id ? TAKE_FD(fd) : -ENOENT;
}

/* Gone, and not only closed to us now, as for want of descriptors. */
static bool is_gone(int error)
{
	return error == -ENOENT || error == -ENODEV || error == -ENOTDIR;
}

/* The first hook whose program is off, or NULL; also of hooks that not every kernel has. */
static const char *find_detached(const struct watch *watch)
{
	struct kernel_attachment list[KERNEL_ATTACHMENTS_MAX];
	size_t n = kernel_attachments(watch->kernel, list), required = 0;

	for (size_t i = 0; i < n; i++) {
		if (!list[i].alive)
			return list[i].hook;
		required += list[i].required;
	}
	return required < KERNEL_ATTACHMENTS ? "a required hook" : NULL;
}

static void view_hook(const struct canary_proof *proof, size_t hook, struct health_view *view)
{
	view->unproved = kernel_hook_name((enum kernel_hook)hook);
	view->words = canary_words(proof->result[hook]);
	view->error = proof->error[hook] ? strerror(proof->error[hook]) : NULL;
	view->overridden = proof->result[hook] == CANARY_OVERRIDDEN;
}

/* A hook that failed says more than one that could not be tried now. */
static void view_proof(const struct watch *watch, struct health_view *view)
{
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		if (!canary_is_postponed(watch->tried.result[i]) || view->unproved)
			continue;
		view_hook(&watch->tried, i, view);
		view->postponed = true;
	}
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		enum canary_result result = watch->proof.result[i];

		if (canary_is_proved(result) || canary_is_postponed(result))
			continue;
		view_hook(&watch->proof, i, view);
		view->postponed = false;
		return;
	}
}

/* Does the name by which the target was asked for still lead to it? */
static void view_netns(const struct watch *watch, struct health_view *view)
{
	struct stat st;

	view->netns = watch->netns_name;
	if (!view->netns)
		return;
	view->netns_gone = stat(view->netns, &st) < 0;
	view->netns_other = !view->netns_gone && (uint32_t)st.st_ino != watch->target->netns.inum;
}

void watch_look(struct watch *watch, struct health *ret_health)
{
	_cleanup_close_ int fd = open_cgroup(watch);
	struct health_view view = {
		.cgroup = watch->target->cgroup,
		.cgroup_gone = is_gone(fd),
		.detached = find_detached(watch),
	};
	struct foreign_programs foreign;

	/* while one of ours is off, the order of the others is not known */
	if (fd >= 0 && !view.detached && foreign_programs_find(watch->kernel, fd, &foreign) == 0)
		view.foreign = &foreign;
	view_netns(watch, &view);
	view_proof(watch, &view);
	*ret_health = (struct health) { .foreign = watch->health.foreign };
	health_judge(&view, ret_health);
}

/* A hook that could not be tried keeps the last word on it. */
static void note_try(struct watch *watch)
{
	bool all = true, failed = false;

	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		bool postponed = canary_is_postponed(watch->tried.result[i]);

		failed |= !postponed && !canary_is_proved(watch->tried.result[i]);
		all &= !postponed;
		if (postponed && watch->proof.result[i] != CANARY_NOT_TRIED)
			continue;
		watch->proof.result[i] = watch->tried.result[i];
		watch->proof.error[i] = watch->tried.error[i];
	}
	watch->runs++;
	watch->failures += failed;
	if (all || !watch->proof_s)
		watch->proof_s = clock_boot_s();
}

static void try_canary(struct watch *watch)
{
	canary_try(&watch->canary, &watch->tried);
	note_try(watch);
}

const struct health *watch_prove(struct watch *watch)
{
	watch->canary = (struct canary) {
		.kernel = watch->kernel,
		.netns = &watch->target->netns,
		.cgroup = watch->target->cgroup,
		.cgroup2 = watch->target->mounts.v2,
		.limit_ms = CANARY_LIMIT_MS,
	};
	(void)cgroup_id(watch->target->cgroup, &watch->cgroup_id);
	/* all hooks are late, or none is; and not for ever: then they hang */
	do
		try_canary(watch);
	while (watch->tried.result[0] == CANARY_LATE);
	watch->canary.limit_ms = CANARY_AGAIN_MS;
	watch->canary.confined = true; /* see sandbox.c */
	watch_look(watch, &watch->health);
	return &watch->health;
}

static void on_notice(void *data, const struct notice *notice)
{
	bool good = notice->kind == NOTICE_EFFECTIVE || notice->kind == NOTICE_FOREIGN_GONE;
	struct watch *watch = data;
	struct notice reported = *notice;

	log_message(good ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s", notice->message);
	if (notice->kind == NOTICE_EFFECTIVE || notice->kind == NOTICE_NOT_EFFECTIVE)
		service_manager_status(notice->message);
	reported.time = clock_wall();
	deliver_notice(watch->stream, &reported);
}

/* What could not be tried is for the log: nothing has changed by it. */
static void log_postponed(const struct health *before, const struct health *now)
{
	const char *reason = now->reason.data;

	if (!now->effective || !now->reason.len)
		return;
	if (!before->effective || !before->reason.len || strcmp(before->reason.data, reason) != 0)
		log_warning("%s", reason);
}

/* Without pins enforcement ends with the agent: what somebody has removed is made anew. */
static void mend_pins(struct watch *watch)
{
	_cleanup_buf_ struct buf message = { 0 };
	int r = programs_mend_pins(watch->programs, &message);
	bool lost = r < 0;

	if (r > 0 || (lost && !watch->pins_lost))
		on_notice(watch, &(struct notice) {
					 .kind = lost ? NOTICE_PINS_LOST : NOTICE_PINS,
					 .message = message.data ? message.data : "pins",
				 });
	watch->pins_lost = lost;
}

/* Look at everything, and report what has changed, also by the canary's last try. */
static void compare(struct watch *watch)
{
	struct health now;

	watch_look(watch, &now);
	health_compare(&watch->health, &now, on_notice, watch);
	log_postponed(&watch->health, &now);
	health_free(&watch->health);
	watch->health = now;
	mend_pins(watch);
}

/* End the try that goes on. Its process is waited for at most so long. */
static void end_canary(struct watch *watch, int wait_ms)
{
	loop_remove(TAKE_PTR(watch->process));
	(void)loop_timer_set(watch->limit, 0, 0);
	canary_end(&watch->canary, wait_ms, &watch->tried);
	note_try(watch);
}

void watch_check(struct watch *watch)
{
	/* it began before what is to be checked */
	if (watch->canary.pid)
		end_canary(watch, canary_limit(&watch->canary));
	try_canary(watch);
	compare(watch);
}

/* The process has ended, or its time has. */
static void on_tried(void *data, uint32_t events)
{
	struct watch *watch = data;

	(void)events;
	if (!watch->canary.pid)
		return; /* both at once */
	end_canary(watch, 0);
	compare(watch);
}

/* A process that hangs keeps nobody waiting: the loop goes on meanwhile. */
static void begin_canary(struct watch *watch)
{
	int limit = canary_limit(&watch->canary);

	if (!canary_begin(&watch->canary, &watch->tried)) {
		note_try(watch);
		compare(watch);
	} else if (loop_add(watch->loop, watch->canary.fd, EPOLLIN, on_tried, watch,
			    &watch->process) < 0 ||
		   loop_timer_set(watch->limit, (unsigned int)limit, 0) < 0) {
		end_canary(watch, limit);
		compare(watch);
	}
}

static void on_timer(void *data, uint32_t events)
{
	struct watch *watch = data;

	(void)events;
	host_refresh(watch->host);
	if (!watch->canary.pid)
		begin_canary(watch);
}

/* Its canaries are violations to us, and ours to it: programs know those of their own agent only.
 */
static void say_agents(const struct foreign_programs *foreign)
{
	for (size_t i = 0; i < foreign->len; i++) {
		if (!health_is_agent(&foreign->list[i]))
			continue;
		log_warning("another hostportd checks this cgroup: one agent is enough for a cgroup"
			    " and a namespace; its canaries are reported as violations");
		return;
	}
}

int watch_start(struct watch *watch, struct loop *loop)
{
	struct health nothing = { .effective = true }, now;
	int r = loop_timer(loop, on_timer, watch, &watch->timer);

	watch->loop = loop;
	if (r == 0)
		r = loop_timer(loop, on_tried, watch, &watch->limit);
	if (r == 0)
		r = loop_timer_set(watch->timer, WATCH_S * 1000, WATCH_S * 1000);
	/* since the proof what an agent before this one had attached may be gone */
	watch_look(watch, &now);
	health_free(&watch->health);
	watch->health = now;
	health_compare(&nothing, &watch->health, on_notice, watch);
	log_postponed(&nothing, &watch->health);
	say_agents(&watch->health.foreign);
	return r;
}

uint64_t watch_age_s(const struct watch *watch)
{
	return clock_boot_s() - watch->proof_s;
}

void watch_stop(struct watch *watch)
{
	if (watch->canary.pid)
		end_canary(watch, 0);
	health_free(&watch->health);
}

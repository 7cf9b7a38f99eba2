/* SPDX-License-Identifier: MIT */
/* For tests of one agent after another: what it does at its start, and what it leaves. */
#pragma once

#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* One agent: pins, and a kernel that pins there. */
struct agent {
	struct pins *pins;
	struct kernel *kernel;
};

static inline int load(const struct world *w, struct kernel_settings settings, struct agent *agent)
{
	_cleanup_buf_ struct buf err = { 0 };
	int r;

	*agent = (struct agent) { 0 };
	if (pins_open(w->pins, true, &agent->pins, &err) < 0)
		fail_msg("%s", err.data);
	settings.pins = agent->pins;
	r = kernel_load(&settings, &agent->kernel);
	if (r < 0) {
		pins_close(agent->pins);
		agent->pins = NULL;
	}
	return r;
}

static inline struct agent loaded(const struct world *w)
{
	struct agent agent;

	check_int("load", load(w, world_settings(w), &agent), 0);
	return agent;
}

/* It ends; what is pinned stays. */
static inline void end(struct agent *agent)
{
	kernel_free(agent->kernel);
	pins_close(agent->pins);
	*agent = (struct agent) { 0 };
}

static inline void publish(struct world *w, struct agent *agent, enum hp_mode mode)
{
	const struct hp_config config = { .mode = mode,
					  .denies = DENY_DEFAULT,
					  .errno_code = EPERM };

	check_int("publish", kernel_publish(agent->kernel, &w->policy, &config), 0);
}

/* As an agent starts. */
static inline struct agent started(struct world *w)
{
	struct agent agent = loaded(w);

	publish(w, &agent, HP_MODE_ENFORCE);
	check_int("attach", kernel_attach(agent.kernel, w->cgroup_fd), 0);
	check_int("keep", kernel_keep(agent.kernel), 0);
	check_int("replace", kernel_replace(agent.kernel), 0);
	return agent;
}

/* One has been here, and what it pinned is left. */
static inline void leave(struct world *w)
{
	struct agent agent = started(w);

	end(&agent);
}

static inline void remove_all(struct world *w)
{
	struct agent agent = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	assert_int_equal(pins_open(w->pins, true, &agent.pins, &err), 0);
	check_int("remove all", pins_remove_all(agent.pins), 0);
	end(&agent);
}

static inline void check_denied(const char *name, bool want)
{
	check_int(name, world_bind(TCP4(NULL, 3000)), want ? EPERM : 0);
}

static inline char *path_of(const struct world *w, const char *instance, const char *name,
			    char *path)
{
	(void)snprintf(path, 256, "%s/%s/%s", w->pins, instance, name);
	return path;
}

static inline void link_ids(struct agent *agent, uint32_t *links, uint32_t *programs)
{
	struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];

	check_int("attached", kernel_attachments(agent->kernel, attached), KERNEL_HOOKS);
	for (size_t i = 0; i < KERNEL_HOOKS; i++) {
		links[i] = attached[i].link_id;
		programs[i] = attached[i].program_id;
		assert_true(links[i] && programs[i]);
		assert_true(attached[i].required && attached[i].alive);
		check_text("hook", attached[i].hook, kernel_hook_name((enum kernel_hook)i));
	}
}

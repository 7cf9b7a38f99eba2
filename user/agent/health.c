// SPDX-License-Identifier: MIT
#include "health.h"

#include <string.h>

bool health_is_agent(const struct foreign_program *program)
{
	static const char *const names[] = { "hp_bind4", "hp_bind6", "hp_post_bind4",
					     "hp_post_bind6" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(program->name, names[i]) == 0)
			return true;
	return false;
}

void health_put_program(const struct foreign_program *program, struct buf *out)
{
	buf_printf(out, "program %u", program->program_id);
	if (*program->name) {
		buf_puts(out, " (");
		buf_put_safe(out, program->name);
		buf_puts(out, health_is_agent(program) ? ", another hostportd" : "");
		buf_putc(out, ')');
	}
}

/* The programs that may have overridden ours at a hook: those that run after it. */
static void put_suspects(const char *hook, const struct foreign_programs *foreign, struct buf *out)
{
	const char *before = ": ";

	for (size_t i = 0; i < foreign->len; i++) {
		const struct foreign_program *n = &foreign->list[i];

		if (!n->after || strcmp(n->hook, hook) != 0)
			continue;
		buf_puts(out, before);
		health_put_program(n, out);
		before = ", ";
	}
}

static void put_unproved(const struct health_view *view, const struct foreign_programs *foreign,
			 struct buf *out)
{
	buf_printf(out, "%s: %s", view->unproved, view->words);
	if (view->error)
		buf_printf(out, ": %s", view->error);
	if (view->overridden)
		put_suspects(view->unproved, foreign, out);
}

/* The cause comes first: without its cgroup nothing is attached or proved. */
void health_judge(const struct health_view *view, struct health *health)
{
	struct buf *reason = &health->reason;

	buf_reset(reason);
	if (view->foreign)
		health->foreign = *view->foreign;
	health->effective = !view->cgroup_gone && !view->netns_other && !view->detached &&
			    (!view->unproved || view->postponed);
	if (view->cgroup_gone) {
		buf_puts(reason, "the cgroup is gone, and the programs with it: ");
		buf_put_safe(reason, view->cgroup);
	} else if (view->netns_other) {
		buf_puts(reason, "the name now belongs to another network namespace, which is not "
				 "checked: ");
		buf_put_safe(reason, view->netns);
	} else if (view->detached) {
		buf_printf(reason, "%s: the program is not attached any more: its link is dead",
			   view->detached);
	} else if (view->unproved) {
		put_unproved(view, &health->foreign, reason);
	} else if (view->netns_gone) {
		buf_puts(reason, "the network namespace has lost its name; it is still checked: ");
		buf_put_safe(reason, view->netns);
	}
}

void health_free(struct health *health)
{
	buf_free(&health->reason);
}

/* ---- changes ----------------------------------------------------------------------------- */

static const char *reason_of(const struct health *health)
{
	return health->reason.data ? health->reason.data : "";
}

static void compare_effect(const struct health *before, const struct health *now,
			   health_notice_fn fn, void *data)
{
	_cleanup_buf_ struct buf message = { 0 };

	if (now->effective && before->effective)
		return;
	if (!now->effective && !before->effective && strcmp(reason_of(before), reason_of(now)) == 0)
		return;
	buf_puts(&message, now->effective ? "effective again" : "not effective: ");
	buf_puts(&message, now->effective ? "" : reason_of(now));
	fn(data, &(struct notice) {
			 .kind = now->effective ? NOTICE_EFFECTIVE : NOTICE_NOT_EFFECTIVE,
			 .message = message.data ? message.data : "not effective",
		 });
}

static bool has_program(const struct foreign_programs *list, const struct foreign_program *n)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->list[i].after && strcmp(list->list[i].hook, n->hook) == 0 &&
		    list->list[i].program_id == n->program_id)
			return true;
	return false;
}

/* A notice for each program in `these` that is not in `those`. */
static void notice_missing(const struct foreign_programs *these,
			   const struct foreign_programs *those, enum notice_kind kind,
			   health_notice_fn fn, void *data)
{
	_cleanup_buf_ struct buf message = { 0 };

	for (size_t i = 0; i < these->len; i++) {
		const struct foreign_program *n = &these->list[i];

		if (!n->after || has_program(those, n))
			continue;
		buf_reset(&message);
		buf_printf(&message, "%s: ", n->hook);
		health_put_program(n, &message);
		buf_puts(&message, kind == NOTICE_FOREIGN ?
					   " runs after ours and has the last word" :
					   " no longer runs after ours");
		fn(data, &(struct notice) {
				 .kind = kind,
				 .message = message.data ? message.data : "",
				 .hook = n->hook,
				 .program_id = n->program_id,
				 .name = n->name,
			 });
	}
}

/* Programs first: they may be the reason. */
void health_compare(const struct health *before, const struct health *now, health_notice_fn fn,
		    void *data)
{
	notice_missing(&now->foreign, &before->foreign, NOTICE_FOREIGN, fn, data);
	notice_missing(&before->foreign, &now->foreign, NOTICE_FOREIGN_GONE, fn, data);
	compare_effect(before, now, fn, data);
}

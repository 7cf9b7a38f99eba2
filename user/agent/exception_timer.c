// SPDX-License-Identifier: MIT
#include "exception_timer.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../policy/exceptions.h"
#include "../registry/words.h"

#define LONGEST_S    (366L * 86400) /* a clock that waits for nothing is armed, to hear of jumps */
#define AGAIN_S	     60		    /* after a failure */
#define REPORTED_MAX 64		    /* of what ends at once: a notice each */

struct change {
	struct exception_timer *timer;
	unsigned int ended, again;
};

static void on_ended(void *data, const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct change *change = data;

	if (++change->ended > REPORTED_MAX)
		return;
	buf_puts(&message, "exception ended: ");
	reg_ports_put(row->first, row->last, &message);
	buf_printf(&message, "/%s, class %s, until %s: ", word_proto(row->proto),
		   word_class(row->cls), row->until_text);
	buf_puts(&message, row->reason);
	buf_printf(&message, " (%s:%u:%u)", layer->path, row->line, row->column);
	policy_load_report(change->timer->load, NOTICE_EXCEPTION_ENDED, &message);
}

static void on_again(void *data, const struct reg_layer *layer, const struct reg_row *row)
{
	struct change *change = data;

	(void)layer;
	(void)row;
	change->again++;
}

static void count_ended(void *data, const struct reg_layer *layer, const struct reg_row *row)
{
	struct change *change = data;

	(void)layer;
	(void)row;
	change->ended++;
}

static void report_ended(struct exception_timer *timer, const struct node_facts *before,
			 const struct node_facts *now)
{
	struct change ended = { .timer = timer };
	_cleanup_buf_ struct buf message = { 0 };

	exceptions_ended(timer->in_force->registry, before, now, on_ended, &ended);
	if (ended.ended <= REPORTED_MAX)
		return;
	buf_printf(&message, "exception ended: and %u more", ended.ended - REPORTED_MAX);
	policy_load_report(timer->load, NOTICE_EXCEPTION_ENDED, &message);
}

static void report_still(struct exception_timer *timer, int error)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: exceptions that have ended still hold: %s",
		   strerror(-error));
	policy_load_report(timer->load, NOTICE_REGISTRY_ERROR, &message);
}

void exception_timer_check(struct exception_timer *timer)
{
	struct node_facts before = timer->in_force->facts, now = policy_load_facts(timer->load);
	struct change change = { .timer = timer };
	int r;

	exceptions_ended(timer->in_force->registry, &before, &now, count_ended, &change);
	exceptions_ended(timer->in_force->registry, &now, &before, on_again, &change);
	if (!change.ended && !change.again)
		return;
	r = policy_load_today(timer->load);
	if (r < 0) {
		report_still(timer, r);
		return;
	}
	report_ended(timer, &before, &timer->in_force->facts);
	if (change.again)
		log_warning("the clock was set back: exceptions that hold again: %u", change.again);
}

void exception_timer_arm(struct exception_timer *timer)
{
	time_t now = time(NULL), next = exceptions_next_end(timer->in_force->registry, now);
	struct node_facts facts = policy_load_facts(timer->load);
	struct change late = { .timer = timer };

	exceptions_ended(timer->in_force->registry, &timer->in_force->facts, &facts, count_ended,
			 &late);
	if (late.ended) /* it could not be published */
		next = now + AGAIN_S;
	else if (!next || next > now + LONGEST_S)
		next = now + LONGEST_S;
	if (loop_clock_set(timer->clock, next) == -ECANCELED)
		(void)loop_clock_set(timer->clock, now + 1); /* look again */
}

static void on_clock(void *data, uint32_t events)
{
	(void)events;
	exception_timer_check(data);
	exception_timer_arm(data);
}

int exception_timer_start(struct exception_timer *timer, struct loop *loop)
{
	int r = loop_clock(loop, on_clock, timer, &timer->clock);

	if (r == 0)
		exception_timer_arm(timer);
	return r;
}

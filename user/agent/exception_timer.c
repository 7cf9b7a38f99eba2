// SPDX-License-Identifier: MIT
#include "exception_timer.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../policy/exceptions.h"
#include "../registry/words.h"
#include "state.h"

#define LONGEST_S (366L * 86400) /* a clock that waits for nothing is armed, to hear of jumps */
#define AGAIN_S	  60		 /* after a failure */
#define TOLD_MAX  64		 /* of what ends at once: a notice each */

struct change {
	struct agent *agent;
	unsigned int ended, again;
};

static void tell(struct agent *agent, enum notice_kind kind, const struct buf *message)
{
	struct notice notice = {
		.kind = kind,
		.message = message->data ? message->data : strerror(ENOMEM),
		.generation = agent->decision.generation,
	};

	log_warning("%s", notice.message);
	(void)clock_gettime(CLOCK_REALTIME, &notice.time);
	deliver_notice(agent, &notice);
}

static void put_ports(struct buf *out, const struct reg_row *row)
{
	buf_printf(out, "%u", row->first);
	if (row->last != row->first)
		buf_printf(out, "-%u", row->last);
}

static void on_ended(void *data, const struct reg_layer *layer, const struct reg_row *row)
{
	_cleanup_buf_ struct buf message = { 0 };
	struct change *change = data;

	if (++change->ended > TOLD_MAX)
		return;
	buf_puts(&message, "exception ended: ");
	put_ports(&message, row);
	buf_printf(&message, "/%s, class %s, until %s: ", word_proto(row->proto),
		   word_class(row->cls), row->until_text);
	buf_puts(&message, row->reason);
	buf_printf(&message, " (%s:%u:%u)", layer->path, row->line, row->column);
	tell(change->agent, NOTICE_EXCEPTION_ENDED, &message);
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

static void tell_all_ended(struct agent *agent, const struct node_facts *before,
			   const struct node_facts *now)
{
	struct change told = { .agent = agent };
	_cleanup_buf_ struct buf message = { 0 };

	exceptions_ended(agent->registry, before, now, on_ended, &told);
	if (told.ended <= TOLD_MAX)
		return;
	buf_printf(&message, "exception ended: and %u more", told.ended - TOLD_MAX);
	tell(agent, NOTICE_EXCEPTION_ENDED, &message);
}

static void tell_still(struct agent *agent, int error)
{
	_cleanup_buf_ struct buf message = { 0 };

	buf_printf(&message, "registry: exceptions that have ended still hold: %s",
		   strerror(-error));
	tell(agent, NOTICE_REGISTRY_ERROR, &message);
}

void expiry_check(struct agent *agent)
{
	struct node_facts before = agent->facts, now = node_facts(&agent->config->node);
	struct change change = { .agent = agent };
	int r;

	exceptions_ended(agent->registry, &before, &now, count_ended, &change);
	exceptions_ended(agent->registry, &now, &before, on_again, &change);
	if (!change.ended && !change.again)
		return;
	r = apply_today(agent);
	if (r < 0) {
		tell_still(agent, r);
		return;
	}
	tell_all_ended(agent, &before, &agent->facts);
	if (change.again)
		log_warning("the clock was set back: exceptions that hold again: %u", change.again);
}

void expiry_arm(struct agent *agent)
{
	time_t now = time(NULL), next = exceptions_next_end(agent->registry, now);
	struct node_facts facts = node_facts(&agent->config->node);
	struct change late = { .agent = agent };

	exceptions_ended(agent->registry, &agent->facts, &facts, count_ended, &late);
	if (late.ended) /* it could not be published */
		next = now + AGAIN_S;
	else if (!next || next > now + LONGEST_S)
		next = now + LONGEST_S;
	if (loop_clock_set(agent->reload.clock, next) == -ECANCELED)
		(void)loop_clock_set(agent->reload.clock, now + 1); /* look again */
}

static void on_clock(void *data, uint32_t events)
{
	(void)events;
	expiry_check(data);
	expiry_arm(data);
}

int expiry_start(struct agent *agent)
{
	int r = loop_clock(agent->loop, on_clock, agent, &agent->reload.clock);

	if (r == 0)
		expiry_arm(agent);
	return r;
}

// SPDX-License-Identifier: MIT
#include "spare_map.h"

#include <string.h>

#include "../base/log.h"
#include "state.h"

#define LATER_MS 1000 /* publications come in bursts, when files change */

static void on_timer(void *data, uint32_t events)
{
	struct agent *agent = data;
	int r = kernel_settle(agent->kernel);

	(void)events;
	if (r < 0)
		log_debug("room for the next policy: %s", strerror(-r));
}

void room_later(struct agent *agent)
{
	if (agent->room)
		(void)loop_timer_set(agent->room, LATER_MS, 0);
}

int room_start(struct agent *agent)
{
	int r = loop_timer(agent->loop, on_timer, agent, &agent->room);

	if (r == 0)
		room_later(agent);
	return r;
}

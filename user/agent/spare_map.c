// SPDX-License-Identifier: MIT
#include "spare_map.h"

#include <string.h>

#include "../base/log.h"

#define LATER_MS 1000 /* publications come in bursts, when files change */

static void on_timer(void *data, uint32_t events)
{
	const struct spare_map *spare = data;
	int r = kernel_settle(spare->kernel);

	(void)events;
	if (r < 0)
		log_debug("a map for the next policy: %s", strerror(-r));
}

void spare_map_later(struct spare_map *spare)
{
	if (spare->timer)
		(void)loop_timer_set(spare->timer, LATER_MS, 0);
}

int spare_map_start(struct spare_map *spare, struct loop *loop)
{
	int r = loop_timer(loop, on_timer, spare, &spare->timer);

	if (r == 0)
		spare_map_later(spare);
	return r;
}

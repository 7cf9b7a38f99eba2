/* SPDX-License-Identifier: MIT */
/* --metrics: what HTTP clients may ask the agent. /metrics, /readyz and /healthz. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/openmetrics.h"
#include "http_server.h"

struct agent;

struct metrics_endpoint {
	struct http_server *server; /* NULL: none is wanted */

	/* what was shown last: it is made anew once a second at most, however many ask */
	uint64_t taken_ms; /* by CLOCK_BOOTTIME; 0: never */
	struct buf metrics[OPENMETRICS_FORMS];
	struct buf readiness;
	bool ready;
};

/*
 * Take the port, with the programs attached: it is a port like any other, and they check it. What
 * fails is logged; an exit status. Clients are answered when the loop runs.
 */
int metrics_endpoint_open(struct agent *agent);
void metrics_endpoint_close(struct metrics_endpoint *endpoint);

/* SPDX-License-Identifier: MIT */
/*
 * The ports of all violations that were reported, for the question which exceptions
 * were used since the start. A port needs a byte, so none is ever forgotten. Pure.
 *
 * A policy decides each port anew whenever it is asked for: a violation that was
 * reported before an exception came counts for that exception.
 */
#pragma once

#include "../base/portset.h"
#include "../policy/policy.h"

struct violated_ports {
	uint8_t ways[HP_PROTO_MAX][HP_PORTS]; /* bits: what the decision depends on besides */
};

/* The ports that exceptions let through, by protocol and class. */
struct excepted_ports {
	struct portset ports[HP_PROTO_MAX][HP_CLASS_MAX];
};

/* Add the port of a violation, whatever its verdict. */
void violated_ports_add(struct violated_ports *violated, const struct hp_query *query);

/* Add what a policy and a configuration except now. */
void violated_ports_except(const struct violated_ports *violated, const struct policy *policy,
			   const struct hp_config *config, struct excepted_ports *excepted);

/* Add a port if an exception made the decision about it. */
void excepted_ports_add(struct excepted_ports *excepted, uint8_t proto, uint16_t port,
			struct hp_decision decision);

/* Does an exception let a port through? Of several for one port and class, each does. */
bool excepted_ports_use(const struct excepted_ports *excepted, const struct reg_row *exception);

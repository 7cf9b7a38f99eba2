// SPDX-License-Identifier: MIT
#include "violated_ports.h"

/* A way in which a port was taken: a bit of the port's byte each. */
#define WAYS	       8
#define WAY_CHOSEN     1U
#define WAY_LOCALHOST  2U
#define WAY_UNDECLARED 4U

static unsigned int way_of(const struct hp_query *q)
{
	return (q->chosen ? WAY_CHOSEN : 0) | (q->scope == HP_SCOPE_LOCALHOST ? WAY_LOCALHOST : 0) |
	       (q->grants & HP_GRANTS_UNDECLARED ? WAY_UNDECLARED : 0);
}

void violated_ports_add(struct violated_ports *violated, const struct hp_query *q)
{
	if (q->proto < HP_PROTO_MAX)
		violated->ways[q->proto][q->port] |= (uint8_t)(1U << way_of(q));
}

void violated_ports_except(const struct violated_ports *violated, const struct policy *policy,
			   const struct hp_config *config, struct excepted_ports *excepted)
{
	for (uint32_t i = 0; i < HP_PROTO_MAX * HP_PORTS; i++) {
		struct hp_query q = {
			.proto = (uint8_t)(i / HP_PORTS),
			.port = (uint16_t)(i % HP_PORTS),
		};
		uint8_t ways = violated->ways[q.proto][q.port];

		for (unsigned int way = 0; ways && way < WAYS; way++) {
			if (!(ways & 1U << way))
				continue;
			q.scope = way & WAY_LOCALHOST ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL;
			q.chosen = !!(way & WAY_CHOSEN);
			/* whose violation it was is not kept */
			q.grants = owned_exceptions(&policy->owned, q.proto, q.port);
			q.grants |= way & WAY_UNDECLARED ? HP_GRANTS_UNDECLARED : 0;
			excepted_ports_add(excepted, q.proto, q.port,
					   policy_decide(policy, config, &q));
		}
	}
}

void excepted_ports_add(struct excepted_ports *excepted, uint8_t proto, uint16_t port,
			struct hp_decision decision)
{
	if (decision.verdict == HP_VERDICT_EXCEPTED && proto < HP_PROTO_MAX &&
	    decision.cls < HP_CLASS_MAX)
		portset_add(&excepted->ports[proto][decision.cls], port);
}

bool excepted_ports_use(const struct excepted_ports *excepted, const struct reg_row *exception)
{
	const struct portset *ports = &excepted->ports[exception->proto][exception->cls];

	for (uint32_t port = exception->first; port <= exception->last; port++) {
		if (port % 64 == 0 && port + 63 <= exception->last && !ports->words[port / 64])
			port += 63;
		else if (portset_has(ports, (uint16_t)port))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
/* Workloads that violate on many ports: what a notice and the status say of them. Pure. */
#pragma once

#include "../base/jsonw.h"
#include "ledger.h"

#define MANY_PORTS_LISTED 64 /* findings that the status has */

/* Append "unit unbound.service: udp, 855 ports of 1024-65535 (unregistered, external)". */
void many_ports_text(const struct ledger_entry *entry, const struct workload_facts *facts,
		     struct buf *out);

/* Write the member `findings`: those of many ports, and what the ledger had no room for. */
void many_ports_put(const struct ledger *ledger, const struct workload_facts *facts,
		    struct jsonw *w);

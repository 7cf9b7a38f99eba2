/* SPDX-License-Identifier: MIT */
/* Workloads that violate on many ports: what a notice and the status say of them. Pure. */
#pragma once

#include "../base/jsonw.h"
#include "ledger.h"

#define MANY_PORTS_LISTED 64 /* findings that the status has */

/* Append "unit unbound.service: udp, 855 ports of 1024-65535 (unregistered, external)". */
void many_ports_text(const struct ledger_entry *entry, struct buf *out);

/*
 * Write the member `findings`: those of many ports, and what the ledger had no room for.
 * `node_root`: as workload_parse() wants it.
 */
void many_ports_put(const struct ledger *ledger, const char *node_root, struct jsonw *w);

/* SPDX-License-Identifier: MIT */
/* The kinds of sockets that are bound and the ports of each, as orders for a binder; our modes. */
#pragma once

#include "ports.h"
#include "sample.h"

#define KINDS 4

static const struct {
	const char *name;
	bool udp, v6;
} kinds[KINDS] = {
	{ "tcp4", false, false },
	{ "tcp6", false, true },
	{ "udp4", true, false },
	{ "udp6", true, true },
};

/* Few a sample and many rounds: what is compared is measured soon after one another. */
#define KIND_CALLS 250

/* Ports that a registry of so many rows has; in random order, if there are many. */
static inline struct sample_order kind_allowed(unsigned int kind, uint32_t rows)
{
	return (struct sample_order) {
		.udp = kinds[kind].udp,
		.v6 = kinds[kind].v6,
		.random = rows > PORTS_SMALL,
		.first = ports_first(rows),
		.count = ports_count(rows),
		.calls = KIND_CALLS,
	};
}

/* One port again and again; 0: of the kernel's choice. */
static inline struct sample_order kind_port(unsigned int kind, uint16_t port)
{
	return (struct sample_order) {
		.udp = kinds[kind].udp,
		.v6 = kinds[kind].v6,
		.first = port,
		.count = 1,
		.calls = KIND_CALLS,
	};
}

enum mode {
	AUDIT,
	ENFORCE,
	MODES,
};

static const char *const mode_words[MODES] = { "audit", "enforce" };

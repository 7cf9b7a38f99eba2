/* SPDX-License-Identifier: MIT */
/*
 * For how long pods have declared ports that nothing listens on. Each is told once, when it has
 * been so for UNBOUND_PORTS_S; and again if it was bound meanwhile. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNBOUND_PORTS_S	  600
#define UNBOUND_PORTS_MAX 4096 /* of more, those that were noted last are not known */

struct unbound_port {
	uint64_t id;
	uint64_t since_s; /* the first look that found it so */
	bool told;
};

struct unbound_ports {
	struct unbound_port *before; /* at the last look, by id */
	struct unbound_port *now;    /* at the one at hand, as they were noted */
	size_t before_len, now_len;
	uint64_t now_s; /* the moment of the look */
};

int unbound_ports_init(struct unbound_ports *ports); /* 0, or -ENOMEM */
void unbound_ports_free(struct unbound_ports *ports);

/* A look at all declared ports begins at a time, of one clock. */
void unbound_ports_begin(struct unbound_ports *ports, uint64_t now_s);

/*
 * Nothing listens on a port; `id` is of the port and its pod. Is it to be told now? If so and
 * `may_tell`, it counts as told.
 */
bool unbound_ports_note(struct unbound_ports *ports, uint64_t id, bool may_tell);

/* The look has ended: ports that it has not noted are bound, or not declared any more. */
void unbound_ports_end(struct unbound_ports *ports);

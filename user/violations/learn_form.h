/* SPDX-License-Identifier: MIT */
/* In what form `learn` writes many ports of one workload. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum learn_form {
	LEARN_NOTHING,	/* a row would be for more ports, and more processes, than were seen */
	LEARN_EACH_RUN, /* an exception for each run of neighbouring ports */
	LEARN_RANGE,	/* one exception */
	LEARN_CLIENT,	/* one client: they are source ports */
};

/* What is known of the ports. */
struct learn_ports {
	size_t ports; /* how many, at least 2 */
	uint16_t first, last;
	uint64_t sockets;			  /* that have one now */
	bool listed;				  /* each run of them is known */
	bool owned;				  /* a row can name whose they are */
	uint16_t ephemeral_first, ephemeral_last; /* of the kernel; 0: not known */
};

/*
 * The form; of LEARN_RANGE and LEARN_CLIENT also the ports that the row is to have. A client takes
 * other ports the next time: of ports that are far apart the row has the whole range from which
 * such programs choose, or some more than were seen.
 */
enum learn_form learn_form_of(const struct learn_ports *ports, uint16_t *ret_first,
			      uint16_t *ret_last);

/*
 * The ports from which a program chooses another one at each start, if it was seen with ports from
 * `first` to `last`. Where several ranges have these, it is all of those ranges. False: none has
 * them, so a port is the same each time.
 */
bool learn_form_range_of(uint16_t first, uint16_t last, uint16_t ephemeral_first,
			 uint16_t ephemeral_last, uint16_t *ret_first, uint16_t *ret_last);

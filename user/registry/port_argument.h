/* SPDX-License-Identifier: MIT */
/* Ports as people write them, and as ss, kubectl and this program print them. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "../base/buf.h"

#define PORT_ARGUMENT_ADDRESS_MAX 46 /* bytes of an address as text */

struct port_argument {
	uint16_t first, last; /* never 0; the same, unless it is a range */
	bool has_proto;
	uint8_t proto;				 /* enum hp_proto */
	uint8_t family;				 /* 4 or 6: an address is named; 0: none is */
	uint8_t addr[16];			 /* network byte order; IPv4 in the first four */
	char address[PORT_ARGUMENT_ADDRESS_MAX]; /* as it was written; "" if none is named */
};

/*
 * Read PORT or FIRST-LAST, with /PROTOCOL behind it or PROTOCOL/ before it, in lower or upper
 * case; ADDRESS:PORT, [ADDRESS]:PORT of IPv6, *:PORT or :PORT. What stands behind a % in an
 * address, as ss prints it, is not looked at. 0, or -EINVAL with the reason in `err`, and then
 * nothing else is written.
 */
int port_argument_parse(const char *text, struct port_argument *ret_argument, struct buf *err);

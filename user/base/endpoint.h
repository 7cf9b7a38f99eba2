/* SPDX-License-Identifier: MIT */
/* An IP address and a port, as an option names them. Pure. */
#pragma once

#include <stdint.h>

struct endpoint {
	uint8_t family;	  /* 4 or 6; 0: none */
	uint8_t addr[16]; /* network byte order; IPv4 in the first four */
	uint16_t port;	  /* host byte order, never 0 */
};

/*
 * Read 127.0.0.1:9937 or [::1]:9937: no names, no zones, no port 0. 0, or -EINVAL, and then
 * nothing is written.
 */
int endpoint_parse(const char *text, struct endpoint *ret_endpoint);

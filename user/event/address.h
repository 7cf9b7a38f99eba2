/* SPDX-License-Identifier: MIT */
/* The text of an event's address, for both forms of an event. */
#pragma once

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

/* By hand: the library's way for IPv4 costs as much as the rest of an event line. */
static inline void address_text4(const uint8_t *addr, char *ret)
{
	for (int i = 0; i < 4; i++) {
		if (addr[i] >= 100)
			*ret++ = (char)('0' + addr[i] / 100);
		if (addr[i] >= 10)
			*ret++ = (char)('0' + addr[i] / 10 % 10);
		*ret++ = (char)('0' + addr[i] % 10);
		*ret++ = i < 3 ? '.' : '\0';
	}
}

/* Write the text; an empty one where the family is neither 4 nor 6. */
static inline void address_text(uint8_t family, const uint8_t *addr, char ret[INET6_ADDRSTRLEN])
{
	static const uint8_t any[16];

	ret[0] = '\0';
	if (family == 4)
		address_text4(addr, ret);
	else if (family == 6 && memcmp(addr, any, sizeof(any)) == 0)
		memcpy(ret, "::", 3);
	else if (family == 6)
		(void)inet_ntop(AF_INET6, addr, ret, INET6_ADDRSTRLEN);
}

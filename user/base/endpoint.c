// SPDX-License-Identifier: MIT
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "parse.h"

int endpoint_parse(const char *text, struct endpoint *ret_endpoint)
{
	bool v6 = text[0] == '[';
	const char *host = text + v6, *colon = strrchr(text, ':');
	struct endpoint endpoint = { .family = v6 ? 6 : 4 };
	char address[INET6_ADDRSTRLEN];
	size_t len;

	if (!colon || colon < host || parse_port(colon + 1, &endpoint.port) < 0)
		return -EINVAL;
	if (v6 && colon[-1] != ']')
		return -EINVAL;
	len = (size_t)(colon - host) - v6;
	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, host, len);
	address[len] = '\0';
	if (inet_pton(v6 ? AF_INET6 : AF_INET, address, endpoint.addr) != 1)
		return -EINVAL;
	*ret_endpoint = endpoint;
	return 0;
}

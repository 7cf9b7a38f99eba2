// SPDX-License-Identifier: MIT
#include "claimed_address.h"

#include <string.h>

#include "argument.h"

/* All ways to write an address become one. */
static const char *plain(const char *address)
{
	static const char *const all[] = { "*", "0.0.0.0", "::", "[::]" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(address, all[i]) == 0)
			return "";
	return strcmp(address, "localhost") == 0 ? "127.0.0.1" : address;
}

const char *claimed_address(const struct container *container, const struct port *port)
{
	const char *found = NULL, *address;

	for (const struct listener *l = container->listeners; l; l = l->next) {
		if (!l->address || l->port != port->number || port->proto != HP_PROTO_TCP)
			continue;
		address = plain(l->address);
		if (!found)
			found = address;
		else if (strcmp(found, address) != 0 &&
			 !(claimed_address_scope(found) == HP_SCOPE_LOCALHOST && l->localhost))
			return "";
	}
	if (found)
		return found;
	return port->host_ip ? plain(port->host_ip) : "";
}

uint8_t claimed_address_scope(const char *address)
{
	return argument_is_localhost(address, strlen(address)) ? HP_SCOPE_LOCALHOST :
								 HP_SCOPE_EXTERNAL;
}

bool claimed_address_overlap(const char *a, const char *b)
{
	return !*a || !*b || strcmp(a, b) == 0;
}

// SPDX-License-Identifier: MIT
#include "claimed_address.h"

#include <string.h>

#include "argument.h"

/* All ways to write an address become one. */
static const char *plain(const char *address)
{
	static const char *const all[] = { "*", "0.0.0.0", "::", "[::]", "::ffff:0.0.0.0" };
	const char *colon = strrchr(address, ':');

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(address, all[i]) == 0)
			return "";
	if (colon && strncmp(address, "::ffff:", 7) == 0 && strchr(colon, '.'))
		return colon + 1; /* IPv4 in IPv6 */
	return strcmp(address, "localhost") == 0 ? "127.0.0.1" : address;
}

/* What is known of the listeners for a port. */
struct heard {
	const struct port *port;
	bool any;	     /* there are some */
	const char *address; /* NULL: of none of them; "": all, or several */
};

static void hear(const struct container *container, struct heard *heard)
{
	const char *address;

	for (const struct listener *l = container->listeners; l; l = l->next) {
		if (l->port != heard->port->number || l->proto != heard->port->proto ||
		    (l->variable && !l->address))
			continue;
		heard->any = true;
		if (!l->address)
			continue;
		address = plain(l->address);
		if (!heard->address)
			heard->address = address;
		else if (strcmp(heard->address, address) != 0 &&
			 !(claimed_address_scope(heard->address) == HP_SCOPE_LOCALHOST &&
			   l->localhost))
			heard->address = "";
	}
}

const char *claimed_address(const struct pod *pod, const struct container *container,
			    const struct port *port)
{
	struct heard heard = { .port = port };

	hear(container, &heard);
	if (!heard.any)
		for (const struct container *c = pod->containers; c; c = c->next)
			hear(c, &heard);
	if (heard.address)
		return heard.address;
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

// SPDX-License-Identifier: MIT
#include "port_argument.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "registry.h"
#include "words.h"

#define TEXT_MAX 95 /* the longest address, a device and a protocol have room */

static bool take_proto(struct port_argument *argument, const char *word)
{
	int proto = word_to_proto(word);

	if (proto < 0)
		return false;
	argument->has_proto = true;
	argument->proto = (uint8_t)proto;
	return true;
}

/* Cut the protocol off `text`; where the ports begin, or NULL. */
static char *cut_proto(char *text, struct port_argument *argument, struct buf *err)
{
	char *slash = strchr(text, '/');
	const char *word;

	if (!slash)
		return text;
	*slash = '\0';
	if (take_proto(argument, slash + 1))
		return text;
	if (take_proto(argument, text))
		return slash + 1;
	/* a protocol begins with a letter: which of the two was to be one? */
	word = *text >= '0' && *text <= '9' ? slash + 1 : text;
	buf_printf(err, "%s: ", word);
	words_put_unknown(&words_protos, word, err);
	return NULL;
}

/* Without a zone, and without the brackets of IPv6. */
static int read_address(char *host, struct port_argument *argument)
{
	size_t len = strlen(host);
	bool v6 = len >= 2 && host[0] == '[' && host[len - 1] == ']';

	if (v6) {
		host[len - 1] = '\0';
		host++;
	}
	host[strcspn(host, "%")] = '\0';
	if (!*host || strcmp(host, "*") == 0)
		return v6 ? -EINVAL : 0;
	if (inet_pton(v6 ? AF_INET6 : AF_INET, host, argument->addr) != 1)
		return -EINVAL;
	argument->family = v6 ? 6 : 4;
	(void)strcpy(argument->address, host); /* inet_pton() takes none that is longer */
	return 0;
}

static int read_ports(char *text, struct port_argument *argument)
{
	char *colon = strrchr(text, ':');

	if (colon) {
		*colon = '\0';
		if (read_address(text, argument) < 0)
			return -EINVAL;
		text = colon + 1;
	}
	return reg_ports_parse(text, &argument->first, &argument->last);
}

int port_argument_parse(const char *text, struct port_argument *ret_argument, struct buf *err)
{
	struct port_argument argument = { 0 };
	char copy[TEXT_MAX + 1] = "", *ports;

	if (strlen(text) <= TEXT_MAX)
		(void)strcpy(copy, text);
	ports = cut_proto(copy, &argument, err);
	if (!ports)
		return -EINVAL;
	if (read_ports(ports, &argument) < 0) {
		buf_printf(err,
			   "%.64s: not a port, such as 9100, 9100-9105, 9100/tcp, tcp/9100, "
			   "0.0.0.0:9100 or [::1]:9100",
			   text);
		return -EINVAL;
	}
	*ret_argument = argument;
	return 0;
}

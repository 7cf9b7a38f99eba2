// SPDX-License-Identifier: MIT
#include "argument.h"

#include <ctype.h>
#include <string.h>

#include "../../base/parse.h"

/* ---- flags --------------------------------------------------------------------------------- */
struct flag {
	const char *name;
	enum flag_kind kind;
};

static const struct flag flags[] = {
	{ "port", FLAG_PORT },
	{ "secure-port", FLAG_PORT },
	{ "insecure-port", FLAG_PORT },
	{ "healthz-port", FLAG_PORT },
	{ "health-port", FLAG_PORT },
	{ "health-check-port", FLAG_PORT },
	{ "health-probe-port", FLAG_PORT },
	{ "probe-port", FLAG_PORT },
	{ "metrics-port", FLAG_PORT },
	{ "webhook-port", FLAG_PORT },
	{ "webhook-server-port", FLAG_PORT },
	{ "listen-port", FLAG_PORT },
	{ "bind-port", FLAG_PORT },
	{ "http-port", FLAG_PORT },
	{ "https-port", FLAG_PORT },
	{ "grpc-port", FLAG_PORT },
	{ "pprof-port", FLAG_PORT },
	{ "admin-port", FLAG_PORT },
	{ "prometheus-port", FLAG_PORT },
	{ "telemetry-port", FLAG_PORT },
	{ "read-only-port", FLAG_PORT },
	{ "proxy-endpoints-port", FLAG_PORT },
	{ "listen", FLAG_ADDRESS },
	{ "bind", FLAG_ADDRESS },
	{ "addr", FLAG_ADDRESS },
	{ "metrics-addr", FLAG_ADDRESS },
	{ "metrics-address", FLAG_ADDRESS },
	{ "health-addr", FLAG_ADDRESS },
	{ "health-probe-addr", FLAG_ADDRESS },
	{ "healthz-addr", FLAG_ADDRESS },
	{ "probe-addr", FLAG_ADDRESS },
	{ "pprof-addr", FLAG_ADDRESS },
	{ "pprof-address", FLAG_ADDRESS },
	{ "telemetry-addr", FLAG_ADDRESS },
	{ "telemetry-address", FLAG_ADDRESS },
	{ "http-addr", FLAG_ADDRESS },
	{ "http-address", FLAG_ADDRESS },
	{ "https-addr", FLAG_ADDRESS },
	{ "https-address", FLAG_ADDRESS },
	{ "grpc-addr", FLAG_ADDRESS },
	{ "http-endpoint", FLAG_ADDRESS },
	{ "bind-address", FLAG_HOST },
	{ "bind-addr", FLAG_HOST },
	{ "bind-host", FLAG_HOST },
	{ "address", FLAG_HOST },
	{ "host", FLAG_HOST },
};

/* Ends of names of listening addresses: web.listen-address, health-probe-bind-address. */
static const char *const address_ends[] = { "listen-address", "listen-addr", "bind-address",
					    "bind-addr" };

/* Names that go on: listen-client-urls, bind-all. */
static const char *const address_starts[] = { "listen-", "bind-" };

static bool same(const char *name, const char *known, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((name[i] == '_' ? '-' : name[i]) != known[i])
			return false;
	return true;
}

enum flag_kind argument_flag(const char *name, size_t len)
{
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (strlen(flags[i].name) == len && same(name, flags[i].name, len))
			return flags[i].kind;
	for (size_t i = 0; i < ARRAY_LEN(address_ends); i++) {
		n = strlen(address_ends[i]);
		if (len > n && same(name + len - n, address_ends[i], n))
			return FLAG_ADDRESS;
	}
	for (size_t i = 0; i < ARRAY_LEN(address_starts); i++) {
		n = strlen(address_starts[i]);
		if (len > n && same(name, address_starts[i], n))
			return FLAG_URLS;
	}
	return FLAG_NONE;
}

/* ---- addresses ----------------------------------------------------------------------------- */
/* Step over the scheme; false: it is no network address. */
static bool skip_scheme(const char **text, size_t *len)
{
	const char *mark = memmem(*text, *len, "://", 3);

	if (!mark)
		return true;
	if (strncmp(*text, "unix", 4) == 0 || strncmp(*text, "fd:", 3) == 0)
		return false;
	*len -= (size_t)(mark + 3 - *text);
	*text = mark + 3;
	return true;
}

bool argument_address(const char *text, size_t len, const char **ret_host, size_t *ret_host_len,
		      uint16_t *ret_port)
{
	const char *path, *colon, *host;
	size_t host_len;
	uint64_t port;

	if (!skip_scheme(&text, &len))
		return false;
	path = memchr(text, '/', len);
	if (path)
		len = (size_t)(path - text);
	colon = memrchr(text, ':', len);
	host = text;
	host_len = colon ? (size_t)(colon - text) : 0;
	if (host_len >= 2 && host[0] == '[' && host[host_len - 1] == ']') {
		host++;
		host_len -= 2;
	} else if (memchr(host, ':', host_len)) {
		return false; /* an IPv6 address alone */
	}
	if (colon) {
		len -= (size_t)(colon + 1 - text);
		text = colon + 1;
	}
	if (parse_digits(text, len, 1, 65535, &port) < 0)
		return false;
	*ret_host = host;
	*ret_host_len = host_len;
	*ret_port = (uint16_t)port;
	return true;
}

bool argument_is_localhost(const char *host, size_t len)
{
	if (len == 9 && memcmp(host, "localhost", 9) == 0)
		return true;
	if (len == 3 && memcmp(host, "::1", 3) == 0)
		return true;
	if (len < 7 || memcmp(host, "127.", 4) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)host[i]) && host[i] != '.')
			return false;
	return true;
}

bool argument_is_remote(const char *host)
{
	bool digits = host[strspn(host, "0123456789.")] == '\0';

	return *host && !digits && !strchr(host, ':') && !strchr(host, '$') &&
	       strcmp(host, "localhost") != 0 && strcmp(host, "*") != 0;
}

/* ---- variables ----------------------------------------------------------------------------- */
#define NAME_MAX_LEN 256	 /* of a variable, and of a default */
#define FILLED_MAX   (1UL << 20) /* of a text; beyond it nothing more is filled in */

/* The bytes before an end, or NAME_MAX_LEN where it does not come soon. */
static size_t until(const char *s, char end)
{
	size_t n = 0;

	while (n < NAME_MAX_LEN && s[n] && s[n] != end)
		n++;
	return s[n] == end ? n : NAME_MAX_LEN;
}

static size_t name_len(const char *s)
{
	size_t n = 0;

	while (n < NAME_MAX_LEN && (isalnum((unsigned char)s[n]) || s[n] == '_'))
		n++;
	return n;
}

/* $(NAME): 0, or how many bytes were filled in. */
static size_t fill_reference(const char *s, argument_env_fn env, const void *data, struct buf *out)
{
	size_t len = until(s + 2, ')');
	const char *value;

	if (len == NAME_MAX_LEN)
		return 0;
	value = env(data, s + 2, len);
	if (!value)
		return 0;
	buf_puts(out, value);
	return len + 3;
}

/* The same of ${NAME}, ${NAME:-default} or $NAME. */
static size_t fill_shell(const char *s, argument_env_fn env, const void *data, struct buf *out)
{
	bool braces = s[1] == '{';
	const char *name = s + 1 + braces, *rest;
	size_t len = name_len(name), text;
	const char *value = len ? env(data, name, len) : NULL;

	rest = name + len;
	text = braces ? until(rest, '}') : 0;
	if (!len || text == NAME_MAX_LEN)
		return 0;
	if (value)
		buf_puts(out, value);
	else if (braces && rest[0] == ':' && rest[1] == '-')
		buf_add(out, rest + 2, text - 2);
	else
		return 0;
	return (size_t)(rest - s) + text + braces;
}

void argument_fill(const char *text, bool script, argument_env_fn env, const void *data,
		   struct buf *out)
{
	size_t n;

	buf_puts(out, "");
	while (*text) {
		n = 0;
		if (out->len > FILLED_MAX) {
			buf_puts(out, text);
			return;
		}
		if (text[0] == '$' && text[1] == '(')
			n = fill_reference(text, env, data, out);
		else if (text[0] == '$' && script)
			n = fill_shell(text, env, data, out);
		if (n == 0) {
			buf_putc(out, *text);
			n = 1;
			if (text[0] == '$' && text[1] == '$' && !script)
				n = 2; /* an escaped one */
		}
		text += n;
	}
}

// SPDX-License-Identifier: MIT
#include "argument.h"

#include <arpa/inet.h>
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
	{ "dns-port", FLAG_PORT },
	{ "status-port", FLAG_PORT },
	{ "stats-port", FLAG_PORT },
	{ "diagnostics-port", FLAG_PORT },
	{ "debug-port", FLAG_PORT },
	{ "api-port", FLAG_PORT },
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
	{ "grpc-address", FLAG_ADDRESS },
	{ "status-addr", FLAG_ADDRESS },
	{ "status-address", FLAG_ADDRESS },
	{ "stats-addr", FLAG_ADDRESS },
	{ "stats-address", FLAG_ADDRESS },
	{ "debug-addr", FLAG_ADDRESS },
	{ "debug-address", FLAG_ADDRESS },
	{ "diagnostics-address", FLAG_ADDRESS },
	{ "admin-addr", FLAG_ADDRESS },
	{ "admin-address", FLAG_ADDRESS },
	{ "prometheus-addr", FLAG_ADDRESS },
	{ "prometheus-address", FLAG_ADDRESS },
	{ "health-address", FLAG_ADDRESS },
	{ "http-endpoint", FLAG_ADDRESS },
	{ "bind-address", FLAG_HOST },
	{ "bind-addr", FLAG_HOST },
	{ "bind-host", FLAG_HOST },
	{ "address", FLAG_HOST },
	{ "host", FLAG_HOST },
};

/* Ends of names: web.listen-address, health-probe-bind-address, server.http-listen-port. */
static const struct flag ends[] = {
	{ "listen-address", FLAG_ADDRESS }, { "listen-addr", FLAG_ADDRESS },
	{ "bind-address", FLAG_ADDRESS },   { "bind-addr", FLAG_ADDRESS },
	{ "listen", FLAG_ADDRESS },	    { "listen-port", FLAG_PORT },
	{ "bind-port", FLAG_PORT },
};

/* Names that go on: listen-client-urls, bind-all. */
static const char *const starts[] = { "listen-", "bind-" };

/* Last words of names that no server listens with, whatever their values look like. */
static const char *const clients[] = { "uid",	  "gid",	 "user",     "group",	"owner",
				       "chown",	  "connect",	 "upstream", "remote",	"target",
				       "backend", "forward",	 "peer",     "peers",	"join",
				       "dest",	  "destination", "image",    "registry" };

/* What may stand before a name and a dot: web.port. Of db.port a client would be the owner. */
static const char *const groups[] = { "web",   "server",  "http",      "https",
				      "grpc",  "metrics", "health",    "status",
				      "admin", "debug",	  "telemetry", "prometheus" };

#define FLAG_NAME_MAX 256 /* twice of what is looked at: a dash may be put before each letter */

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* The protocol that a word names; HP_PROTO_MAX: it names none. */
static uint8_t word_protocol(const char *text, size_t len)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} words[] = {
		{ "tcp", HP_PROTO_TCP },   { "tcp4", HP_PROTO_TCP }, { "tcp6", HP_PROTO_TCP },
		{ "udp", HP_PROTO_UDP },   { "udp4", HP_PROTO_UDP }, { "udp6", HP_PROTO_UDP },
		{ "sctp", HP_PROTO_SCTP },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is_word(text, len, words[i].word))
			return words[i].proto;
	return HP_PROTO_MAX;
}

/* A name as the tables have it, while it is written. */
struct plain_name {
	char text[FLAG_NAME_MAX];
	size_t len, word; /* where the last word begins */
};

/* A protocol goes, with the dash before or behind it. */
static void end_word(struct plain_name *plain, char end)
{
	char *word = plain->text + plain->word;

	if (word_protocol(word, plain->len - plain->word) != HP_PROTO_MAX)
		plain->len = plain->word;
	else if (end)
		plain->text[plain->len++] = end;
	plain->word = plain->len;
}

/* Write metricsPort, METRICS_PORT and udp-metrics-port alike. False: it is too long. */
static bool normalize(const char *name, size_t len, struct plain_name *ret)
{
	char c;

	*ret = (struct plain_name) { 0 };
	if (len >= FLAG_NAME_MAX / 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		c = name[i] == '_' ? '-' : name[i];
		if (c == '-' || c == '.') {
			end_word(ret, c);
			continue;
		}
		if (i && isupper((unsigned char)c) && islower((unsigned char)name[i - 1]))
			end_word(ret, '-');
		ret->text[ret->len++] = (char)tolower((unsigned char)c);
	}
	end_word(ret, '\0');
	while (ret->len && ret->text[ret->len - 1] == '-')
		ret->len--;
	ret->text[ret->len] = '\0';
	return true;
}

static enum flag_kind find_exact(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (strcmp(flags[i].name, name) == 0)
			return flags[i].kind;
	return FLAG_NONE;
}

static enum flag_kind find_part(const char *name)
{
	size_t len = strlen(name), n;
	const char *last;

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		n = strlen(ends[i].name);
		if (len == n ? strcmp(name, ends[i].name) == 0 :
			       len > n && name[len - n - 1] == '-' &&
				       strcmp(name + len - n, ends[i].name) == 0)
			return ends[i].kind;
	}
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return FLAG_URLS;
	last = strrchr(name, '-');
	last = last ? last + 1 : name;
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		if (strcmp(last, clients[i]) == 0)
			return FLAG_CLIENT;
	return FLAG_NONE;
}

enum flag_kind argument_flag(const char *name, size_t len)
{
	struct plain_name plain;
	enum flag_kind kind;
	const char *dot;

	if (!normalize(name, len, &plain))
		return FLAG_NONE;
	kind = find_exact(plain.text);
	dot = strrchr(plain.text, '.');
	for (size_t i = 0; dot && kind == FLAG_NONE && i < ARRAY_LEN(groups); i++)
		if (is_word(plain.text, (size_t)(dot - plain.text), groups[i]))
			kind = find_exact(dot + 1);
	return kind == FLAG_NONE ? find_part(dot ? dot + 1 : plain.text) : kind;
}

size_t argument_scheme(const char *text)
{
	size_t len = strcspn(text, ":");

	if (strncmp(text + len, "://", 3) != 0 || word_protocol(text, len) == HP_PROTO_MAX)
		return 0;
	return len + 3;
}

uint8_t argument_protocol(const char *flag, const char *value, size_t len)
{
	const char *mark = memmem(value, len, "://", 3), *end = memrchr(value, '/', len);
	uint8_t proto = HP_PROTO_MAX;
	size_t n;

	if (mark)
		proto = word_protocol(value, (size_t)(mark - value));
	else if (end)
		proto = word_protocol(end + 1, len - (size_t)(end + 1 - value));
	for (; *flag && proto == HP_PROTO_MAX; flag += n + (flag[n] != '\0')) {
		n = strcspn(flag, "-_.");
		proto = word_protocol(flag, n);
	}
	return proto == HP_PROTO_MAX ? HP_PROTO_TCP : proto;
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

/* Loopback, as IPv6 writes it: ::1, or an address of IPv4 in it. */
static bool is_loopback6(const char *host)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct in6_addr address;

	if (inet_pton(AF_INET6, host, &address) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&address) ||
	       (memcmp(&address, mapped, sizeof(mapped)) == 0 && address.s6_addr[12] == 127);
}

bool argument_is_localhost(const char *host, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if (is_word(host, len, "localhost"))
		return true;
	if (memchr(host, ':', len)) {
		if (len >= sizeof(text))
			return false;
		memcpy(text, host, len);
		text[len] = '\0';
		return is_loopback6(text);
	}
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

// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/argument.h"

static const struct {
	const char *name;
	enum flag_kind kind;
} flag_cases[] = {
	{ "port", FLAG_PORT },
	{ "secure-port", FLAG_PORT },
	{ "secure_port", FLAG_PORT },
	{ "metrics-bind-address", FLAG_ADDRESS },
	{ "health-probe-bind-address", FLAG_ADDRESS },
	{ "web.listen-address", FLAG_ADDRESS },
	{ "secure-listen-address", FLAG_ADDRESS },
	{ "metrics-addr", FLAG_ADDRESS },
	{ "proxy-endpoints-port", FLAG_PORT },
	{ "listen", FLAG_ADDRESS },
	{ "listen-client-urls", FLAG_URLS },
	{ "bind-all", FLAG_URLS },
	{ "bind-address", FLAG_HOST },
	{ "server.http-listen-port", FLAG_PORT },
	{ "dns-port", FLAG_PORT },
	{ "status-port", FLAG_PORT },
	{ "grpc-address", FLAG_ADDRESS },
	{ "statsd.listen-udp", FLAG_ADDRESS },
	{ "udp-address", FLAG_HOST },
	{ "health-udp-port", FLAG_PORT },
	{ "UDP_PORT", FLAG_PORT },
	{ "udpPort", FLAG_PORT },
	{ "metricsBindAddress", FLAG_ADDRESS },
	{ "METRICS_PORT", FLAG_PORT },
	{ "server.port", FLAG_PORT },
	{ "db.port", FLAG_NONE },
	{ "db.address", FLAG_NONE },
	{ "unbind-address", FLAG_NONE },
	{ "udp", FLAG_NONE },
	{ "listen-", FLAG_ADDRESS },
	{ "_", FLAG_NONE },
	{ ".", FLAG_NONE },
	{ "kubeconfig", FLAG_NONE },
	{ "upstream", FLAG_CLIENT },
	{ "uid", FLAG_CLIENT },
	{ "run-as-user", FLAG_CLIENT },
	{ "chown", FLAG_CLIENT },
	{ "etcd-connect", FLAG_CLIENT },
	{ "guid", FLAG_NONE },
	{ "metrics-server", FLAG_NONE },
	{ "advertise-address", FLAG_NONE },
	{ "etcd-servers", FLAG_NONE },
	{ "report", FLAG_NONE },
	{ "ports", FLAG_NONE },
	{ "", FLAG_NONE },
};

static void test_flags(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(flag_cases); i++)
		check_int(flag_cases[i].name,
			  argument_flag(flag_cases[i].name, strlen(flag_cases[i].name)),
			  flag_cases[i].kind);
}

/* A name of any length is looked at, or is not known. */
static void test_long_flags(void **state)
{
	char name[512];

	(void)state;
	for (size_t len = 0; len < sizeof(name) - 8; len++) {
		for (size_t i = 0; i < len; i++)
			name[i] = (len - i) % 2 ? 'a' : 'A';
		memcpy(name + len, "BindPort", 8);
		check_int("long", argument_flag(name, len + 8),
			  len + 8 < 128 ? FLAG_PORT : FLAG_NONE);
	}
}

static void test_schemes(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} texts[] = {
		{ "tcp://x", 6 }, { "udp4://", 7 }, { "http://x", 0 }, { "tcp:/x", 0 },
		{ "tcp", 0 },	  { "", 0 },	    { "://", 0 },      { "unix:///x", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		check_u64(texts[i].text, argument_scheme(texts[i].text), texts[i].len);
}

static void test_protocols(void **state)
{
	static const struct {
		const char *flag, *value;
		uint8_t proto;
	} cases[] = {
		{ "--listen", ":1", HP_PROTO_TCP },
		{ "--listen-udp", ":1", HP_PROTO_UDP },
		{ "--udp.listen", ":1", HP_PROTO_UDP },
		{ "UDP_PORT", "1", HP_PROTO_TCP },
		{ "udp_port", "1", HP_PROTO_UDP },
		{ "--udpate-address", ":1", HP_PROTO_TCP },
		{ "--listen-tcp", ":1", HP_PROTO_TCP },
		{ "--listen", "udp://:1", HP_PROTO_UDP },
		{ "--listen", "udp6://[::]:1", HP_PROTO_UDP },
		{ "--listen", "http://:1/udp", HP_PROTO_TCP },
		{ "--listen-udp", "tcp://:1", HP_PROTO_TCP },
		{ "--listen", "sctp://:1", HP_PROTO_SCTP },
		{ "--listen", ":1/udp", HP_PROTO_UDP },
		{ "--listen", ":1/tcp", HP_PROTO_TCP },
		{ "--listen", ":1/x", HP_PROTO_TCP },
		{ "--", "", HP_PROTO_TCP },
		{ "", "/", HP_PROTO_TCP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_int(cases[i].value,
			  argument_protocol(cases[i].flag, cases[i].value, strlen(cases[i].value)),
			  cases[i].proto);
}

static const struct {
	const char *text;
	int port; /* -1: none */
	const char *host;
} address_cases[] = {
	{ ":9108", 9108, "" },
	{ "9108", 9108, "" },
	{ "0.0.0.0:9108", 9108, "0.0.0.0" },
	{ "127.0.0.1:65535", 65535, "127.0.0.1" },
	{ "[::1]:80", 80, "::1" },
	{ "[::]:80", 80, "::" },
	{ "https://0.0.0.0:2379", 2379, "0.0.0.0" },
	{ "http://:80/path:1", 80, "" },
	{ "$(IP):9100", 9100, "$(IP)" },
	{ "[$(IP)]:9100", 9100, "$(IP)" },
	{ "tcp://h:1", 1, "h" },
	{ "0", -1, NULL },
	{ ":0", -1, NULL },
	{ "", -1, NULL },
	{ ":", -1, NULL },
	{ "0.0.0.0", -1, NULL },
	{ "::1", -1, NULL },
	{ "fe80::1:80", -1, NULL },
	{ ":65536", -1, NULL },
	{ ":080", -1, NULL },
	{ ":80x", -1, NULL },
	{ ":$(P)", -1, NULL },
	{ "unix:///run/x.sock", -1, NULL },
	{ "unix:///run/x:80", -1, NULL },
	{ "unix://x:80", -1, NULL },
	{ "fd://x:80", -1, NULL },
	{ "fdx://x:80", 80, "x" },
	{ "true", -1, NULL },
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(address_cases); i++) {
		const char *text = address_cases[i].text, *host = NULL;
		_cleanup_free_ char *copy = NULL;
		size_t len = 0;
		uint16_t port = 0;
		bool is = argument_address(text, strlen(text), &host, &len, &port);

		check_int(text, is ? port : -1, address_cases[i].port);
		if (!is)
			continue;
		copy = strndup(host, len);
		check_text(text, copy, address_cases[i].host);
	}
}

static void test_localhost(void **state)
{
	static const struct {
		const char *host;
		bool is;
	} hosts[] = {
		{ "127.0.0.1", true },
		{ "127.1.2.3", true },
		{ "::1", true },
		{ "localhost", true },
		{ "127.example", false },
		{ "", false },
		{ "0.0.0.0", false },
		{ "::", false },
		{ "12.0.0.1", false },
		{ "127.", false },
		{ "localhosts", false },
		{ "::ffff:127.0.0.1", true },
		{ "::ffff:7f00:1", true },
		{ "0:0:0:0:0:0:0:1", true },
		{ "::ffff:10.0.0.1", false },
		{ "::127.0.0.1", false },
		{ "::2", false },
		{ "::1:", false },
		{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0001", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		check_int(hosts[i].host,
			  argument_is_localhost(hosts[i].host, strlen(hosts[i].host)), hosts[i].is);
}

static void test_remote(void **state)
{
	static const struct {
		const char *host;
		bool is;
	} hosts[] = {
		{ "db", true },	 { "db.example", true }, { "", false },	     { "10.0.0.1", false },
		{ "::", false }, { "localhost", false }, { "$(IP)", false }, { "*", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		check_int(hosts[i].host, argument_is_remote(hosts[i].host), hosts[i].is);
}

static const char *env(const void *data, const char *name, size_t len)
{
	(void)data;
	if (len == 4 && memcmp(name, "PORT", 4) == 0)
		return "80";
	return len == 4 && memcmp(name, "NONE", 4) == 0 ? "" : NULL;
}

static const struct {
	const char *text;
	bool script;
	const char *want;
} fill_cases[] = {
	{ "", false, "" },
	{ "a$(PORT)b", false, "a80b" },
	{ "$(PORT)$(PORT)", false, "8080" },
	{ "$(NONE)", false, "" },
	{ "$(OTHER)", false, "$(OTHER)" },
	{ "$$(PORT)", false, "$(PORT)" },
	{ "$(PORT", false, "$(PORT" },
	{ "$PORT ${PORT}", false, "$PORT ${PORT}" },
	{ "$PORT ${PORT} $(PORT)", true, "80 80 80" },
	{ "$PORTS ${PORT:-1} ${OTHER:-7} ${OTHER}", true, "$PORTS 80 7 ${OTHER}" },
	{ "$ ${ ${} $", true, "$ ${ ${} $" },
	{ "${PORT", true, "${PORT" },
	{ "$$", true, "$$" },
};

static void test_fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fill_cases); i++) {
		_cleanup_buf_ struct buf out = { 0 };

		argument_fill(fill_cases[i].text, fill_cases[i].script, env, NULL, &out);
		check_text(fill_cases[i].text, out.data, fill_cases[i].want);
	}
}

static const char *env_large(const void *data, const char *name, size_t len)
{
	(void)name;
	(void)len;
	return data;
}

/* Many variables with long values do not fill memory, and open brackets no time. */
static void test_bounds(void **state)
{
	_cleanup_buf_ struct buf text = { 0 }, value = { 0 }, out = { 0 };

	(void)state;
	for (int i = 0; i < 4096; i++)
		buf_putc(&value, 'x');
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "$(A)");
	argument_fill(text.data, false, env_large, value.data, &out);
	assert_true(out.len < (2UL << 20) && out.len > (1UL << 20));
	buf_reset(&text);
	buf_reset(&out);
	for (int i = 0; i < 1000000; i++)
		buf_puts(&text, "$(");
	argument_fill(text.data, true, env_large, value.data, &out);
	check_int("kept", (long long)out.len, (long long)text.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),	  cmocka_unit_test(test_long_flags),
		cmocka_unit_test(test_protocols), cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_localhost),
		cmocka_unit_test(test_remote),	  cmocka_unit_test(test_fill),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/checks/manifest/command_word.h"

static void test_words(void **state)
{
	static const struct {
		const char *word;
		bool shell, script_flag, wrapper, client;
		size_t assigns;
	} words[] = {
		{ "sh", true, false, false, false, 0 },
		{ "/bin/bash", true, false, false, false, 0 },
		{ "shx", false, false, false, false, 0 },
		{ "sh/x", false, false, false, false, 0 },
		{ "-c", false, true, false, false, 0 },
		{ "-euxc", false, true, false, false, 0 },
		{ "--c", false, false, false, false, 0 },
		{ "-", false, false, false, false, 0 },
		{ "c", false, false, false, false, 0 },
		{ "exec", false, false, true, false, 0 },
		{ "/sbin/tini", false, false, true, false, 0 },
		{ "10", false, false, true, false, 0 },
		{ "10s", false, false, false, false, 0 },
		{ "ssh", false, false, false, true, 0 },
		{ "/usr/bin/curl", false, false, false, true, 0 },
		{ "sshd", false, false, false, false, 0 },
		{ "A=", false, false, false, false, 1 },
		{ "A_1=b=c", false, false, false, false, 3 },
		{ "1A=b", false, false, false, false, 0 },
		{ "=b", false, false, false, false, 0 },
		{ "--a=b", false, false, false, false, 0 },
		{ "a", false, false, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *word = words[i].word;

		check_int(word, command_word_is_shell(word), words[i].shell);
		check_int(word, command_word_is_script_flag(word), words[i].script_flag);
		check_int(word, command_word_is_wrapper(word), words[i].wrapper);
		check_int(word, command_word_is_client(word), words[i].client);
		check_u64(word, command_word_assigns(word), words[i].assigns);
	}
}

static void test_socat(void **state)
{
	static const struct {
		const char *word;
		uint16_t port; /* 0: none */
		uint8_t proto;
		const char *host;
	} words[] = {
		{ "TCP-LISTEN:80,fork", 80, HP_PROTO_TCP, "" },
		{ "tcp4-listen:80", 80, HP_PROTO_TCP, "" },
		{ "TCP6-L:80,bind=[::1],fork", 80, HP_PROTO_TCP, "[::1]" },
		{ "OPENSSL-LISTEN:443,bind=10.0.0.1", 443, HP_PROTO_TCP, "10.0.0.1" },
		{ "UDP-RECVFROM:53,fork", 53, HP_PROTO_UDP, "" },
		{ "UDP4-RECV:53", 53, HP_PROTO_UDP, "" },
		{ "SCTP-LISTEN:1", 1, HP_PROTO_SCTP, "" },
		{ "TCP:10.0.0.1:80", 0, 0, NULL },
		{ "TCP-CONNECT:80", 0, 0, NULL },
		{ "TCP-LISTEN:http", 0, 0, NULL },
		{ "TCP-LISTEN:0", 0, 0, NULL },
		{ "TCP-LISTEN:", 0, 0, NULL },
		{ "TCP-LISTEN", 0, 0, NULL },
		{ "UNIX-LISTEN:/x", 0, 0, NULL },
		{ "", 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct command_word_socat found = { 0 };
		bool is = command_word_socat(words[i].word, &found);
		_cleanup_free_ char *host = NULL;

		check_int(words[i].word, is ? found.port : 0, words[i].port);
		if (!is)
			continue;
		check_int(words[i].word, found.proto, words[i].proto);
		host = strndup(found.host, found.host_len);
		check_text(words[i].word, host, words[i].host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_socat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

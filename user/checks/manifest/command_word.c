// SPDX-License-Identifier: MIT
#include "command_word.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "../../../bpf/abi.h"
#include "../../base/cleanup.h"
#include "../../base/parse.h"

static bool is_one_of(const char *word, const char *const *names, size_t n)
{
	const char *slash = strrchr(word, '/');

	if (slash)
		word = slash + 1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, names[i]) == 0)
			return true;
	return false;
}

bool command_word_is_shell(const char *word)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash", "ksh", "zsh" };

	return is_one_of(word, shells, ARRAY_LEN(shells));
}

bool command_word_is_script_flag(const char *word)
{
	size_t len = strlen(word);

	return len >= 2 && word[0] == '-' && word[1] != '-' && word[len - 1] == 'c';
}

bool command_word_is_wrapper(const char *word)
{
	static const char *const wrappers[] = {
		"exec",	   "then",	"do",	   "else",	"elif",	  "if",	      "while",
		"until",   "!",		"{",	   "time",	"nohup",  "sudo",     "env",
		"nice",	   "tini",	"timeout", "dumb-init", "export", "readonly", "local",
		"declare", "catatonit", "eval",	   "command",	"ionice",
	};

	return is_one_of(word, wrappers, ARRAY_LEN(wrappers)) ||
	       word[strspn(word, "0123456789")] == '\0';
}

bool command_word_is_client(const char *word)
{
	static const char *const clients[] = {
		"echo",
		"printf",
		"logger",
		"ssh",
		"scp",
		"sftp",
		"curl",
		"wget",
		"grep",
		"egrep",
		"sed",
		"awk",
		"lsof",
		"ss",
		"netstat",
		"chown",
		"chgrp",
		"chmod",
		"install",
		"test",
		"[",
		"[[",
		"kubectl",
		"oc",
		"psql",
		"pg_isready",
		"mysql",
		"mysqladmin",
		"redis-cli",
		"etcdctl",
		"dig",
		"nslookup",
		"ping",
		"iptables",
		"ip6tables",
		"nft",
		"tcpdump",
		"cat",
		"telnet",
		"grpcurl",
		"grpc_health_probe",
		"wait-for-it.sh",
		"cd",
		"mkdir",
		"cp",
		"mv",
		"rm",
	};

	return is_one_of(word, clients, ARRAY_LEN(clients));
}

size_t command_word_assigns(const char *word)
{
	size_t n = 0;

	if (isdigit((unsigned char)word[0]))
		return 0;
	while (isalnum((unsigned char)word[n]) || word[n] == '_')
		n++;
	return word[n] == '=' ? n : 0;
}

/* The rest of a text after a word, in upper or lower case; NULL: it begins otherwise. */
static const char *after(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(text, word, len) == 0 ? text + len : NULL;
}

/* Step over TCP-LISTEN: and the like. */
static const char *after_kind(const char *word, uint8_t *ret_proto)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} protocols[] = {
		{ "tcp", HP_PROTO_TCP },
		{ "openssl", HP_PROTO_TCP },
		{ "udp", HP_PROTO_UDP },
		{ "sctp", HP_PROTO_SCTP },
	};
	static const char *const ways[] = { "-listen:", "-l:", "-recvfrom:", "-recv:" };
	const char *rest, *port;

	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		rest = after(word, protocols[i].name);
		if (!rest)
			continue;
		if (*rest == '4' || *rest == '6')
			rest++;
		for (size_t j = 0; j < ARRAY_LEN(ways); j++) {
			port = after(rest, ways[j]);
			if (!port)
				continue;
			*ret_proto = protocols[i].proto;
			return port;
		}
	}
	return NULL;
}

bool command_word_socat(const char *word, struct command_word_socat *ret)
{
	struct command_word_socat found = { .host = "" };
	const char *port = after_kind(word, &found.proto), *bind;
	uint64_t number;

	if (!port || parse_digits(port, strcspn(port, ","), 1, 65535, &number) < 0)
		return false;
	found.port = (uint16_t)number;
	bind = strstr(port, ",bind=");
	if (bind) {
		found.host = bind + strlen(",bind=");
		found.host_len = strcspn(found.host, ",");
	}
	*ret = found;
	return true;
}

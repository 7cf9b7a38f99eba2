// SPDX-License-Identifier: MIT
/* hostportctl explain: what becomes of a bind, and why. */
#include "verbs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/parse.h"
#include "../policy/explain.h"
#include "../policy/words.h"
#include "offline.h"

struct asked {
	struct node_options node;
	const char *address;
	uint8_t scope;
	bool json;
};

static int set_json(void *ctx, const char *value, struct buf *err)
{
	struct asked *asked = ctx;

	(void)value;
	(void)err;
	asked->json = true;
	return 0;
}

static int set_address(void *ctx, const char *value, struct buf *err)
{
	struct asked *asked = ctx;
	struct in_addr v4;
	struct in6_addr v6;
	uint32_t a[4];

	if (inet_pton(AF_INET, value, &v4) == 1) {
		asked->scope = hp_scope_of4(ntohl(v4.s_addr));
	} else if (inet_pton(AF_INET6, value, &v6) == 1) {
		memcpy(a, &v6, sizeof(a));
		asked->scope = hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
	} else {
		buf_puts(err, "not an IPv4 or IPv6 address");
		return -EINVAL;
	}
	asked->address = value;
	return 0;
}

static const struct option_spec specs[] = {
	NODE_OPTIONS,
	{ "mode", "audit|enforce", "as this mode would decide (enforce)", node_set_mode, false },
	{ "address", "ADDRESS", "bound to this address (0.0.0.0)", set_address, false },
	{ "json", NULL, "one JSON document", set_json, false },
};

static const struct options options = {
	.program = "hostportctl explain",
	.usage = "PORT[/PROTOCOL] [options]",
	.summary = "Tell the row of a port, what the agent would decide, and why."
		   " Needs no agent and no privilege.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int read_port(const char *text, struct hp_query *query)
{
	const char *word;
	int proto;

	if (parse_port_proto(text, &query->port, &word) < 0) {
		log_error("explain: %s: not a port: PORT or PORT/PROTOCOL, such as 9100/tcp", text);
		return EXIT_USAGE;
	}
	proto = word_to_proto(word);
	if (proto < 0) {
		log_error("explain: %s: not a protocol: tcp, udp, udplite or sctp", word);
		return EXIT_USAGE;
	}
	query->proto = (uint8_t)proto;
	return EXIT_OK;
}

static int print(const struct asked *asked, const struct registry *registry,
		 const struct hp_query *query)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(explanation_freep) struct explanation *explanation = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct jsonw w = { .out = &text };
	struct node_facts facts = node_facts(&asked->node);
	struct hp_config config = {
		.mode = asked->node.mode,
		.denies = asked->node.denies,
		.errno_code = EPERM,
	};
	struct explain_input input = {
		.registry = registry,
		.facts = &facts,
		.config = &config,
		.query = *query,
		.address = asked->address,
	};
	int r = policy_build(registry, &facts, &policy);

	input.policy = policy;
	if (r == 0)
		r = explain(&input, &explanation);
	if (r < 0) {
		log_error("explain: %s", strerror(-r));
		return EXIT_SYSTEM;
	}
	if (asked->json)
		explain_json(explanation, &w);
	else
		explain_text(explanation, &text);
	return verb_print(&text);
}

int verb_explain(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	struct asked asked = {
		.node = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.address = "0.0.0.0",
	};
	struct hp_query query = { 0 };
	int operands, status;

	(void)ctl;
	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	if (argc - operands != 1) {
		log_error("explain: one PORT/PROTOCOL is needed: try --help");
		return EXIT_USAGE;
	}
	status = read_port(argv[operands], &query);
	if (status == EXIT_OK)
		status = offline_registry(&asked.node, &registry);
	if (status != EXIT_OK)
		return status;
	query.scope = asked.scope;
	return print(&asked, registry, &query);
}

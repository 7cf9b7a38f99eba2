// SPDX-License-Identifier: MIT
/* hostportctl explain: how a bind would be decided, and why. */
#include "verb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../base/parse.h"
#include "../policy/explain.h"
#include "../registry/words.h"
#include "agent_pod.h"
#include "registry_argument.h"

struct asked {
	struct node_options node;
	const char *address;
	struct pod_ports_query bind; /* its address and scope */
	struct owner_of who;
	char *pod; /* owned; who.namespace_ and who.pod point into it */
	struct agent_pod declares;
	bool json;
};

static void asked_free(struct asked *asked)
{
	free(asked->pod);
	agent_pod_free(&asked->declares);
}

static int parse_address(void *options, const char *value, struct buf *err)
{
	struct asked *asked = options;
	struct pod_ports_query *bind = &asked->bind;
	uint32_t a[4];

	if (inet_pton(AF_INET, value, bind->addr) == 1) {
		bind->family = 4;
		memcpy(a, bind->addr, sizeof(a));
		bind->scope = hp_scope_of4(ntohl(a[0]));
	} else if (inet_pton(AF_INET6, value, bind->addr) == 1) {
		bind->family = 6;
		memcpy(a, bind->addr, sizeof(a));
		bind->scope = hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
	} else {
		buf_puts(err, "not an IPv4 or IPv6 address");
		return -EINVAL;
	}
	asked->address = value;
	return 0;
}

static int parse_pod(void *options, const char *value, struct buf *err)
{
	struct asked *asked = options;
	char *slash;

	free(asked->pod);
	asked->pod = strdup(value);
	if (!asked->pod)
		return -ENOMEM;
	slash = strchr(asked->pod, '/');
	if (!slash || slash == asked->pod || !slash[1] || strchr(slash + 1, '/')) {
		buf_puts(err, "not a pod: NAMESPACE/NAME");
		return -EINVAL;
	}
	*slash = '\0';
	asked->who.namespace_ = asked->pod;
	asked->who.pod = slash + 1;
	return 0;
}

static int parse_exe(void *field, const char *value, struct buf *err)
{
	if (*value == '/') {
		*(const char **)field = value;
		return 0;
	}
	buf_puts(err, "not an absolute path");
	return -EINVAL;
}

static const struct option_spec specs[] = {
	NODE_OPTIONS(struct asked),
	NODE_OPTION_MODE(struct asked, "decide as in this mode (enforce)"),
	{ "address", "ADDRESS", "bound to this address (0.0.0.0)",
	  OPTION_PARSED_WHOLE(parse_address) },
	{ "pod", "NAMESPACE/NAME",
	  "bound by this pod: is it one of the row's owners? Does it declare the port, if an agent"
	  " knows it?",
	  OPTION_PARSED_WHOLE(parse_pod) },
	{ "container", "NAME", "bound by this container of the pod",
	  OPTION_TEXT(struct asked, who.container) },
	{ "unit", "UNIT", "bound by this systemd unit", OPTION_TEXT(struct asked, who.unit) },
	{ "exe", "PATH", "bound by this program", OPTION_PARSED(struct asked, who.exe, parse_exe) },
	{ "json", NULL, "one JSON document, one a line for several ports",
	  OPTION_FLAG(struct asked, json) },
};

static const struct options options = {
	.program = "hostportctl explain",
	.usage = "PORT[/PROTOCOL]... [options]",
	.summary = "Print the registry's row of a port, what the agent would decide, and why."
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

/* What is to be said of the pod, if the agent knows it. */
static uint16_t grants_of(const struct asked *asked, const struct hp_query *query)
{
	struct pod_ports_query bind = asked->bind;

	bind.proto = query->proto;
	bind.port = query->port;
	return agent_pod_lacks(&asked->declares, &bind) ? HP_GRANTS_UNDECLARED : 0;
}

static int put_explanation(const struct explain_input *input, bool json, bool first,
			   struct buf *text)
{
	_cleanup_(explanation_freep) struct explanation *explanation = NULL;
	struct jsonw w = { .out = text };
	int r = explain(input, &explanation);

	if (r < 0)
		return r;
	if (!first)
		buf_putc(text, '\n');
	if (json)
		explain_json(explanation, &w);
	else
		explain_text(explanation, text);
	return 0;
}

static int print(const struct asked *asked, const struct registry *registry,
		 const struct hp_query *queries, size_t len)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_buf_ struct buf text = { 0 };
	struct node_facts facts = node_options_facts(&asked->node);
	struct hp_config config = {
		.mode = asked->node.mode,
		.denies = asked->node.denies,
		.errno_code = EPERM,
	};
	struct explain_input input = {
		.registry = registry,
		.facts = &facts,
		.config = &config,
		.address = asked->address,
		.who = asked->who,
	};
	bool has_who = asked->who.pod || asked->who.container || asked->who.unit || asked->who.exe;
	int r;

	facts.knows_units = facts.knows_pods = has_who;
	r = policy_build(registry, &facts, &policy);
	input.policy = policy;
	for (size_t i = 0; i < len && r == 0; i++) {
		input.query = queries[i];
		input.query.grants = grants_of(asked, &queries[i]);
		r = put_explanation(&input, asked->json, i == 0, &text);
	}
	return r < 0 ? verb_failed("explain", r) : verb_print(&text);
}

static int explain_ports(const struct ctl *ctl, struct asked *asked, char **operands, size_t len)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_free_ struct hp_query *queries = calloc(len ? len : 1, sizeof(*queries));
	int status = EXIT_OK;

	if (!queries)
		return verb_failed("explain", -ENOMEM);
	if (!len) {
		log_error("explain: a PORT/PROTOCOL is needed: try --help");
		return EXIT_USAGE;
	}
	if (asked->who.unit && (asked->who.pod || asked->who.container)) {
		log_error("explain: --unit: a process of a pod has no unit");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < len && status == EXIT_OK; i++) {
		status = read_port(operands[i], &queries[i]);
		queries[i].scope = asked->bind.scope;
	}
	if (status == EXIT_OK && asked->pod &&
	    agent_pod_find(ctl, asked->who.namespace_, asked->who.pod, &asked->declares) < 0)
		status = verb_failed("explain", -ENOMEM);
	if (status == EXIT_OK)
		status = registry_argument_load(&asked->node, &registry);
	return status == EXIT_OK ? print(asked, registry, queries, len) : status;
}

int verb_explain(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(asked_free) struct asked asked = {
		.node = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.address = "0.0.0.0",
		.bind.family = 4,
	};
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	return explain_ports(ctl, &asked, argv + operands, (size_t)(argc - operands));
}

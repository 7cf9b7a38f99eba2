// SPDX-License-Identifier: MIT
/* hostportctl explain: how a bind would be decided, and why. */
#include "verb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/log.h"
#include "../policy/explain.h"
#include "../registry/port_argument.h"
#include "agent_pod.h"
#include "registry_argument.h"

#define BINDS_MAX 1024 /* explained at once */

struct asked {
	struct node_options node;
	const char *address;
	struct pod_ports_query at; /* its address and scope */
	struct owner_of who;
	char *pod; /* owned; who.namespace_ and who.pod point into it */
	struct agent_pod declares;
	bool json;
};

/* A bind() that is asked about. */
struct bind {
	char address[PORT_ARGUMENT_ADDRESS_MAX];
	struct pod_ports_query at;
};

struct binds {
	struct bind *list; /* owned */
	size_t len;
};

static void asked_free(struct asked *asked)
{
	free(asked->pod);
	agent_pod_free(&asked->declares);
}

static void binds_free(struct binds *binds)
{
	free(binds->list);
}

static void set_address(struct pod_ports_query *at, uint8_t family, const uint8_t addr[16])
{
	uint32_t a[4];

	at->family = family;
	memcpy(at->addr, addr, sizeof(at->addr));
	memcpy(a, addr, sizeof(a));
	at->scope = family == 4 ? hp_scope_of4(ntohl(a[0])) :
				  hp_scope_of6(ntohl(a[0]), ntohl(a[1]), ntohl(a[2]), ntohl(a[3]));
}

static int parse_address(void *options, const char *value, struct buf *err)
{
	struct asked *asked = options;
	uint8_t addr[16] = { 0 };
	uint8_t family = inet_pton(AF_INET, value, addr) == 1  ? 4 :
			 inet_pton(AF_INET6, value, addr) == 1 ? 6 :
								 0;

	if (!family) {
		buf_puts(err, "not an IPv4 or IPv6 address");
		return -EINVAL;
	}
	set_address(&asked->at, family, addr);
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
	.usage = "[ADDRESS:]PORT[-LAST][/PROTOCOL]... [options]",
	.summary = "Print the registry's row of a port, what the agent would decide, and why."
		   " Needs no agent and no privilege.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_MIXED_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* Add the ports of an argument; its own address goes before --address. */
static int add_binds(const struct asked *asked, const char *text, struct binds *binds)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct port_argument argument;
	struct bind bind = { .at = asked->at };
	struct bind *list;
	size_t n;

	if (port_argument_parse(text, &argument, &err) < 0) {
		log_error("explain: %s", err.data ? err.data : strerror(ENOMEM));
		return EXIT_USAGE;
	}
	n = (size_t)(argument.last - argument.first) + 1;
	if (n > BINDS_MAX - binds->len) {
		log_error("explain: %s: more than %d ports: ask for fewer", text, BINDS_MAX);
		return EXIT_USAGE;
	}
	list = reallocarray(binds->list, binds->len + n, sizeof(*list));
	if (!list)
		return verb_failed("explain", -ENOMEM);
	binds->list = list;
	if (argument.family)
		set_address(&bind.at, argument.family, argument.addr);
	(void)snprintf(bind.address, sizeof(bind.address), "%s",
		       argument.family ? argument.address : asked->address);
	bind.at.proto = argument.has_proto ? argument.proto : HP_PROTO_TCP;
	for (size_t i = 0; i < n; i++) {
		bind.at.port = (uint16_t)(argument.first + i);
		binds->list[binds->len++] = bind;
	}
	return EXIT_OK;
}

static struct hp_query query_of(const struct asked *asked, const struct bind *bind)
{
	return (struct hp_query) {
		.proto = bind->at.proto,
		.port = bind->at.port,
		.scope = bind->at.scope,
		/* what is to be said of the pod, if the agent knows it */
		.grants = agent_pod_lacks(&asked->declares, &bind->at) ? HP_GRANTS_UNDECLARED : 0,
	};
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
		 const struct binds *binds)
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
		.who = asked->who,
	};
	bool has_who = asked->who.pod || asked->who.container || asked->who.unit || asked->who.exe;
	int r;

	facts.knows_units = facts.knows_pods = has_who;
	r = policy_build(registry, &facts, &policy);
	input.policy = policy;
	for (size_t i = 0; i < binds->len && r == 0; i++) {
		input.query = query_of(asked, &binds->list[i]);
		input.address = binds->list[i].address;
		r = put_explanation(&input, asked->json, i == 0, &text);
	}
	return r < 0 ? verb_failed("explain", r) : verb_print(&text);
}

static int explain_ports(const struct ctl *ctl, struct asked *asked, char **operands, size_t len)
{
	_cleanup_(registry_freep) struct registry *registry = NULL;
	_cleanup_(binds_free) struct binds binds = { 0 };
	int status = EXIT_OK;

	if (!len) {
		log_error("explain: a port is needed, such as 9100/tcp: try --help");
		return EXIT_USAGE;
	}
	if (asked->who.unit && (asked->who.pod || asked->who.container)) {
		log_error("explain: --unit: a process of a pod has no unit");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < len && status == EXIT_OK; i++)
		status = add_binds(asked, operands[i], &binds);
	if (status == EXIT_OK && asked->pod &&
	    agent_pod_find(ctl, asked->who.namespace_, asked->who.pod, &asked->declares) < 0)
		status = verb_failed("explain", -ENOMEM);
	if (status == EXIT_OK)
		status = registry_argument_load(&asked->node, &registry);
	return status == EXIT_OK ? print(asked, registry, &binds) : status;
}

int verb_explain(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(asked_free) struct asked asked = {
		.node = { .mode = HP_MODE_ENFORCE, .denies = POLICY_DENIES_DEFAULT },
		.address = "0.0.0.0",
		.at.family = 4,
	};
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	return explain_ports(ctl, &asked, argv + operands, (size_t)(argc - operands));
}

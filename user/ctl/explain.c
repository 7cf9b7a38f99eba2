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
#include "../registry/words.h"
#include "agent_pod.h"
#include "answer.h"
#include "explain_admit.h"
#include "listener_text.h"
#include "registry_argument.h"

#define BINDS_MAX 1024 /* explained at once */

struct asked {
	struct node_options node;
	const char *address;
	struct pod_ports_query at; /* its address and scope */
	struct owner_of who;
	char *pod; /* owned; who.namespace_ and who.pod point into it */
	struct agent_pod declares;
	struct json *agent;	/* the status of the agent whose registry it is, or NULL */
	struct json *listeners; /* owned, as the status is; NULL: no agent says who holds a port */
	bool json, exit_code;
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
	json_freep(&asked->agent);
	json_freep(&asked->listeners);
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
	NODE_OPTION_MODE(struct asked,
			 "decide as in this mode (the running agent's, else enforce)"),
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
	VERB_OPTION_OUTPUT(struct asked, json),
	{ "json", NULL, "one JSON document, one a line for several ports",
	  OPTION_FLAG(struct asked, json) },
	{ "exit-code", NULL, "exit with 1 if a bind() is a violation",
	  OPTION_FLAG(struct asked, exit_code) },
};

static const struct options options = {
	.program = "hostportctl explain",
	.usage = "[ADDRESS:]PORT[-LAST][/PROTOCOL]... [options]",
	.summary = "Print the registry's row of a port, what the agent would decide, why, who holds"
		   " the port, and what would admit it. Asks the running agent for its registry;"
		   " needs neither an agent nor privileges.",
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

/* ---- who holds it ---------------------------------------------------------------------------- */
static const struct json *next_holder(const struct asked *asked, const struct hp_query *query,
				      size_t *at)
{
	const struct json *list = json_member(asked->listeners, "listeners");

	while (*at < json_len(list)) {
		const struct json *l = json_at(list, (*at)++);

		if (listener_text_is_at(l, word_proto(query->proto), query->port))
			return l;
	}
	return NULL;
}

/* The name of a process that has it; NULL: none is known. */
static const char *holder_name(const struct asked *asked, const struct hp_query *query)
{
	const char *comm = NULL;
	const struct json *l;
	size_t at = 0;

	while (!comm && (l = next_holder(asked, query, &at)))
		comm = json_member_text(l, "comm", NULL);
	return comm;
}

static void put_holders(const struct asked *asked, const struct hp_query *query, struct buf *out)
{
	const struct json *l;
	size_t at = 0, n = 0;

	for (; asked->listeners && (l = next_holder(asked, query, &at)); n++) {
		buf_puts(out, "held by ");
		listener_text_holder(l, out);
		buf_putc(out, '\n');
	}
	if (asked->listeners && !n)
		buf_puts(out, "nobody holds it\n");
}

static void put_holders_json(const struct asked *asked, const struct hp_query *query,
			     struct jsonw *w)
{
	const struct json *l;
	size_t at = 0;

	if (!asked->listeners) {
		jsonw_null(w, "holders");
		return;
	}
	jsonw_array(w, "holders");
	while ((l = next_holder(asked, query, &at))) {
		jsonw_object(w, NULL);
		jsonw_string_opt(w, "address", json_member_text(l, "address", NULL));
		jsonw_string_opt(w, "held_by", json_member_text(l, "held_by", NULL));
		if (json_member_u64(l, "pid", 0))
			jsonw_u64(w, "pid", json_member_u64(l, "pid", 0));
		jsonw_string_opt(w, "comm", json_member_text(l, "comm", NULL));
		jsonw_string_opt(w, "cgroup", json_member_text(l, "cgroup", NULL));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

/* ---- the answer ------------------------------------------------------------------------------ */
static void put_json(const struct asked *asked, const struct explanation *explanation,
		     const char *holder, struct buf *text)
{
	_cleanup_buf_ struct buf admit = { 0 };
	struct jsonw w = { .out = text };

	explain_admit_row(explanation, holder, &admit);
	text->failed |= admit.failed;
	jsonw_object(&w, NULL);
	explain_json_members(explanation, &w);
	jsonw_string(&w, "registry",
		     asked->agent		? "agent" :
		     asked->node.registries_len ? "options" :
						  "builtin");
	put_holders_json(asked, &explanation->input.query, &w);
	if (admit.len)
		jsonw_string(&w, "admit", admit.data);
	else
		jsonw_null(&w, "admit");
	jsonw_object_end(&w);
}

static int put_explanation(const struct asked *asked, const struct explain_input *input,
			   struct buf *text, bool *violation)
{
	_cleanup_(explanation_freep) struct explanation *explanation = NULL;
	const char *holder = holder_name(asked, &input->query);
	int r = explain(input, &explanation);

	if (r < 0)
		return r;
	*violation |= explanation->decision.verdict == HP_VERDICT_AUDITED ||
		      explanation->decision.verdict == HP_VERDICT_DENIED;
	if (text->len)
		buf_putc(text, '\n');
	if (asked->json) {
		put_json(asked, explanation, holder, text);
		return 0;
	}
	explain_text(explanation, text);
	put_holders(asked, &input->query, text);
	explain_admit_text(explanation, holder, text);
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
	bool violation = false;
	int status, r;

	facts.knows_units = facts.knows_pods = has_who;
	r = policy_build(registry, &facts, &policy);
	input.policy = policy;
	for (size_t i = 0; i < binds->len && r == 0; i++) {
		input.query = query_of(asked, &binds->list[i]);
		input.address = binds->list[i].address;
		r = put_explanation(asked, &input, &text, &violation);
	}
	status = r < 0 ? verb_failed("explain", r) : verb_print(&text);
	return status == EXIT_OK && asked->exit_code && violation ? EXIT_FINDINGS : status;
}

static uint32_t classes_of(const struct json *list)
{
	uint32_t classes = 0;

	for (size_t i = 0; i < json_len(list); i++) {
		int cls = word_to_class(json_text(json_at(list, i), ""));

		classes |= cls < 0 ? 0 : 1U << cls;
	}
	return classes;
}

/* What the options leave open is as the agent has it, if its registry is asked; else the defaults.
 */
static void complete(struct node_options *node, const struct json *agent)
{
	int mode = word_to_mode(json_member_text(agent, "mode", ""));
	int role = word_to_role(json_member_text(agent, "role", ""));

	if (!node->denies)
		node->denies = classes_of(json_member(agent, "denies"));
	if (!node->denies)
		node->denies = POLICY_DENIES_DEFAULT;
	if (node->mode == HP_MODE_UNSET)
		node->mode = mode < 0 ? HP_MODE_ENFORCE : (uint32_t)mode;
	if (node->role == REG_ROLE_MAX)
		node->role = role < 0 ? REG_ROLE_ANY : (enum reg_role)role;
	if (!node->platform)
		node->platform = json_member_text(agent, "platform", NULL);
	if (!node->cluster.major)
		(void)reg_version_parse(json_member_text(agent, "cluster_version", ""),
					&node->cluster);
}

/* Ask what an agent knows of it; without one it is not known. */
static int ask_agent(const struct ctl *ctl, struct asked *asked)
{
	_cleanup_buf_ struct buf why = { 0 };

	(void)answer_document(ctl, "listeners", &asked->listeners, &why);
	if (!asked->pod)
		return EXIT_OK;
	return agent_pod_find(ctl, asked->who.namespace_, asked->who.pod, &asked->declares) < 0 ?
		       verb_failed("explain", -ENOMEM) :
		       EXIT_OK;
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
	if (status == EXIT_OK)
		status = ask_agent(ctl, asked);
	if (status == EXIT_OK)
		status = registry_argument_find(ctl, &asked->node, &asked->agent, &registry);
	if (status != EXIT_OK)
		return status;
	complete(&asked->node, asked->agent);
	return print(asked, registry, &binds);
}

int verb_explain(const struct ctl *ctl, int argc, char **argv)
{
	_cleanup_(asked_free) struct asked asked = {
		.node.role = REG_ROLE_MAX, /* not given */
		.address = "0.0.0.0",
		.at.family = 4,
	};
	int operands, status;

	if (verb_parse(&options, &asked, argc, argv, &operands, &status) != 0)
		return status;
	return explain_ports(ctl, &asked, argv + operands, (size_t)(argc - operands));
}

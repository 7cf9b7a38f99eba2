// SPDX-License-Identifier: MIT
/*
 * hostportd-pods: reads this node's pods from the API server, or from the kubelet, for hostportd,
 * which starts it. It is a program of its own so that what the network says is read where no
 * privilege is, and so that an agent without it is as small as it was.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "agent/sandbox.h"
#include "base/log.h"
#include "base/options.h"
#include "base/status.h"
#include "cluster/keeper.h"

struct asked {
	const char *node, *kubeconfig;
	bool kubelet, wants_node;
	const char *kubelet_ca;
	unsigned int fd, every_s;
};

static const struct option_spec specs[] = {
	{ "node", "NAME", "the node whose pods are read", OPTION_TEXT(struct asked, node) },
	{ "read-node", NULL, "read what the node is, too, for --role=auto",
	  OPTION_FLAG(struct asked, wants_node) },
	{ "kubelet", NULL, "ask the node's kubelet, not the API server",
	  OPTION_FLAG(struct asked, kubelet) },
	{ "kubelet-ca", "FILE", "authorities for the kubelet's certificate (the API server's)",
	  OPTION_TEXT(struct asked, kubelet_ca) },
	{ "kubeconfig", "FILE", "where the server is, and as whom to ask it (a pod's own)",
	  OPTION_TEXT(struct asked, kubeconfig) },
	/* tokens live ten minutes or longer, and are renewed after four fifths */
	{ "credentials-every", "SECONDS", "how often credentials are read again (60)",
	  OPTION_UINT(struct asked, every_s, 1, 3600) },
	{ "fd", "NUMBER", "the socket to the agent (0)", OPTION_UINT(struct asked, fd, 0, 1023) },
};

static const struct options options = {
	.program = "hostportd-pods",
	.usage = "[options]",
	.summary = "Read the pods of a node from the API server or the kubelet, for hostportd,"
		   " which starts it.",
	.env = "HOSTPORTD_PODS_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

static int confine(void)
{
	return sandbox_enter(SANDBOX_CLIENT);
}

static int run(const struct asked *asked)
{
	const struct keeper keeper = {
		.kubeconfig = asked->kubeconfig,
		.node = asked->node,
		.kubelet = asked->kubelet,
		.kubelet_ca = asked->kubelet_ca,
		.wants_node = asked->wants_node,
		.fd = (int)asked->fd,
		.every_s = asked->every_s,
		.confine = confine,
	};

	if (!asked->node) {
		log_error("usage: --node is missing: try --help");
		return EXIT_USAGE;
	}
	(void)setpriority(PRIO_PROCESS, 0, 0); /* the agent's is higher */
	return keeper_run(&keeper);
}

int main(int argc, char **argv)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct asked asked = { .every_s = 60 };
	int operands, r;

	log_setup("hostportd-pods", LOG_LEVEL_INFO);
	r = options_parse(&options, &asked, argc, argv, &operands, &out);
	if (r < 0) {
		(void)fprintf(stderr, "%s\n",
			      out.data ? out.data : "hostportd-pods: out of memory");
		return EXIT_USAGE;
	}
	if (r != OPTIONS_OK)
		return out.failed || fputs(out.data, stdout) < 0 ? EXIT_SYSTEM : EXIT_OK;
	return run(&asked);
}

// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../base/parse.h"
#include "../base/suggest.h"
#include "../cluster/access.h"
#include "../registry/words.h"
#include "pod_sources.h"

#define SOCKET_DEFAULT	"/run/hostportd.sock"
#define SWEEP_DEFAULT_S 30
#define SWEEP_MAX_S	86400U

/* The ring is "auto", stored as 0, or a power of two. */
static int parse_ring_size(void *field, const char *value, struct buf *err)
{
	uint64_t bytes = 0;
	int r = 0;

	if (strcmp(value, "auto") != 0)
		r = parse_bytes(value, KERNEL_RING_MIN, KERNEL_RING_MAX, &bytes);
	if (r < 0 || (bytes & (bytes - 1)) != 0) {
		buf_puts(err, "not auto, nor a power of two from 64K to 64M");
		return -EINVAL;
	}
	*(uint32_t *)field = (uint32_t)bytes;
	return 0;
}

static int parse_pin(void *options, const char *value, struct buf *err)
{
	struct config *config = options;
	bool none = strcmp(value, "none") == 0;

	if (!none && value[0] != '/') {
		buf_puts(err, "not an absolute path, or none");
		return -EINVAL;
	}
	config->pin = none ? NULL : value;
	config->pin_given = !none;
	return 0;
}

/* It was a flag once, so its variable still takes what sets one. */
static int parse_reserve_ports(void *field, const char *value, struct buf *err)
{
	static const struct {
		const char *word;
		enum reserve_ports ports;
	} words[] = {
		{ "yes", RESERVE_PORTS_YES },	{ "no", RESERVE_PORTS_NO },
		{ "auto", RESERVE_PORTS_AUTO }, { "1", RESERVE_PORTS_YES },
		{ "0", RESERVE_PORTS_NO },	{ "true", RESERVE_PORTS_YES },
		{ "false", RESERVE_PORTS_NO },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(value, words[i].word) != 0)
			continue;
		*(enum reserve_ports *)field = words[i].ports;
		return 0;
	}
	buf_puts(err, "not yes, no or auto");
	return -EINVAL;
}

static int parse_role(void *options, const char *value, struct buf *err)
{
	struct config *config = options;
	bool is_auto = strcmp(value, "auto") == 0;
	int role = is_auto ? REG_ROLE_ANY : word_to_role(value);

	if (role < 0) {
		buf_puts(err, "not control-plane, worker, any or auto");
		suggest_put(value, words_at, &words_roles, err);
		return -EINVAL;
	}
	config->role_auto = is_auto;
	config->node.role = (enum reg_role)role;
	return 0;
}

static bool has_source(const struct config *config, const char *source)
{
	for (size_t i = 0; i < config->pods_len; i++)
		if (strcmp(config->pods[i], source) == 0)
			return true;
	return false;
}

/* Paths are not looked for here: they may come later. But a mistyped word is no path. */
static int parse_pods(void *options, const char *value, struct buf *err)
{
	struct config *config = options;

	config->pods_given = true;
	if (strcmp(value, "none") == 0) {
		config->pods_len = 0;
		return 0;
	}
	if (has_source(config, value)) {
		buf_puts(err, "given twice");
		return -EINVAL;
	}
	if (strcmp(value, POD_SOURCES_SERVER) != 0 && strcmp(value, POD_SOURCES_KUBELET) != 0 &&
	    !strchr(value, '/') && access(value, F_OK) < 0) {
		buf_puts(err,
			 "not apiserver, kubelet, a file, a directory or none (a path that is not"
			 " there yet has a /)");
		return -EINVAL;
	}
	if (config->pods_len == ARRAY_LEN(config->pods)) {
		buf_printf(err, "more than %zu sources", ARRAY_LEN(config->pods));
		return -EINVAL;
	}
	config->pods[config->pods_len++] = value;
	return 0;
}

static int parse_metrics(void *options, const char *value, struct buf *err)
{
	struct config *config = options;
	bool off = strcmp(value, "off") == 0;

	if (!off && endpoint_parse(value, &config->metrics_at) < 0) {
		buf_puts(err, "not an address with a port, such as 127.0.0.1:9937 or [::]:9937, nor"
			      " off");
		return -EINVAL;
	}
	config->metrics = off ? NULL : value;
	return 0;
}

static const struct option_spec specs[] = {
	NODE_OPTION_MODE(struct config, "log violations, or deny them (audit)"),
	NODE_OPTION_REGISTRY(struct config),
	{ "role", "control-plane|worker|any|auto",
	  "what this node is; rows for another role are inactive; auto: what the API server says of"
	  " the node, its platform and version as well, with --pods=apiserver (any)",
	  OPTION_PARSED_WHOLE(parse_role) },
	NODE_OPTION_PLATFORM(struct config, NODE_PLATFORM_HELP),
	NODE_OPTION_VERSION(struct config, NODE_VERSION_HELP),
	NODE_OPTION_ENFORCE(struct config),
	{ "deny-kernel", NULL, "deny kernel sockets (VXLAN, NFS), too",
	  OPTION_FLAG(struct config, deny_kernel) },
	{ "deny-essential", NULL,
	  "enforce also a registry that denies essential rows, such as sshd's",
	  OPTION_FLAG(struct config, deny_essential) },
	{ "cgroup", "PATH", "the cgroup2 directory to attach to (cgroup2's root)",
	  OPTION_STRING(struct config, cgroup) },
	{ "netns", "PATH", "the network namespace to check (the agent's own)",
	  OPTION_STRING(struct config, netns) },
	{ "errno", "EPERM|EACCES|EADDRINUSE", "what a denied bind() returns (EPERM)",
	  OPTION_WORD(struct config, errno_code, EPERM, EACCES, EADDRINUSE) },
	{ "listen", "auto|fexit|sockops|off",
	  "the hook that reports a listen() without bind() at once; auto: fexit where it loads;"
	  " sockops: costs each TCP connection some time; off: only the sweep finds them (auto)",
	  OPTION_WORD(struct config, listen, KERNEL_LISTEN_AUTO, KERNEL_LISTEN_FEXIT,
		      KERNEL_LISTEN_SOCKOPS, KERNEL_LISTEN_NONE) },
	{ "existing", "report|close",
	  "what to do with listeners from before the start that would be denied: report them, or,"
	  " in enforce mode, close those of TCP (report)",
	  OPTION_WORD(struct config, close_existing, false, true) },
	{ "sweep", "SECONDS",
	  "the time between sweeps of the socket table; 0: only one sweep, at the start (30)",
	  OPTION_UINT(struct config, sweep_s, 0, SWEEP_MAX_S) },
	{ "fold", "SECONDS",
	  "how long repeats of a violation are folded into one line; 0: a line for each, as fast as"
	  " they come (1)",
	  OPTION_SECONDS(struct config, fold_ns, CONFIG_FOLD_MAX_S) },
	{ "ring-size", "auto|BYTES",
	  "the size of the buffer between kernel and agent: a power of two from 64K to 64M (auto: "
	  "by the"
	  " number of CPUs)",
	  OPTION_PARSED(struct config, ring_bytes, parse_ring_size) },
	{ "on-exit", "detach|keep",
	  "keep: the programs stay attached and work without an agent, and the next one takes them"
	  " over (detach in audit mode, keep in enforce mode)",
	  OPTION_WORD(struct config, on_exit, ON_EXIT_DETACH, ON_EXIT_KEEP) },
	{ "reserve-ports", "yes|no|auto",
	  "keep the kernel from giving out registered ports of the ephemeral range, by adding them "
	  "to"
	  " net.ipv4.ip_local_reserved_ports until the agent ends; auto: in enforce mode (auto)",
	  OPTION_PARSED(struct config, reserve_ports, parse_reserve_ports), .bare = "yes" },
	{ "pin", "DIR|none",
	  "where links and maps are pinned, below a bpffs; none: nothing outlives the"
	  " agent (" PINS_DEFAULT ")",
	  OPTION_PARSED_WHOLE(parse_pin) },
	{ "pods", "apiserver|kubelet|FILE|DIR|none",
	  "where the pods of this node are known from: the API server, this node's kubelet, a list"
	  " of pods (PodList), or a directory of static pods (apiserver in a pod that has a token "
	  "for it, else none)",
	  OPTION_PARSED_WHOLE(parse_pods), .repeatable = true },
	{ "unknown-pods", "allow|deny",
	  "what becomes of a bind() by a pod that is not known yet, of a port that is for its "
	  "owners alone, if class owner is denied (allow)",
	  OPTION_WORD(struct config, deny_unknown, false, true) },
	{ "kube-events", "on|off",
	  "also report violations as Kubernetes Events; needs --pods=apiserver (off)",
	  OPTION_WORD(struct config, kube_events, true, false) },
	{ "kubeconfig", "FILE",
	  "where the API server is, and as whom to ask it (a pod's service account); with"
	  " --pods=kubelet, the same of the kubelet",
	  OPTION_TEXT(struct config, kubeconfig) },
	{ "kubelet-ca", "FILE",
	  "authorities for the kubelet's certificate, with --pods=kubelet in a pod (the API"
	  " server's)",
	  OPTION_TEXT(struct config, kubelet_ca) },
	{ "node-name", "NAME", "this node in the cluster ($NODE_NAME, or else the host's name)",
	  OPTION_TEXT(struct config, node_name) },
	{ "socket", "PATH", "the control socket (" SOCKET_DEFAULT ")",
	  OPTION_STRING(struct config, socket) },
	{ "metrics", "ADDRESS:PORT|off",
	  "serve /metrics, /readyz and /healthz by HTTP: at 127.0.0.1:9937, or [::]:9937 for every"
	  " address (off)",
	  OPTION_PARSED_WHOLE(parse_metrics) },
	{ "log", "text|json",
	  "the form of the events on standard output (text on a terminal, else json)",
	  OPTION_WORD(struct config, log_json, false, true) },
};

static const struct options options = {
	.program = "hostportd",
	.usage = "[options]",
	.summary = "Check every bind() of the host's network namespace against the host port"
		   " registry, and log or deny unregistered ports. Each option can also be set"
		   " in the environment: HOSTPORTD_MODE for --mode, and so on.",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_NO_OPERANDS,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

/* Are we in a pod that has credentials for the API server? */
static bool is_in_cluster(void)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");

	return host && *host && access(ACCESS_SERVICE_ACCOUNT "/token", F_OK) == 0;
}

/* What an option needs of the sources. 0, or -EINVAL. */
static int check_pods(const struct config *config, struct buf *out)
{
	bool asks_server = has_source(config, POD_SOURCES_SERVER);
	const char *why = NULL;

	if (asks_server && has_source(config, POD_SOURCES_KUBELET))
		why = "--pods=kubelet: not with --pods=apiserver: only one of them can be asked";
	else if (config->role_auto && !asks_server)
		why = "--role=auto: needs --pods=apiserver, which says what this node is";
	else if (config->kube_events && !asks_server)
		why = "--kube-events=on: needs --pods=apiserver, whose process sends them";
	if (why)
		buf_printf(out, "hostportd: %s", why);
	return why ? -EINVAL : 0;
}

int config_parse(int argc, char **argv, struct config *ret_config, struct buf *out)
{
	struct config config = {
		.node = { .mode = HP_MODE_AUDIT, .denies = POLICY_DENIES_DEFAULT },
		.errno_code = EPERM,
		.socket = SOCKET_DEFAULT,
		.pin = PINS_DEFAULT,
		.sweep_s = SWEEP_DEFAULT_S,
		.fold_ns = KERNEL_FOLD_NS,
		.log_json = -1,
	};
	int operands, r = options_parse(&options, &config, argc, argv, &operands, out);

	if (r == OPTIONS_OK && config.on_exit == ON_EXIT_KEEP && !config.pin) {
		buf_puts(out, "hostportd: --on-exit=keep: nothing can stay with --pin=none");
		r = -EINVAL;
	}
	if (!config.pods_given && is_in_cluster())
		config.pods[config.pods_len++] = POD_SOURCES_SERVER;
	if (r == OPTIONS_OK && check_pods(&config, out) < 0)
		r = -EINVAL;
	if (!config.node_name && getenv("NODE_NAME") && *getenv("NODE_NAME"))
		config.node_name = getenv("NODE_NAME");
	if (config.log_json < 0)
		config.log_json = !isatty(STDOUT_FILENO);
	if (r == OPTIONS_OK)
		*ret_config = config;
	return r;
}

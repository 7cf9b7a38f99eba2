// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../base/parse.h"

#define SOCKET_DEFAULT	"/run/hostportd.sock"
#define SWEEP_DEFAULT_S 30
#define SWEEP_MAX_S	86400U

static int set_deny_kernel(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	(void)value;
	(void)err;
	config->deny_kernel = true;
	return 0;
}

static int set_reserve_ports(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	(void)value;
	(void)err;
	config->reserve_ports = true;
	return 0;
}

static int set_errno(void *ctx, const char *value, struct buf *err)
{
	static const struct {
		const char *name;
		uint32_t code;
	} codes[] = { { "EPERM", EPERM }, { "EACCES", EACCES }, { "EADDRINUSE", EADDRINUSE } };
	struct config *config = ctx;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (strcmp(codes[i].name, value) == 0) {
			config->errno_code = codes[i].code;
			return 0;
		}
	}
	buf_puts(err, "not EPERM, EACCES or EADDRINUSE");
	return -EINVAL;
}

static int set_listen(void *ctx, const char *value, struct buf *err)
{
	static const char *const words[] = {
		[KERNEL_LISTEN_AUTO] = "auto",
		[KERNEL_LISTEN_FEXIT] = "fexit",
		[KERNEL_LISTEN_SOCKOPS] = "sockops",
		[KERNEL_LISTEN_NONE] = "off",
	};
	struct config *config = ctx;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], value) == 0) {
			config->listen = (enum kernel_listen)i;
			return 0;
		}
	}
	buf_puts(err, "not auto, fexit, sockops or off");
	return -EINVAL;
}

static int set_cgroup(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	(void)err;
	config->cgroup = value;
	return 0;
}

static int set_netns(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	(void)err;
	config->netns = value;
	return 0;
}

static int set_socket(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	(void)err;
	config->socket = value;
	return 0;
}

static int set_log(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0) {
		buf_puts(err, "not text or json");
		return -EINVAL;
	}
	config->log_json = strcmp(value, "json") == 0;
	return 0;
}

static int set_existing(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	if (strcmp(value, "report") != 0 && strcmp(value, "close") != 0) {
		buf_puts(err, "not report or close");
		return -EINVAL;
	}
	config->close_existing = strcmp(value, "close") == 0;
	return 0;
}

static int set_sweep(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;
	uint64_t seconds;

	if (parse_u64(value, 0, SWEEP_MAX_S, &seconds) < 0) {
		buf_printf(err, "not a number of seconds up to %u, or 0", SWEEP_MAX_S);
		return -EINVAL;
	}
	config->sweep_s = (unsigned int)seconds;
	return 0;
}

static int set_fold(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	if (parse_seconds(value, CONFIG_FOLD_MAX_S, &config->fold_ns) == 0)
		return 0;
	buf_printf(err, "not a number of seconds up to %llu, such as 0.5, or 0", CONFIG_FOLD_MAX_S);
	return -EINVAL;
}

static int set_ring_size(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;
	uint64_t bytes = 0;
	int r = 0;

	if (strcmp(value, "auto") != 0)
		r = parse_bytes(value, KERNEL_RING_MIN, KERNEL_RING_MAX, &bytes);
	if (r < 0 || (bytes & (bytes - 1)) != 0) {
		buf_puts(err, "not auto, nor a power of two from 64K to 64M");
		return -EINVAL;
	}
	config->ring_bytes = (uint32_t)bytes;
	return 0;
}

static int set_on_exit(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;

	if (strcmp(value, "detach") != 0 && strcmp(value, "keep") != 0) {
		buf_puts(err, "not detach or keep");
		return -EINVAL;
	}
	config->on_exit = strcmp(value, "keep") == 0 ? ON_EXIT_KEEP : ON_EXIT_DETACH;
	return 0;
}

static int set_pin(void *ctx, const char *value, struct buf *err)
{
	struct config *config = ctx;
	bool none = strcmp(value, "none") == 0;

	if (!none && value[0] != '/') {
		buf_puts(err, "not an absolute path, or none");
		return -EINVAL;
	}
	config->pin = none ? NULL : value;
	config->pin_given = !none;
	return 0;
}

static const struct option_spec specs[] = {
	{ "mode", "audit|enforce", "log violations, or deny them (audit)", node_set_mode, false },
	NODE_OPTIONS,
	{ "deny-kernel", NULL, "deny kernel sockets (VXLAN, NFS), too", set_deny_kernel, false },
	{ "cgroup", "PATH", "the cgroup2 directory to attach to (cgroup2's root)", set_cgroup,
	  false },
	{ "netns", "PATH", "the network namespace to check (the agent's own)", set_netns, false },
	{ "errno", "EPERM|EACCES|EADDRINUSE", "what a denied bind() returns (EPERM)", set_errno,
	  false },
	{ "listen", "auto|fexit|sockops|off",
	  "the hook that tells of listen() without bind() at once; auto: fexit where it loads,"
	  " sockops costs each TCP connection some time, off: the sweep finds them (auto)",
	  set_listen, false },
	{ "existing", "report|close",
	  "listeners there before that would be denied (report); close: TCP ones are closed, in "
	  "enforce mode",
	  set_existing, false },
	{ "sweep", "SECONDS",
	  "how often the socket table is compared with what the programs saw; 0: at the start only "
	  "(30)",
	  set_sweep, false },
	{ "fold", "SECONDS",
	  "how long repeats of a violation are folded into one line; 0: a line for each, as fast as"
	  " they come (1)",
	  set_fold, false },
	{ "ring-size", "auto|BYTES",
	  "of the buffer between kernel and agent: a power of two from 64K to 64M (auto: by the"
	  " number of CPUs)",
	  set_ring_size, false },
	{ "on-exit", "detach|keep",
	  "keep: the programs stay attached and work without an agent, and the next one takes them"
	  " over (detach in audit mode, keep in enforce mode)",
	  set_on_exit, false },
	{ "reserve-ports", NULL,
	  "keep registered ports of the ephemeral range from being handed out, by adding them to"
	  " net.ipv4.ip_local_reserved_ports until the agent ends",
	  set_reserve_ports, false },
	{ "pin", "DIR|none",
	  "where links and maps are pinned, below a bpffs; none: nothing outlives the"
	  " agent (" PINS_DEFAULT ")",
	  set_pin, false },
	{ "socket", "PATH", "the control socket (" SOCKET_DEFAULT ")", set_socket, false },
	{ "log", "text|json",
	  "the form of the events on standard output (text on a terminal, else json)", set_log,
	  false },
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

	if (r == OPTIONS_HELP)
		options_help(&options, out);
	else if (r == OPTIONS_VERSION)
		buf_puts(out, "hostportd " HOSTPORTD_VERSION "\n");
	if (r == OPTIONS_OK && config.on_exit == ON_EXIT_KEEP && !config.pin) {
		buf_puts(out, "hostportd: --on-exit=keep: nothing can stay with --pin=none");
		r = -EINVAL;
	}
	if (config.log_json < 0)
		config.log_json = !isatty(STDOUT_FILENO);
	if (r == OPTIONS_OK)
		*ret_config = config;
	return r;
}

// SPDX-License-Identifier: MIT
/* hostportctl: the agent's client, and the offline tools. */
#include <string.h>

#include "base/log.h"
#include "base/standard_files.h"
#include "base/terminal.h"
#include "coverage/way.h"
#include "ctl/client.h"
#include "ctl/verb.h"

static const struct verb verbs[] = {
	{ "tail", verb_tail, "violations as they happen" },
	{ "status", verb_status, "what the agent does, and whether it is effective" },
	{ "listeners", verb_listeners, "open ports: whose each is, and whether it is allowed" },
	{ "top", verb_top, "listeners and violations by workload, live" },
	{ "pods", verb_pods, "the pods of this node that the agent knows, and their ports" },
	{ "selftest", verb_selftest, "prove now that the hooks are effective" },
	{ "detach", verb_detach, "end all checking and remove the pins, with an agent or without" },
	{ "reload", verb_reload, "make the agent read its registry again" },
	{ "mode", verb_mode, "switch to audit or enforce; shows first what would be denied" },
	{ "explain", verb_explain, "the row of a port, the decision, why, and who holds the port" },
	{ "wait", verb_wait, "until a port is free, or somebody has it" },
	{ "learn", verb_learn, "exceptions for reported violations, to review and commit" },
	{ "registry", verb_registry, "show, lint, import, export, diff, next (offline)" },
	{ "check", verb_check, "Kubernetes manifests against the registry (offline)" },
	{ "bugreport", verb_bugreport, "what the agent knows, as a tar archive of JSON documents" },
	{ "coverage", verb_coverage, "ways of taking a port: which are seen, which denied (root)" },
};

static const struct option_spec specs[] = {
	{ "socket", "PATH", "the agent's control socket (" SOCKET_DEFAULT ", or the unit's)",
	  OPTION_STRING(struct ctl, socket) },
};

static const struct options options = {
	.program = "hostportctl",
	.usage = "[--socket=PATH] VERB [options]",
	.env = "HOSTPORTD_",
	.operands = OPTIONS_STOP_AT_OPERAND,
	.specs = specs,
	.len = ARRAY_LEN(specs),
};

int main(int argc, char **argv)
{
	struct ctl ctl = { .socket = client_pick_socket(SOCKET_DEFAULT, SOCKET_OF_UNIT) };

	standard_files_open();
	/* `coverage` runs this program once more as a subject */
	if (argc > 1 && strcmp(argv[1], SUBJECT_EXEC_ARG) == 0)
		return subject_exec_main(argc, argv);
	terminal_use_utf8();
	log_setup("hostportctl", LOG_LEVEL_INFO);
	return verb_run(&options, verbs, ARRAY_LEN(verbs), &ctl, argc, argv);
}

// SPDX-License-Identifier: MIT
#include "lint_rules.h"

#include "../../base/cleanup.h"

static const struct rule items[] = {
	[LINT_OUTSIDE_DOCUMENTED_RANGE] = {
		.id = "outside-documented-range",
		.severity = SEVERITY_WARNING,
		.requirement = "R2",
		.summary = "An entry for external addresses lies in no documented range",
		.help = "Firewalls are set up by the documented ranges, so that the port may not "
			"be reached, or be reached on some clusters only. Take a port inside a "
			"documented range of the entry's protocol, or document the port as a "
			"range. Not asked where no layer documents a range.",
	},
	[LINT_LOCALHOST_IN_RANGE] = {
		.id = "localhost-in-range",
		.severity = SEVERITY_WARNING,
		.requirement = "R4",
		.summary = "An entry for localhost only lies in a documented range",
		.help = "Documented ranges are open between machines: if the process is bound to "
			"another address one day, it is reached from outside. Take a port outside "
			"of all of them.",
	},
	[LINT_IN_EPHEMERAL_RANGE] = {
		.id = "in-ephemeral-range",
		.severity = SEVERITY_WARNING,
		.summary = "An entry lies among the ports that the kernel hands out",
		.help = "Any process can be given the port for a connection of its own before the "
			"one that it is registered for takes it. Take a port below 32768, or "
			"reserve it with net.ipv4.ip_local_reserved_ports (hostportd "
			"--reserve-ports does that).",
	},
	[LINT_IN_NODEPORT_RANGE] = {
		.id = "in-nodeport-range",
		.severity = SEVERITY_WARNING,
		.summary = "An entry lies among the node ports of Services",
		.help = "A Service can be given the same port, and its traffic then goes to one "
			"of the two. Take a port outside of 30000-32767.",
	},
	[LINT_NOTES_CONTRADICT_COLUMNS] = {
		.id = "notes-contradict-columns",
		.severity = SEVERITY_WARNING,
		.summary = "Notes and columns of a row contradict each other",
		.help = "Programs read the columns, people the notes: correct the one that is "
			"wrong. The rule looks for \"control plane only\", \"localhost only\" and "
			"\"baremetal only\" in notes, and for a control_plane cell that differs "
			"from the role.",
	},
	[LINT_OVERLAP] = {
		.id = "overlap",
		.severity = SEVERITY_WARNING,
		.summary = "Two entries name a port, and both can hold on one node",
		.help = "The most permissive one decides. If only one of them is for localhost, "
			"it limits nothing; if both name owners, the owners of either may bind. "
			"Drop the one that does not hold, or give each a role or platforms of its "
			"own.",
	},
	[LINT_REUSED_AFTER_RETIREMENT] = {
		.id = "reused-after-retirement",
		.severity = SEVERITY_WARNING,
		.summary = "A port is registered and previously allocated as well",
		.help = "Clusters of the version that still used it, and firewalls that were "
			"opened for it, give the new process what was meant for the old one. Take "
			"another port, or, once no such cluster is left, drop the retired row.",
	},
	[LINT_TRANSPOSED_DIGITS] = {
		.id = "transposed-digits",
		.severity = SEVERITY_WARNING,
		.summary = "Two entries that otherwise agree have ports that differ by exchanged "
			   "digits",
		.help = "One of them may be a typing error, such as 9545 for 9454: same protocol, "
			"scope, role, process and application. Drop the wrong one with its "
			"reason.",
	},
	[LINT_OWNER_NEVER_MATCHES] = {
		.id = "owner-never-matches",
		.severity = SEVERITY_WARNING,
		.summary = "An owner matches no workload",
		.help = "It has a name that Kubernetes or systemd does not allow, or a path that "
			"the kernel never shows, and so lets nothing through. In a glob, only * "
			"stands for other characters.",
	},
	[LINT_EXPIRED_EXCEPTION] = {
		.id = "expired-exception",
		.severity = SEVERITY_ERROR,
		.summary = "An exception has ended",
		.help = "It lets nothing through any more. Remove it, or set a later day and give "
			"in its reason what is still to be done.",
	},
	[LINT_EXCEPTION_WITHOUT_EFFECT] = {
		.id = "exception-without-effect",
		.severity = SEVERITY_WARNING,
		.summary = "An exception is for a violation that cannot occur with these layers",
		.help = "An example is class unregistered for a port that is registered; no "
			"exception is possible for class ephemeral. Remove it, or name the class "
			"that occurs.",
	},
	[LINT_UNUSED_ACCEPT] = {
		.id = "unused-accept",
		.severity = SEVERITY_WARNING,
		.summary = "An accept accepts nothing",
		.help = "Its finding was corrected, is accepted already, or never was at this "
			"place. Remove it, so that it does not hide the next finding. It cannot "
			"be accepted itself.",
	},
	[LINT_UNKNOWN_RULE] = {
		.id = "unknown-rule",
		.severity = SEVERITY_ERROR,
		.summary = "An accept names a rule that does not exist",
		.help = "It accepts nothing. The rules are those of this table. It cannot be "
			"accepted itself.",
	},
	[LINT_UNKNOWN_LAYER] = {
		.id = "unknown-layer",
		.severity = SEVERITY_NOTE,
		.summary = "An accept names a layer that is not below it",
		.help = "It accepts nothing in this registry. That is fine for a file that is "
			"checked without the layers below it. It cannot be accepted itself.",
	},
	[LINT_CLIENT_OVER_ENTRY] = {
		.id = "client-over-entry",
		.severity = SEVERITY_NOTE,
		.summary = "Source ports of a client are registered as well",
		.help = "The client may take such a port before the process that it is registered "
			"for. Leave the port out of the client's row, or configure the program to "
			"avoid it.",
	},
	[LINT_TWO_PROTOCOLS] = {
		.id = "two-protocols",
		.severity = SEVERITY_NOTE,
		.summary = "A process has the same port in two protocols",
		.help = "That is fine if it speaks both, as DNS does; otherwise one of the rows "
			"is in the wrong table.",
	},
	[LINT_UNSORTED] = {
		.id = "unsorted",
		.severity = SEVERITY_NOTE,
		.summary = "A row stands after one of a higher port in the same table",
		.help = "Readers look for a port where it belongs, and add it a second time.",
	},
	[LINT_MISSING_TEAM] = {
		.id = "missing-team",
		.severity = SEVERITY_NOTE,
		.summary = "Entries name no team",
		.help = "Questions about them reach no team.",
	},
	[LINT_MISSING_SINCE] = {
		.id = "missing-since",
		.severity = SEVERITY_NOTE,
		.summary = "Entries do not say since which version they hold",
		.help = "They are taken to hold in every version.",
	},
	[LINT_UNCLEAR_NOTES] = {
		.id = "unclear-notes",
		.severity = SEVERITY_NOTE,
		.summary = "Notes have no words in them, such as \"?\"",
		.help = "Nobody knows what the port is for. Say it, or leave the notes out.",
	},
};
_Static_assert(ARRAY_LEN(items) == LINT_RULE_MAX, "an item for each rule");

static const struct rules rules = { items, ARRAY_LEN(items) };

const struct rules *lint_rules(void)
{
	return &rules;
}

const struct rule *lint_rule(enum lint_rule rule)
{
	return &items[rule];
}

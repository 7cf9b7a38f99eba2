// SPDX-License-Identifier: MIT
#include "explain_admit.h"

#include "../formats/layer_yaml.h"

#define SITE_LAYER "/etc/hostportd/registry/10-site.yaml"

static bool is_violation(const struct explanation *e)
{
	return e->decision.cls != HP_CLASS_NONE && e->decision.verdict != HP_VERDICT_EXCEPTED;
}

/* The casts: a row's texts are not const, and are only read here. */
static bool owner_of_who(const struct owner_of *who, struct reg_owner *ret_owner)
{
	struct reg_owner owner = { 0 };

	if (who->unit && *who->unit)
		owner.unit = (char *)who->unit;
	else if (who->pod || who->container)
		owner = (struct reg_owner) {
			.namespace_ = (char *)who->namespace_,
			.pod = (char *)who->pod,
			.container = (char *)who->container,
		};
	else if (who->exe && *who->exe)
		owner.exe = (char *)who->exe;
	else
		return false;
	*ret_owner = owner;
	return true;
}

void explain_admit_row(const struct explanation *e, const char *process, struct buf *out)
{
	const struct hp_query *query = &e->input.query;
	struct reg_owner owner;
	struct reg_row row = {
		.kind = REG_ENTRY,
		.first = query->port,
		.last = query->port,
		.proto = query->proto,
		.scope = query->scope,
		.process = (char *)(process ? process : "NAME"),
	};

	if (!is_violation(e) || e->decision.cls == HP_CLASS_UNDECLARED ||
	    e->decision.cls == HP_CLASS_EPHEMERAL)
		return;
	if (e->decision.cls == HP_CLASS_OWNER) {
		if (!owner_of_who(&e->input.who, &owner))
			return;
		row.owners = &owner;
		row.owners_len = 1;
	}
	row_yaml_item(&row, out);
}

void explain_admit_text(const struct explanation *e, const char *process, struct buf *out)
{
	_cleanup_buf_ struct buf row = { 0 };

	if (!is_violation(e))
		return;
	explain_admit_row(e, process, &row);
	out->failed |= row.failed;
	if (row.len) {
		buf_puts(out, "to allow it, put this row under `entries:` of a layer of the site's"
			      " own, such as\n" SITE_LAYER ", and run `hostportctl reload`:\n");
		buf_add(out, row.data, row.len);
		buf_putc(out, '\n');
	} else if (e->decision.cls == HP_CLASS_UNDECLARED) {
		buf_puts(out, "to allow it, declare the port in the pod's specification, as"
			      " containerPort or hostPort\n");
	} else if (e->decision.cls == HP_CLASS_OWNER) {
		buf_puts(out, "to allow it, add an entry with this owner: name it with --unit,"
			      " --pod or --exe to see the row\n");
	}
}

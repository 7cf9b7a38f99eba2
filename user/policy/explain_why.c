// SPDX-License-Identifier: MIT
#include "explain_why.h"

#include "resolve.h"
#include "../registry/words.h"

void explain_why_name(const struct reg_layer *layer, const struct reg_row *row, struct buf *out)
{
	buf_printf(out, "%s %s ", layer->name, word_proto(row->proto));
	reg_ports_put(row->first, row->last, out);
	if (row->process)
		buf_printf(out, " (%s)", row->process);
}

static void put_cluster(const struct node_facts *facts, struct buf *out)
{
	if (facts->cluster.major || facts->cluster.minor)
		buf_printf(out, "this cluster is %u.%u", facts->cluster.major,
			   facts->cluster.minor);
	else
		buf_puts(out, "the cluster's version is not stated");
}

static void put_retired(const struct explain_input *in, const struct reg_row *row, struct buf *out)
{
	buf_printf(out, "was removed in %u.%u, and ", row->removed.major, row->removed.minor);
	put_cluster(in->facts, out);
}

/* In the order in which policy_row_class() checks. */
static void put_inactive(const struct explain_input *in, const struct reg_row *row, struct buf *out)
{
	const struct node_facts *facts = in->facts;

	if ((facts->cluster.major || facts->cluster.minor) &&
	    reg_version_compare(facts->cluster, row->since) < 0) {
		buf_printf(out, "exists since %u.%u, and ", row->since.major, row->since.minor);
		put_cluster(facts, out);
		return;
	}
	if (row->role != REG_ROLE_ANY && facts->role != REG_ROLE_ANY && row->role != facts->role) {
		buf_printf(out, "is for %s nodes, and this is a %s node", word_role(row->role),
			   word_role(facts->role));
		return;
	}
	buf_puts(out, "is for platform ");
	for (size_t i = 0; i < row->platforms_len; i++)
		buf_printf(out, "%s%s", i ? ", " : "", row->platforms[i]);
	buf_printf(out, ", and this is %s", facts->platform ? facts->platform : "unknown");
}

static void put_address(const struct explain_input *in, struct buf *out)
{
	if (in->address)
		buf_puts(out, in->address);
	else
		buf_puts(out, in->query.scope == HP_SCOPE_LOCALHOST ? "a loopback address" :
								      "an external address");
}

/* How an entry or a retired row answers a query: the end of "row R ...". */
static void put_class(const struct explain_input *in, const struct reg_row *row, uint8_t cls,
		      struct buf *out)
{
	switch (cls) {
	case HP_CLASS_RETIRED:
		put_retired(in, row, out);
		break;
	case HP_CLASS_INACTIVE:
		put_inactive(in, row, out);
		break;
	case HP_CLASS_SCOPE:
		buf_puts(out, "is for localhost only, and ");
		put_address(in, out);
		buf_puts(out, " is not loopback");
		break;
	case HP_CLASS_OWNER:
		buf_puts(out, "is for its owners alone");
		break;
	default:
		if (row->kind == REG_CLIENT) {
			buf_puts(out, "is for its owners alone, to send from");
			break;
		}
		buf_puts(out, row->scope == HP_SCOPE_LOCALHOST ? "allows it on loopback" :
								 "allows it on any address");
		if (row->owners_len && owner_of_row(row, &in->who) == OWNER_NOT_ASKED)
			buf_puts(out, " to its owners");
	}
}

static void put_exception(const struct explain_input *in, const struct reg_row *row,
			  struct buf *out)
{
	buf_printf(out, "is an exception for class %s until %s", word_class(row->cls),
		   row->until_text ? row->until_text : "a day that is not stated");
	if (row->cls == HP_CLASS_EPHEMERAL)
		buf_puts(out,
			 ", which never applies: at bind() the kernel has not chosen the port yet");
	else if (!resolve_exception_holds(row, in->facts))
		buf_puts(out, ", which has ended");
	else if (row->owners_len)
		buf_puts(out, ", for its owners alone");
}

/* The process, and whether it is one of the row's owners. */
static void put_owner_answer(const struct explain_input *in, const struct reg_row *row,
			     struct buf *out)
{
	const struct owner_of *who = &in->who;
	enum owner_answer answer = owner_of_row(row, who);

	if (answer == OWNER_NOT_ASKED)
		return;
	buf_puts(out, "; ");
	if (who->namespace_ || who->pod)
		buf_printf(out, "%s/%s", who->namespace_ ? who->namespace_ : "?",
			   who->pod ? who->pod : "?");
	if (who->container)
		buf_printf(out, " (%s)", who->container);
	if (who->unit)
		buf_puts(out, who->unit);
	if (who->exe)
		buf_printf(out, "%s%s", who->namespace_ || who->pod || who->unit ? " " : "",
			   who->exe);
	buf_puts(out,
		 answer == OWNER_YES ? " is one of its owners" :
		 answer == OWNER_NO  ? " is not one of its owners" :
				       " may be one of its owners, depending on what is not given");
}

static void put_row_reason(const struct explain_input *in, const struct reg_row *row,
			   struct buf *out)
{
	uint8_t cls = policy_row_class(row, in->facts);

	if (row->dropped) {
		buf_puts(out, "was dropped by a later layer");
		return;
	}
	switch (row->kind) {
	case REG_ENTRY:
	case REG_RETIRED:
		cls = resolve_class(row, cls, in->query.scope);
		if (cls == HP_CLASS_NONE && resolve_is_owned(row, in->facts) &&
		    owner_of_row(row, &in->who) == OWNER_NO)
			cls = HP_CLASS_OWNER;
		put_class(in, row, cls, out);
		break;
	case REG_CLIENT:
		put_class(in, row, cls, out);
		break;
	case REG_RANGE:
		buf_puts(out, "is a documented range, which has no effect");
		break;
	case REG_DROP:
		buf_printf(out, "drops earlier rows: %s", row->reason ? row->reason : "");
		break;
	default:
		put_exception(in, row, out);
	}
}

void explain_why_row(const struct explain_input *in, const struct reg_row *row, struct buf *out)
{
	put_row_reason(in, row, out);
	put_owner_answer(in, row, out);
}

static void put_verdict(const struct explanation *e, const struct explain_row *exception,
			struct buf *out)
{
	const struct hp_config *config = e->input.config;

	switch (e->decision.verdict) {
	case HP_VERDICT_DENIED:
		buf_puts(out, "; denied");
		break;
	case HP_VERDICT_EXCEPTED:
		buf_puts(out, "; an exception lets it through");
		if (exception)
			buf_printf(out, " until %s (%s:%u)", exception->row->until_text,
				   exception->layer->path, exception->row->line);
		break;
	case HP_VERDICT_AUDITED:
		if (config->mode != HP_MODE_ENFORCE)
			buf_puts(out, "; audit mode only reports it");
		else if (!(config->denies & 1U << e->decision.cls))
			buf_printf(out, "; class %s is not denied here, only reported",
				   word_class(e->decision.cls));
		else if (e->decision.cls == HP_CLASS_UNDECLARED)
			buf_puts(out, "; an essential row is only reported");
		else
			buf_puts(out, "; a kernel socket is only reported");
		break;
	default:
		if (config->mode == HP_MODE_UNSET)
			buf_puts(out, "; no policy is in force yet");
	}
}

void explain_why_decision(const struct explanation *e, const struct explain_row *exception,
			  struct buf *out)
{
	const struct hp_query *q = &e->input.query;

	if (e->decision.cls == HP_CLASS_EPHEMERAL) {
		buf_puts(out, "port 0 lets the kernel choose");
		if (e->decision.verdict == HP_VERDICT_ALLOWED)
			buf_puts(out, ", which is only counted");
	} else if (e->entry) {
		buf_puts(out, "row ");
		explain_why_name(e->entry_layer, e->entry, out);
		buf_putc(out, ' ');
		put_class(&e->input, e->entry, e->decision.cls, out);
		put_owner_answer(&e->input, e->entry, out);
		if (e->decision.cls == HP_CLASS_UNDECLARED)
			buf_puts(out, "; the pod does not declare the port");
	} else {
		buf_printf(out, "no row names %s %u", word_proto(q->proto), q->port);
	}
	put_verdict(e, exception, out);
}

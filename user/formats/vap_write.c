// SPDX-License-Identifier: MIT
#include "vap_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../policy/resolve.h"
#include "../registry/words.h"
#include "export_rows.h"
#include "vap_asset.h"
#include "yaml_scalar.h"

/* Bytes of a ConfigMap; and of a value, for which matches() takes a third of what it may. */
#define DATA_MAX (1UL << 20)
#define WHO_MAX	 (32UL << 10)

#define ANYBODY	 ".*"

/* The protocols that a pod can name, as it spells them. */
static const char *pod_proto(uint8_t proto)
{
	switch (proto) {
	case HP_PROTO_TCP:
		return "TCP";
	case HP_PROTO_UDP:
		return "UDP";
	case HP_PROTO_SCTP:
		return "SCTP";
	default:
		return NULL;
	}
}

/* What decides: the rows of a node, and the classes of which a port may not be. */
struct allowed {
	const struct policy *policy;
	uint32_t denies; /* bits 1 << class; not that of HP_CLASS_NONE */
};

/* ---- who may take a port -------------------------------------------------------------------- */
/* A glob as a regular expression of a part of NAMESPACE/POD/CONTAINER; NULL is any. */
static void put_glob(const char *glob, struct buf *out)
{
	for (glob = glob ? glob : "*"; *glob; glob++) {
		if (*glob == '*') {
			buf_puts(out, "[^/]*");
			continue;
		}
		if (strchr("\\.+?()|[]{}^$", *glob))
			buf_putc(out, '\\');
		buf_putc(out, *glob);
	}
}

/* A pod is no unit; which programs it runs is not known yet. */
static void put_owner(const struct reg_owner *owner, struct buf *out)
{
	if (owner->unit)
		return;
	if (out->len)
		buf_putc(out, '|');
	if (owner->exe) {
		buf_puts(out, ANYBODY);
		return;
	}
	put_glob(owner->namespace_, out);
	buf_putc(out, '/');
	put_glob(owner->pod, out);
	buf_putc(out, '/');
	put_glob(owner->container, out);
}

/*
 * Who may take a port at an address of a scope, as a regular expression that matches
 * NAMESPACE/POD/CONTAINER as a whole; nothing: no pod may. It is what hp_decide() answers for
 * each of them.
 */
static void put_who(const struct allowed *allowed, const struct policy_row *at, uint8_t scope,
		    struct buf *out)
{
	const struct hp_query q = { .proto = at->key.proto, .port = at->key.port, .scope = scope };
	uint8_t cls = hp_classify(&at->row, &q);
	uint32_t wanted = 1U << cls | HP_GRANTS_CLIENT |
			  (scope == HP_SCOPE_LOCALHOST ? HP_GRANTS_LOCALHOST : HP_GRANTS_EXTERNAL);

	if (!(allowed->denies & 1U << cls) || at->row.excepted & 1U << cls) {
		buf_puts(out, ANYBODY);
		return;
	}
	for (size_t i = 0; at->row.owners && i < allowed->policy->owned.rows_len; i++) {
		const struct owned_row *owned = &allowed->policy->owned.rows[i];
		const struct reg_row *row = owned->row;

		if (row->proto != q.proto || q.port < row->first || q.port > row->last ||
		    !(owned->grants & wanted))
			continue;
		for (size_t j = 0; j < row->owners_len; j++)
			put_owner(&row->owners[j], out);
	}
}

/* ---- the ConfigMap --------------------------------------------------------------------------- */
/* Who may take a port, by scope; ports side by side often have the same. */
struct who {
	const struct policy_row *of; /* or NULL: nothing was found out yet */
	struct buf text[HP_SCOPE_MAX];
};

static void who_done(struct who *who)
{
	for (size_t i = 0; i < HP_SCOPE_MAX; i++)
		buf_free(&who->text[i]);
}

static bool is_same(const struct policy_row *a, const struct policy_row *b)
{
	return a->key.proto == b->key.proto && a->row.owners == b->row.owners &&
	       a->row.excepted == b->row.excepted &&
	       memcmp(a->row.cls, b->row.cls, sizeof(a->row.cls)) == 0;
}

static void find_who(const struct allowed *allowed, const struct policy_row *at, struct who *who)
{
	if (who->of && is_same(who->of, at))
		return;
	for (uint8_t scope = 0; scope < HP_SCOPE_MAX; scope++) {
		buf_reset(&who->text[scope]);
		put_who(allowed, at, scope, &who->text[scope]);
	}
	who->of = at;
}

/* A line begins where the slot of the lines stands, with two blanks before it. */
static void put_line(const struct policy_row *at, const char *suffix, const struct buf *who,
		     struct buf *out)
{
	buf_printf(out, "%s%s-%" PRIu16 "%s: ", out->len ? "\n  " : "", pod_proto(at->key.proto),
		   at->key.port, suffix);
	yaml_scalar(who->data, out);
}

/* What may be taken at any address may be taken on loopback, and has one line. */
static void put_port(const struct policy_row *at, const struct who *who, struct buf *out)
{
	const struct buf *external = &who->text[HP_SCOPE_EXTERNAL];
	const struct buf *localhost = &who->text[HP_SCOPE_LOCALHOST];

	if (external->len)
		put_line(at, "", external, out);
	if (localhost->len && !buf_same(external, localhost))
		put_line(at, "-localhost", localhost, out);
}

static int put_ports(const struct allowed *allowed, struct buf *out, struct buf *said)
{
	_cleanup_(who_done) struct who who = { 0 };

	for (size_t i = 0; i < allowed->policy->len; i++) {
		const struct policy_row *at = &allowed->policy->rows[i];

		if (!pod_proto(at->key.proto))
			continue;
		find_who(allowed, at, &who);
		for (size_t scope = 0; scope < HP_SCOPE_MAX; scope++) {
			if (who.text[scope].failed)
				return -ENOMEM;
			if (who.text[scope].len <= WHO_MAX)
				continue;
			buf_printf(said,
				   "the owners of %s %" PRIu16 " are more than an expression may "
				   "look through, %lu bytes\n",
				   word_proto(at->key.proto), at->key.port, WHO_MAX);
			return -EINVAL;
		}
		put_port(at, &who, out);
	}
	return 0;
}

static int put_data(const struct allowed *allowed, struct buf *out, struct buf *said)
{
	int r = put_ports(allowed, out, said);

	if (r < 0)
		return r;
	if (out->failed)
		return -ENOMEM;
	if (out->len == 0) {
		buf_puts(said, "no port is registered for pods: all host ports would be refused\n");
		return -EINVAL;
	}
	if (out->len > DATA_MAX) {
		buf_printf(said, "%zu bytes of ports are more than a ConfigMap holds, %lu\n",
			   out->len, DATA_MAX);
		return -EINVAL;
	}
	return 0;
}

/* ---- the documents --------------------------------------------------------------------------- */
static void say_exceptions(const struct registry *registry, const struct node_facts *facts,
			   struct buf *said)
{
	const struct reg_row *row, *first = NULL;
	struct export_rows rows = { .registry = registry };
	size_t n = 0;

	while ((row = export_rows_next(&rows, NULL))) {
		if (!resolve_exception_holds(row, facts))
			continue;
		n++;
		if (!first || reg_date_compare(row->until, first->until) < 0)
			first = row;
	}
	if (first)
		buf_printf(said,
			   "exceptions, the first until %s, after which to export again: %zu\n",
			   first->until_text ? first->until_text : "?", n);
}

static void put_head(const struct export_job *job, struct buf *out)
{
	buf_puts(out, "# Host ports that pods may declare, of the host port registry's layers");
	export_put_layers(job->registry, out);
	buf_puts(out, ".\n# ");
	export_put_node(job->facts, out);
	buf_puts(out, ".\n");
}

/* As a scalar: a name may look like a number. */
static void put_name(const struct export_job *job, struct buf *out)
{
	_cleanup_buf_ struct buf name = { 0 };

	buf_puts(&name, job->name ? job->name : "host-port-registry");
	if (!job->name && job->facts->role != REG_ROLE_ANY)
		buf_printf(&name, "-%s", word_role(job->facts->role));
	out->failed |= name.failed;
	if (!name.failed)
		yaml_scalar(name.data, out);
}

struct slot {
	const char *name, *text;
};

/* A text with its slots filled. */
static void put_filled(const char *text, const struct slot *slots, size_t len, struct buf *out)
{
	const char *at, *name;

	for (; (at = strstr(text, "${")); text = strchr(name, '}') + 1) {
		buf_add(out, text, (size_t)(at - text));
		name = at + strlen("${");
		for (size_t i = 0; i < len; i++)
			if (strncmp(name, slots[i].name, strcspn(name, "}")) == 0)
				buf_puts(out, slots[i].text);
	}
	buf_puts(out, text);
}

int vap_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_buf_ struct buf data = { 0 }, name = { 0 };
	struct allowed allowed = { .denies = job->denies ? job->denies : POLICY_DENIES_DEFAULT };
	struct node_facts facts = *job->facts;
	int r;

	if (!(allowed.denies & 1U << HP_CLASS_UNREGISTERED)) {
		buf_puts(said, "class unregistered can't be left out: ports without a row are "
			       "always refused\n");
		return -EINVAL;
	}
	facts.knows_pods = facts.knows_units = true; /* a pod says who it is */
	r = policy_build(job->registry, &facts, &policy);
	if (r < 0)
		return r;
	allowed.policy = policy;
	r = put_data(&allowed, &data, said);
	if (r < 0)
		return r;
	put_name(job, &name);
	if (name.failed)
		return -ENOMEM;
	say_exceptions(job->registry, &facts, said);
	put_head(job, out);
	put_filled(vap_asset,
		   (const struct slot[]) {
			   { "NAME", name.data },
			   { "ROLE", word_role(facts.role) },
			   { "DATA", data.data },
		   },
		   3, out);
	return out->failed || said->failed ? -ENOMEM : 0;
}

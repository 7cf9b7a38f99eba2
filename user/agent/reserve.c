// SPDX-License-Identifier: MIT
#include "reserve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../base/log.h"
#include "../kernel/sockets/ephemeral.h"

#define LIST_LOG_MAX	240   /* bytes of a list of ports in a message */
#define LIST_STATUS_MAX 16384 /* in the status document */

/* values of add_error besides the system's */
#define ERROR_NOT_ASKED 1
#define ERROR_TOO_MANY	2

static bool is_denied(const struct policy_row *r, const struct hp_config *config)
{
	for (uint8_t scope = 0; scope < HP_SCOPE_MAX; scope++) {
		const struct hp_query query = {
			.proto = r->key.proto,
			.scope = scope,
			.port = r->key.port,
			.chosen = true,
		};

		if (hp_decide(config, &r->row, &query).verdict == HP_VERDICT_DENIED)
			return true;
	}
	return false;
}

void reserve_denied(const struct reserve_facts *facts, struct portset *ret_ports)
{
	struct portset ports = { 0 };

	for (size_t i = 0; i < facts->policy->len; i++) {
		const struct policy_row *r = &facts->policy->rows[i];
		uint16_t port = r->key.port;

		/* of other protocols the kernel gives no refused port back */
		if (r->key.proto < HP_BITMAP_PROTOS && port >= facts->first &&
		    port <= facts->last && !portset_has(facts->reserved, port) &&
		    is_denied(r, facts->config))
			portset_add(&ports, port);
	}
	*ret_ports = ports;
}

/* Do the ports leave too few to connect from? More than half of what others have not reserved. */
static bool are_too_many(const struct reserve_facts *facts, const struct portset *ports,
			 const struct portset *foreign)
{
	struct portset range = { 0 };

	portset_add_range(&range, facts->first, facts->last);
	portset_subtract(&range, foreign);
	return portset_count(ports) > portset_count(&range) / 2;
}

/* The registered ports; if they are too many, those that enforcement would deny; or none. */
static void choose_ports(const struct reserve_facts *facts, const struct portset *foreign,
			 struct reserve_plan *plan, struct portset *want)
{
	struct hp_config enforcing = *facts->config;
	struct reserve_facts without_ours = *facts;

	*want = plan->registered;
	portset_subtract(want, foreign);
	plan->too_many = are_too_many(facts, want, foreign);
	if (!plan->too_many)
		return;
	enforcing.mode = HP_MODE_ENFORCE;
	without_ours.config = &enforcing;
	without_ours.reserved = foreign;
	reserve_denied(&without_ours, want);
	if (are_too_many(facts, want, foreign))
		*want = (struct portset) { 0 };
}

void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan)
{
	struct reserve_plan plan = { .ours = *facts->ours };
	struct portset foreign = *facts->reserved, want = { 0 };

	policy_registered(facts->policy, facts->first, facts->last, &plan.registered);
	portset_intersect(&plan.ours, facts->reserved);
	portset_subtract(&foreign, &plan.ours);
	if (facts->asked)
		choose_ports(facts, &foreign, &plan, &want);
	plan.add = want;
	portset_subtract(&plan.add, facts->reserved);
	plan.out = plan.ours;
	portset_subtract(&plan.out, &want);
	*ret_plan = plan;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void log_ports(const char *what, const struct portset *ports)
{
	_cleanup_buf_ struct buf list = { 0 };
	size_t n = portset_count(ports);

	portset_put(ports, LIST_LOG_MAX, &list);
	log_info("%zu port%s %s: %s", n, plural(n), what, list.data ? list.data : "");
}

/* What to do by hand. */
static void put_sysctl(struct buf *out, const struct portset *ports, const struct portset *reserved)
{
	_cleanup_buf_ struct buf list = { 0 };
	struct portset all = *reserved;

	portset_unite(&all, ports);
	portset_put(&all, SIZE_MAX, &list);
	if (list.len <= LIST_LOG_MAX)
		buf_printf(out, "set " EPHEMERAL_RESERVED_NAME "=%s", list.data ? list.data : "");
	else
		buf_puts(out, "add them to " EPHEMERAL_RESERVED_NAME);
}

static void put_remedy(struct buf *out, const struct reserve *r, int error,
		       const struct portset *reserved)
{
	if (error == ERROR_TOO_MANY) {
		buf_puts(out,
			 "--reserve-ports does not reserve more than half of the ports that are"
			 " left there: register fewer, or move the range with"
			 " net.ipv4.ip_local_port_range");
		return;
	}
	if (error == ERROR_NOT_ASKED)
		buf_puts(out, "use --reserve-ports, or ");
	else
		buf_printf(out, "--reserve-ports can't change that: %s: ", strerror(-error));
	put_sysctl(out, &r->unreserved, reserved);
}

/* How often a bind() to port 0 fails. */
static void put_failing(struct buf *out, const struct portset *failing, size_t choices)
{
	size_t n = portset_count(failing);

	if (!n)
		return;
	buf_printf(out,
		   "a bind() to port 0 fails for %zu of the %zu ports of the kernel's choice: ", n,
		   choices);
}

static void warn_unreserved(const struct reserve *r, int error, const struct portset *reserved)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t n = portset_count(&r->unreserved);

	buf_printf(&text, "%zu registered port%s of the ephemeral range %u-%u not reserved: ", n,
		   plural(n), r->first, r->last);
	portset_put(&r->unreserved, LIST_LOG_MAX, &text);
	buf_puts(&text,
		 ": the kernel may give them to any process: bind(0), and listen() or connect()"
		 " without bind(), take them unseen: ");
	put_failing(&text, &r->failing, r->choices);
	put_remedy(&text, r, error, reserved);
	log_warning("%s", text.data ? text.data : "");
}

/* Note on disk which ports are ours: before they are added, after they are removed. */
static int write_note(struct reserve *r, const struct portset *ports)
{
	struct reserve_note note = r->note;
	int error = 0;

	if (portset_contains(&note.ports, ports) && portset_contains(ports, &note.ports))
		return 0;
	note.ports = *ports;
	if (portset_count(ports))
		error = reserve_note_write(r->path, &note);
	else if (unlink(r->path) < 0 && errno != ENOENT)
		error = -errno;
	if (error == 0)
		r->note = note;
	return error;
}

static int add_ports(struct reserve *r, const struct reserve_plan *plan, struct portset *reserved)
{
	struct portset ours = r->ours;
	int error;

	if (!portset_count(&plan->add))
		return plan->too_many ? ERROR_TOO_MANY : r->asked ? 0 : ERROR_NOT_ASKED;
	portset_unite(&ours, &plan->add);
	error = write_note(r, &ours);
	if (error < 0 && error != r->note_error)
		log_warning("%s: %s: no port is reserved without this note", r->path,
			    strerror(-error));
	r->note_error = error;
	if (error == 0)
		error = ephemeral_reserve(r->netns, &plan->add);
	if (error < 0)
		return error;
	r->ours = ours;
	portset_unite(reserved, &plan->add);
	log_ports("added to " EPHEMERAL_RESERVED_NAME, &plan->add);
	return plan->too_many ? ERROR_TOO_MANY : 0;
}

static void remove_ports(struct reserve *r, const struct portset *out, struct portset *reserved)
{
	int error = 0;

	if (portset_count(out))
		error = ephemeral_release(r->netns, out);
	if (error < 0 && error != r->out_error)
		log_warning(EPHEMERAL_RESERVED_NAME ": ports that an agent added stay in it: %s",
			    strerror(-error));
	r->out_error = error;
	if (error < 0 || !portset_count(out))
		return;
	portset_subtract(&r->ours, out);
	portset_subtract(reserved, out);
	log_ports("removed from " EPHEMERAL_RESERVED_NAME, out);
}

static int read_sysctls(struct reserve *r, struct portset *reserved)
{
	int error = ephemeral_range(r->netns, &r->first, &r->last);

	if (error == 0)
		error = ephemeral_reserved(r->netns, reserved);
	if (error < 0 && error != r->unread)
		log_warning(
			"net.ipv4.ip_local_port_range and ip_local_reserved_ports: %s: can't tell"
			" whether the kernel gives out registered ports",
			strerror(-error));
	r->unread = error;
	return error;
}

static bool is_asked(const struct reserve *r, const struct hp_config *config)
{
	return r->when == RESERVE_PORTS_YES ||
	       (r->when == RESERVE_PORTS_AUTO && config->mode == HP_MODE_ENFORCE);
}

static struct reserve_facts facts_of(const struct reserve *r, const struct policy *policy,
				     const struct hp_config *config, const struct portset *reserved)
{
	return (struct reserve_facts) {
		.policy = policy,
		.config = config,
		.first = r->first,
		.last = r->last,
		.reserved = reserved,
		.ours = &r->ours,
		.asked = r->asked,
	};
}

/* What stands there now, and what to do about it. 0, or a negative errno. */
static int look(struct reserve *r, const struct policy *policy, const struct hp_config *config,
		struct portset *reserved, struct reserve_plan *ret_plan)
{
	struct reserve_facts facts;
	int error = read_sysctls(r, reserved);

	if (error < 0)
		return error;
	r->asked = is_asked(r, config);
	facts = facts_of(r, policy, config, reserved);
	reserve_plan(&facts, ret_plan);
	r->ours = ret_plan->ours;
	return 0;
}

void reserve_ahead(struct reserve *r, const struct policy *policy, const struct hp_config *config)
{
	struct reserve_plan plan;
	struct portset reserved;

	if (is_asked(r, config) && look(r, policy, config, &reserved, &plan) == 0)
		(void)add_ports(r, &plan, &reserved); /* a refresh says what is wrong */
}

static void find_failing(struct reserve *r, const struct policy *policy,
			 const struct hp_config *config, const struct portset *reserved)
{
	const struct reserve_facts facts = facts_of(r, policy, config, reserved);

	r->failing = (struct portset) { 0 };
	if (r->can_refuse)
		reserve_denied(&facts, &r->failing);
	r->choices =
		(size_t)(r->last - r->first) + 1 - portset_count_range(reserved, r->first, r->last);
}

static void warn_low_range(struct reserve *r)
{
	bool is_news = r->first != r->low_first;

	r->low_first = r->first;
	if (r->first >= RESERVE_LOW || !is_news)
		return;
	log_warning("net.ipv4.ip_local_port_range %u-%u reaches below %u, where services have"
		    " their ports: the kernel may give such a port to any process, and that is"
		    " no violation unless a row names the port",
		    r->first, r->last, RESERVE_LOW);
}

void reserve_refresh(struct reserve *r, const struct policy *policy, const struct hp_config *config)
{
	struct portset reserved, unreserved, failed = r->failing;
	struct reserve_plan plan;
	int error;

	if (look(r, policy, config, &reserved, &plan) < 0)
		return;
	r->registered = plan.registered;
	error = add_ports(r, &plan, &reserved);
	remove_ports(r, &plan.out, &reserved);
	(void)write_note(r, &r->ours); /* an older note names too many ports, which is harmless */
	unreserved = plan.registered;
	portset_subtract(&unreserved, &reserved);
	find_failing(r, policy, config, &reserved);
	warn_low_range(r);
	if (portset_count(&unreserved) &&
	    (error != r->add_error || !portset_contains(&r->unreserved, &unreserved) ||
	     !portset_contains(&failed, &r->failing))) {
		r->unreserved = unreserved;
		warn_unreserved(r, error, &reserved);
	}
	r->unreserved = unreserved;
	r->add_error = error;
}

/* Why the ports can't be reserved: 0, ERROR_… or a negative errno. */
static int why_not(const struct reserve *r, const struct reserve_plan *plan, bool asked)
{
	if (!asked)
		return ERROR_NOT_ASKED;
	return plan->too_many ? ERROR_TOO_MANY : ephemeral_can_reserve(r->netns);
}

void reserve_put_chance(const struct reserve *r, const struct policy *policy,
			const struct hp_config *config, struct buf *out)
{
	struct portset reserved, failing;
	struct reserve_facts facts = facts_of(r, policy, config, &reserved);
	struct reserve_plan plan;
	int error;

	if (!r->path || !r->can_refuse || ephemeral_reserved(r->netns, &reserved) < 0)
		return;
	facts.asked = is_asked(r, config);
	reserve_plan(&facts, &plan);
	error = why_not(r, &plan, facts.asked);
	if (error == 0)
		portset_unite(&reserved, &plan.add);
	reserve_denied(&facts, &failing);
	if (!portset_count(&failing))
		return;
	put_failing(out, &failing,
		    (size_t)(r->last - r->first) + 1 -
			    portset_count_range(&reserved, r->first, r->last));
	portset_put(&failing, LIST_LOG_MAX, out);
	buf_puts(out, error == ERROR_NOT_ASKED ? ": see --reserve-ports" :
		      error == ERROR_TOO_MANY  ? ": too many to reserve" :
						 ": they can't be reserved: ");
	if (error < 0)
		buf_puts(out, strerror(-error));
}

/*
 * Is a note about this network namespace, since this boot? If the namespace is
 * another one, append why not; a note from before the boot has no meaning any more.
 */
static bool is_ours(const struct reserve *r, const struct reserve_note *found, struct buf *why)
{
	if (!reserve_note_is_current(found))
		return false;
	if (reserve_note_is_about(found, r->netns))
		return true;
	buf_puts(why,
		 "is about another network namespace, where an agent left these ports reserved: ");
	portset_put(&found->ports, LIST_LOG_MAX, why);
	return false;
}

/* Adopt the note of an agent that could not remove its ports. */
static void adopt_note(struct reserve *r)
{
	_cleanup_buf_ struct buf why = { 0 };
	struct reserve_note found;
	int error = reserve_note_read(r->path, &why, &found);

	if (error == -ENOENT)
		return;
	if (error == 0 && is_ours(r, &found, &why)) {
		r->note = found;
		r->ours = found.ports;
		return;
	}
	if (why.len)
		log_warning("%s: %s: ignored and replaced", r->path, why.data);
	(void)unlink(r->path);
}

int reserve_start(struct reserve *r, const struct netns *netns, const char *socket,
		  enum reserve_ports when)
{
	_cleanup_buf_ struct buf path = { 0 };

	buf_printf(&path, "%s" RESERVE_NOTE_SUFFIX, socket);
	*r = (struct reserve) {
		.netns = netns,
		.when = when,
		.path = buf_take(&path),
		.note = { .netns_cookie = netns->cookie, .netns_inum = netns->inum },
	};
	if (!r->path)
		return -ENOMEM;
	reserve_note_boot(r->note.boot);
	adopt_note(r);
	return 0;
}

void reserve_stop(struct reserve *r)
{
	struct portset reserved, out;
	int error;

	if (!r->path)
		return;
	error = portset_count(&r->ours) ? read_sysctls(r, &reserved) : 0;
	if (error == 0 && portset_count(&r->ours)) {
		portset_intersect(&r->ours, &reserved);
		out = r->ours;
		remove_ports(r, &out, &reserved);
	}
	(void)write_note(r, &r->ours);
	reserve_leave(r);
}

void reserve_leave(struct reserve *r)
{
	free(r->path);
	r->path = NULL;
}

static void put_list(struct jsonw *w, const char *key, const struct portset *ports)
{
	_cleanup_buf_ struct buf list = { 0 };

	portset_put(ports, LIST_STATUS_MAX, &list);
	jsonw_string(w, key, list.data ? list.data : "");
}

void reserve_status(const struct reserve *r, struct jsonw *w)
{
	jsonw_object(w, "ephemeral");
	jsonw_u64(w, "first", r->first);
	jsonw_u64(w, "last", r->last);
	put_list(w, "registered", &r->registered);
	put_list(w, "unreserved", &r->unreserved);
	put_list(w, "reserved_by_us", &r->ours);
	put_list(w, "failing", &r->failing);
	jsonw_u64(w, "choices", r->choices);
	jsonw_bool(w, "low", r->first < RESERVE_LOW);
	if (r->unread)
		jsonw_string(w, "error", strerror(-r->unread));
	else
		jsonw_null(w, "error");
	jsonw_object_end(w);
}

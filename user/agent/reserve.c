// SPDX-License-Identifier: MIT
#include "reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../base/log.h"
#include "../kernel/sockets/ephemeral.h"

#define LIST_LOG_MAX	240   /* bytes of a list of ports in a message */
#define LIST_STATUS_MAX 16384 /* in the status document */

/* values of add_error besides the system's */
#define ERROR_NOT_ASKED 1
#define ERROR_TOO_MANY	2

void reserve_plan(const struct reserve_facts *facts, struct reserve_plan *ret_plan)
{
	struct reserve_plan plan = { .ours = *facts->ours };
	struct portset foreign = *facts->reserved, want = { 0 }, range = { 0 };

	policy_registered(facts->policy, facts->first, facts->last, &plan.registered);
	portset_intersect(&plan.ours, facts->reserved);
	portset_subtract(&foreign, &plan.ours);
	if (facts->asked) {
		want = plan.registered;
		portset_subtract(&want, &foreign);
		portset_add_range(&range, facts->first, facts->last);
		portset_subtract(&range, &foreign);
		plan.too_many = portset_count(&want) > portset_count(&range) / 2;
	}
	if (plan.too_many)
		want = (struct portset) { 0 };
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

static void read_boot(char *boot)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (f && fread(boot, 1, RESERVE_BOOT_LEN, f) != RESERVE_BOOT_LEN)
		boot[0] = '\0';
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
	if (error < 0 && error != r->add_error)
		log_warning("%s: %s: no port is reserved without this note", r->path,
			    strerror(-error));
	if (error == 0)
		error = ephemeral_reserve(r->netns, &plan->add);
	if (error < 0)
		return error;
	r->ours = ours;
	portset_unite(reserved, &plan->add);
	log_ports("added to " EPHEMERAL_RESERVED_NAME, &plan->add);
	return 0;
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

static int read_facts(struct reserve *r, struct portset *reserved)
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

void reserve_refresh(struct reserve *r, const struct policy *policy)
{
	struct portset reserved, unreserved;
	struct reserve_plan plan;
	struct reserve_facts facts = {
		.policy = policy,
		.reserved = &reserved,
		.ours = &r->ours,
		.asked = r->asked,
	};
	int error;

	if (read_facts(r, &reserved) < 0)
		return;
	facts.first = r->first;
	facts.last = r->last;
	reserve_plan(&facts, &plan);
	r->registered = plan.registered;
	r->ours = plan.ours;
	error = add_ports(r, &plan, &reserved);
	remove_ports(r, &plan.out, &reserved);
	(void)write_note(r, &r->ours); /* an older note names too many ports, which is harmless */
	unreserved = plan.registered;
	portset_subtract(&unreserved, &reserved);
	if (portset_count(&unreserved) &&
	    (error != r->add_error || !portset_contains(&r->unreserved, &unreserved))) {
		r->unreserved = unreserved;
		warn_unreserved(r, error, &reserved);
	}
	r->unreserved = unreserved;
	r->add_error = error;
}

/*
 * Is a note about this network namespace, since this boot? If the namespace is
 * another one, append why not; a note from before the boot has no meaning any more.
 */
static bool is_ours(const struct reserve *r, const struct reserve_note *found, struct buf *why)
{
	if (strcmp(found->boot, r->note.boot) != 0)
		return false;
	if (found->netns_cookie == r->note.netns_cookie && found->netns_inum == r->note.netns_inum)
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

int reserve_start(struct reserve *r, const struct netns *netns, const struct policy *policy,
		  const char *socket, bool asked)
{
	_cleanup_buf_ struct buf path = { 0 };

	buf_printf(&path, "%s.reserved", socket);
	*r = (struct reserve) {
		.netns = netns,
		.asked = asked,
		.path = buf_take(&path),
		.note = { .netns_cookie = netns->cookie, .netns_inum = netns->inum },
	};
	if (!r->path)
		return -ENOMEM;
	read_boot(r->note.boot);
	adopt_note(r);
	reserve_refresh(r, policy);
	return 0;
}

void reserve_stop(struct reserve *r)
{
	struct portset reserved, out;
	int error;

	if (!r->path)
		return;
	error = portset_count(&r->ours) ? read_facts(r, &reserved) : 0;
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
	if (r->unread)
		jsonw_string(w, "error", strerror(-r->unread));
	jsonw_object_end(w);
}

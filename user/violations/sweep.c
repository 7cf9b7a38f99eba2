// SPDX-License-Identifier: MIT
/*
 * The socket table, compared with what the hooks saw. It shows what they can't
 * see: sockets from before the agent or of other cgroups, and listen() without
 * bind().
 *
 * A socket may be in the table a moment before its record is in the ring, so
 * the ring is read once more before anything is told.
 */
#include "sweep.h"

#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../registry/words.h"
#include "../kernel/sockets/ephemeral.h"
#include "../kernel/sockets/sockdiag.h"
#include "../stream/accounts.h"
#include "../stream/deliver.h"
#include "../stream/describe.h"
#include "../stream/drain.h"

/* Reasons not to close a socket; each is said once. */
enum unclosed {
	UNCLOSED_DATAGRAM,
	UNCLOSED_PROTOCOL,
	UNCLOSED_NO_PROCESS,
	UNCLOSED_MPTCP,
	UNCLOSED_KERNEL,
	UNCLOSED_LOST,
	UNCLOSED_OTHER,
	UNCLOSED_MAX,
};

static const char *const unclosed_words[] = {
	[UNCLOSED_DATAGRAM] = "a bound UDP socket can't be closed by the kernel's interface",
	[UNCLOSED_PROTOCOL] = "only TCP listeners can be closed",
	[UNCLOSED_NO_PROCESS] = "no process has it: it may be the kernel's (see --deny-kernel)",
	[UNCLOSED_MPTCP] = "the kernel does not close listeners of MPTCP",
	[UNCLOSED_KERNEL] = "the kernel was built without CONFIG_INET_DIAG_DESTROY",
	[UNCLOSED_LOST] = "it can't be told from others of its port, or has just gone",
	[UNCLOSED_OTHER] = "the kernel refused",
};
_Static_assert(ARRAY_LEN(unclosed_words) == UNCLOSED_MAX, "words for each reason");

static struct reported_socket to_reported(const struct receivers_socket *s, uint8_t cls)
{
	return (struct reported_socket) {
		.cookie = s->socket.cookie,
		.cgroup_id = s->socket.cgroup_id,
		.proto = s->socket.proto,
		.cls = cls,
		.port = s->socket.port,
	};
}

void sweep_remember(struct sweep *sweep, const struct hp_event *record)
{
	struct reported_socket v = {
		.cookie = record->cookie,
		.cgroup_id = record->cgroup_id,
		.proto = record->key.proto,
		.cls = record->key.cls,
		.port = record->key.port,
	};

	/* what was denied holds no port: if its socket gets the port in another way, that is news
	 */
	if (record->key.verdict == HP_VERDICT_DENIED)
		return;
	if (record->hook == HP_HOOK_SWEEP)
		reported_sockets_add_swept(sweep->reported, &v);
	else
		reported_sockets_add_hooked(sweep->reported, &v);
}

/* Did a bind() name its port? The socket knows best; a hook may have seen it. */
static uint8_t was_asked_for(const struct sweep *sweep, const struct receivers_socket *s)
{
	struct reported_socket v = to_reported(s, HP_CLASS_UNREGISTERED);

	if (s->asked != HP_ASKED_UNKNOWN)
		return s->asked;
	return reported_sockets_has(sweep->reported, &v) ? HP_ASKED_YES : HP_ASKED_UNKNOWN;
}

struct hp_decision sweep_judge(const struct sweep *sweep, const struct hp_config *config,
			       const struct receivers_socket *s, bool is_kernel)
{
	struct receiver_facts facts = {
		.asked = was_asked_for(sweep, s),
		.kernel = is_kernel,
	};

	return receiver_decide(sweep->in_force->policy, config, &sweep->range, &s->socket, facts);
}

void sweep_decide(const struct sweep *sweep, struct receivers_socket *s, bool is_kernel)
{
	s->decision = sweep_judge(sweep, &sweep->in_force->decision, s, is_kernel);
}

/* A socket as a record of the kernel: how = existing, without a time. */
static void make_record(const struct sweep *sweep, const struct receivers_socket *s,
			struct hp_event *ret_record)
{
	*ret_record = (struct hp_event) {
		.cgroup_id = s->socket.cgroup_id,
		.key = {
			.port = s->socket.port,
			.proto = s->socket.proto,
			.cls = s->decision.cls,
			.verdict = s->decision.verdict,
			.how = HP_HOW_EXISTING,
		},
		.uid = s->socket.uid,
		.pid = s->pid,
		.row = s->decision.row,
		.policy_generation = sweep->in_force->decision.generation,
		.family = s->socket.family,
		.hook = HP_HOOK_SWEEP,
		.cookie = s->socket.cookie,
		.mode = (uint8_t)sweep->in_force->decision.mode,
		.kernel_thread = s->socket.inode == 0,
	};
	memcpy(ret_record->addr, s->socket.addr, sizeof(ret_record->addr));
	memcpy(ret_record->comm, s->comm, sizeof(ret_record->comm));
}

static bool closing(const struct sweep *sweep)
{
	return sweep->close_existing && sweep->in_force->decision.mode == HP_MODE_ENFORCE;
}

/* Is it news? What is to be closed is, until it has been tried with this very socket. */
static bool is_fresh(const struct sweep *sweep, const struct receivers_socket *s)
{
	struct reported_socket v = to_reported(s, s->decision.cls);

	if (closing(sweep) && s->decision.verdict == HP_VERDICT_DENIED &&
	    s->socket.proto == HP_PROTO_TCP)
		return !reported_sockets_has_cookie(sweep->unclosed, &v);
	return !reported_sockets_has(sweep->reported, &v);
}

/*
 * Who chose a port without a row is seen only when the socket's process is looked
 * for. That is done once for a socket: a node may have many clients.
 */
static bool is_open_question(const struct sweep *sweep, const struct receivers_socket *s,
			     bool looked)
{
	struct reported_socket v = to_reported(s, HP_CLASS_EPHEMERAL);

	if (s->decision.cls != HP_CLASS_EPHEMERAL ||
	    reported_sockets_has_cookie(sweep->reported, &v))
		return false;
	if (looked)
		reported_sockets_add_swept(sweep->reported, &v);
	return !looked;
}

/* Keep what is a violation and news, or may be; what is known stays so. */
static void sift(struct sweep *sweep, struct receivers *receivers, bool looked, bool named)
{
	size_t len = 0;

	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];
		struct reported_socket v;

		sweep_decide(sweep, s, named && !s->pid);
		if (!receiver_violates(s->decision)) {
			if (is_open_question(sweep, s, looked))
				receivers->list[len++] = *s;
			continue;
		}
		v = to_reported(s, s->decision.cls);
		reported_sockets_keep(sweep->reported, &v);
		if (is_fresh(sweep, s))
			receivers->list[len++] = *s;
	}
	receivers->len = len;
}

static void say_unclosed(struct sweep *sweep, const struct receivers_socket *s, enum unclosed why)
{
	if (sweep->said_unclosed & 1U << why)
		return;
	sweep->said_unclosed |= 1U << why;
	log_warning("--existing=close: %s %u stays open: %s", word_proto(s->socket.proto),
		    s->socket.port, unclosed_words[why]);
}

static enum unclosed why_unclosed(int error)
{
	switch (error) {
	case -EINVAL:
		return UNCLOSED_MPTCP;
	case -EOPNOTSUPP:
		return UNCLOSED_KERNEL;
	case -ENOENT:
		return UNCLOSED_LOST;
	default:
		return UNCLOSED_OTHER;
	}
}

/* True: it was closed. Else why not has been said. */
static bool close_socket(struct sweep *sweep, const struct receivers_socket *s)
{
	enum unclosed why;
	int r;

	if (s->socket.proto == HP_PROTO_UDP || s->socket.proto == HP_PROTO_UDPLITE) {
		why = UNCLOSED_DATAGRAM;
	} else if (s->socket.proto != HP_PROTO_TCP) {
		why = UNCLOSED_PROTOCOL;
	} else if (!s->pid && !sweep->deny_kernel) {
		why = UNCLOSED_NO_PROCESS;
	} else {
		r = sockdiag_close(sweep->netns, &s->socket);
		if (r == 0)
			return true;
		why = why_unclosed(r);
	}
	say_unclosed(sweep, s, why);
	return false;
}

/* What would be denied stands in the table, so it was not: unless it is closed now. */
static void enforce(struct sweep *sweep, struct receivers_socket *s)
{
	struct reported_socket v = to_reported(s, s->decision.cls);

	/* taken to be the kernel's, because nobody has it */
	if (closing(sweep) && s->socket.proto == HP_PROTO_TCP && !s->pid &&
	    s->decision.verdict == HP_VERDICT_AUDITED &&
	    sweep->in_force->decision.denies & 1U << s->decision.cls)
		say_unclosed(sweep, s, UNCLOSED_NO_PROCESS);
	if (s->decision.verdict != HP_VERDICT_DENIED)
		return;
	if (closing(sweep) && close_socket(sweep, s)) {
		sweep->counts.closed++;
		return;
	}
	s->decision.verdict = HP_VERDICT_AUDITED;
	if (closing(sweep))
		reported_sockets_add_swept(sweep->unclosed, &v);
}

static uint8_t how_of(const struct sweep *sweep, const struct receivers_socket *s)
{
	const struct port_range *range = &sweep->range;

	/* nobody saw a bind() of it since the agent came */
	if (sweep->counts.runs && s->socket.proto == HP_PROTO_TCP && s->asked != HP_ASKED_YES &&
	    s->socket.port >= range->first && s->socket.port <= range->last)
		return HP_HOW_LISTEN;
	return HP_HOW_EXISTING;
}

/* Is the cgroup of a path one whose binds the programs see? */
static bool is_below(const struct sweep *sweep, const char *path)
{
	size_t len = strlen(sweep->cgroup);

	return strncmp(path, sweep->cgroup, len) == 0 && (path[len] == '/' || !path[len] || !len);
}

static bool is_checked(const struct sweep *sweep, uint64_t cgroup_id)
{
	const char *path = cgroup_name(sweep->identity->v2, cgroup_id);

	return path && is_below(sweep, path);
}

bool sweep_is_unchecked(const struct sweep *sweep, uint64_t cgroup_id)
{
	const char *path = cgroup_name(sweep->identity->v2, cgroup_id);

	return path && !is_below(sweep, path);
}

/*
 * It was bound while the programs watch, and none of them told of it: then its
 * record was lost, and it stands in the counters.
 */
static bool was_counted(const struct sweep *sweep, const struct receivers_socket *s)
{
	return sweep->counts.runs && s->asked != HP_ASKED_NO &&
	       is_checked(sweep, s->socket.cgroup_id);
}

static void report(struct sweep *sweep, const struct receivers_socket *s, uint64_t count)
{
	struct tally_line line = { .count = count };
	struct timespec now;
	struct hp_event record;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	make_record(sweep, s, &record);
	record.key.how = how_of(sweep, s);
	record.time_ns = (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
	sweep->counts.found += count;
	if (was_counted(sweep, s))
		line.recovered = count < sweep->lost ? count : sweep->lost;
	line.existing = count - line.recovered;
	sweep->lost -= line.recovered;
	sweep_remember(sweep, &record);
	deliver_line(sweep->stream, &record, &line, record.time_ns, record.time_ns);
}

/* Sockets that are alike make one line. */
static void report_fresh(struct sweep *sweep, const struct receivers *fresh)
{
	uint64_t count = 1;

	for (size_t i = 0; i < fresh->len; i++, count++) {
		const struct receivers_socket *s = &fresh->list[i];

		if (i + 1 < fresh->len && receiver_alike(&s->socket, &s[1].socket) &&
		    s->decision.verdict == s[1].decision.verdict)
			continue;
		report(sweep, s, count);
		count = 0;
	}
}

/* Which policy and configuration decide the sockets of a reading. */
struct judge {
	const struct sweep *sweep;
	const struct hp_config *config;
};

/* A chosen port, too: a look for its process may show that it was asked for. */
static bool may_violate(void *data, struct receivers_socket *s)
{
	const struct judge *judge = data;

	s->decision = sweep_judge(judge->sweep, judge->config, s, false);
	return receiver_violates(s->decision) || s->decision.cls == HP_CLASS_EPHEMERAL;
}

static void say_unreadable(struct sweep *sweep, uint32_t unreadable)
{
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (unreadable & ~sweep->said_unreadable & 1U << p)
			log_warning("%s sockets are not swept: the kernel's sock_diag module for"
				    " them is missing",
				    word_proto(p));
	sweep->said_unreadable |= unreadable;
	sweep->counts.unreadable = unreadable;
}

static void say_failed(struct sweep *sweep, int error)
{
	if (error == sweep->error)
		return;
	sweep->error = error;
	if (error < 0)
		log_warning("the socket table can't be read in whole: %s", strerror(-error));
}

int sweep_read(struct sweep *sweep, receivers_keep_fn keep, void *data,
	       struct receivers *ret_receivers)
{
	int r;

	(void)ephemeral_range(sweep->netns, &sweep->range.first, &sweep->range.last);
	r = receivers_read(sweep->netns, keep, data, ret_receivers);
	say_unreadable(sweep, ret_receivers->unreadable);
	return r;
}

bool sweep_name(struct sweep *sweep, struct receivers *receivers)
{
	return receivers_name(receivers, sweep->owners) == 0 &&
	       socket_owners_see_all(sweep->owners);
}

int sweep_find(struct sweep *sweep, const struct hp_config *config, struct receivers *ret_receivers)
{
	struct judge judge = { .sweep = sweep, .config = config };
	int r = sweep_read(sweep, may_violate, &judge, ret_receivers);
	bool named;

	drain_all(sweep->stream); /* what the hooks saw is remembered then */
	named = ret_receivers->len && sweep_name(sweep, ret_receivers);
	receivers_sort(ret_receivers);
	for (size_t i = 0; i < ret_receivers->len; i++) {
		struct receivers_socket *s = &ret_receivers->list[i];

		s->decision = sweep_judge(sweep, config, s, named && !s->pid);
	}
	return r;
}

/* Have two sockets one process and cgroup? */
static bool same_owner(const struct receivers_socket *a, const struct receivers_socket *b)
{
	return a->pid == b->pid && a->socket.cgroup_id == b->socket.cgroup_id &&
	       !a->socket.inode == !b->socket.inode;
}

void sweep_describe(struct sweep *sweep, const struct receivers_socket *s,
		    const struct receivers_socket *last)
{
	struct hp_event record;

	make_record(sweep, s, &record);
	describe_listener(sweep->identity, &sweep->in_force->generations, &record,
			  last && same_owner(s, last), &sweep->event);
}

/* Keep what is news. A socket's record may come a moment after it stands in the table. */
static void find_fresh(struct sweep *sweep, struct receivers *found)
{
	bool named;

	drain_records(sweep->stream);
	sift(sweep, found, false, false);
	if (!found->len)
		return;
	named = sweep_name(sweep, found);
	drain_records(sweep->stream);
	sift(sweep, found, true, named);
}

void sweep_now(struct sweep *sweep)
{
	struct judge judge = { .sweep = sweep, .config = &sweep->in_force->decision };
	_cleanup_receivers_ struct receivers found = { 0 };
	int r;

	drain_records(sweep->stream);
	r = sweep_read(sweep, may_violate, &judge, &found);
	say_failed(sweep, r);
	sweep->counts.sockets = found.seen;
	find_fresh(sweep, &found);
	sweep->lost = accounts_lost(sweep->stream->kernel, sweep->stream->told);
	receivers_sort(&found);
	for (size_t i = 0; i < found.len; i++)
		enforce(sweep, &found.list[i]);
	report_fresh(sweep, &found);
	deliver_flush(sweep->stream);
	if (r == 0) /* else what was not read would be reported again */
		reported_sockets_sweep_end(sweep->reported);
	sweep->counts.runs++;
	(void)clock_gettime(CLOCK_REALTIME, &sweep->counts.last);
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	sweep_now(data);
}

int sweep_prepare(struct sweep *sweep, struct loop *loop)
{
	int r = reported_sockets_new(&sweep->reported);

	if (r == 0)
		r = reported_sockets_new(&sweep->unclosed);
	if (r == 0)
		r = socket_owners_new(sweep->netns->inum, &sweep->owners);
	if (r == 0)
		r = loop_timer(loop, on_timer, sweep, &sweep->timer);
	return r;
}

void sweep_start(struct sweep *sweep)
{
	unsigned int ms = sweep->every_s * 1000;

	if (sweep->close_existing && !closing(sweep))
		log_warning("--existing=close: nothing is closed in audit mode");
	sweep_now(sweep);
	(void)loop_timer_set(sweep->timer, ms, ms);
}

void sweep_stop(struct sweep *sweep)
{
	reported_sockets_free(sweep->reported);
	reported_sockets_free(sweep->unclosed);
	socket_owners_free(sweep->owners);
}

void sweep_put_protocols(struct jsonw *w, const char *key, uint32_t protocols)
{
	jsonw_array(w, key);
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (protocols & 1U << p)
			jsonw_string(w, NULL, word_proto(p));
	jsonw_array_end(w);
}

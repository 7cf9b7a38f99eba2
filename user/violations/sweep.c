// SPDX-License-Identifier: MIT
/*
 * The socket table, compared with what the hooks saw. It shows what they can't
 * see: sockets from before the agent or of other cgroups, and listen() without
 * bind().
 *
 * A socket may be in the table a moment before its record is in the ring, so
 * the ring is read once more before anything is told.
 */
#include <errno.h>
#include <string.h>

#include "../base/log.h"
#include "../registry/words.h"
#include "../kernel/sockets/ephemeral.h"
#include "../kernel/sockets/sockdiag.h"
#include "../agent/state.h"

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

static struct known_violation violation_of(const struct receivers_socket *s, uint8_t cls)
{
	return (struct known_violation) {
		.cookie = s->socket.cookie,
		.cgroup_id = s->socket.cgroup_id,
		.proto = s->socket.proto,
		.cls = cls,
		.port = s->socket.port,
	};
}

/* Did a bind() name its port? The socket knows best; a hook may have seen it. */
static uint8_t was_asked_for(const struct agent *agent, const struct receivers_socket *s)
{
	struct known_violation v = violation_of(s, HP_CLASS_UNREGISTERED);

	if (s->asked != HP_ASKED_UNKNOWN)
		return s->asked;
	return known_has(agent->sweep.known, &v) ? HP_ASKED_YES : HP_ASKED_UNKNOWN;
}

struct hp_decision sweep_judge(const struct agent *agent, const struct hp_config *config,
			       const struct receivers_socket *s, bool is_kernel)
{
	struct receiver_facts facts = {
		.asked = was_asked_for(agent, s),
		.kernel = is_kernel,
	};

	return receiver_decide(agent->policy, config, &agent->sweep.range, &s->socket, facts);
}

void sweep_decide(const struct agent *agent, struct receivers_socket *s, bool is_kernel)
{
	s->decision = sweep_judge(agent, &agent->decision, s, is_kernel);
}

void sweep_record(const struct agent *agent, const struct receivers_socket *s,
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
		.policy_generation = agent->decision.generation,
		.family = s->socket.family,
		.hook = HP_HOOK_SWEEP,
		.cookie = s->socket.cookie,
		.mode = (uint8_t)agent->decision.mode,
		.kernel_thread = s->socket.inode == 0,
	};
	memcpy(ret_record->addr, s->socket.addr, sizeof(ret_record->addr));
	memcpy(ret_record->comm, s->comm, sizeof(ret_record->comm));
}

static bool closing(const struct agent *agent)
{
	return agent->config->close_existing && agent->decision.mode == HP_MODE_ENFORCE;
}

/* Is it news? What is to be closed is, until it has been tried with this very socket. */
static bool is_fresh(const struct agent *agent, const struct receivers_socket *s)
{
	struct known_violation v = violation_of(s, s->decision.cls);

	if (closing(agent) && s->decision.verdict == HP_VERDICT_DENIED &&
	    s->socket.proto == HP_PROTO_TCP)
		return !known_has_socket(agent->sweep.unclosed, &v);
	return !known_has(agent->sweep.known, &v);
}

/*
 * Who chose a port without a row is seen only when the socket's process is looked
 * for. That is done once for a socket: a node may have many clients.
 */
static bool is_open_question(const struct agent *agent, const struct receivers_socket *s,
			     bool looked)
{
	struct known_violation v = violation_of(s, HP_CLASS_EPHEMERAL);

	if (s->decision.cls != HP_CLASS_EPHEMERAL || known_has_socket(agent->sweep.known, &v))
		return false;
	if (looked)
		known_add(agent->sweep.known, &v);
	return !looked;
}

/* Keep what is a violation and news, or may be; what is known stays so. */
static void sift(struct agent *agent, struct receivers *receivers, bool looked, bool named)
{
	size_t len = 0;

	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];
		struct known_violation v;

		sweep_decide(agent, s, named && !s->pid);
		if (!receiver_violates(s->decision)) {
			if (is_open_question(agent, s, looked))
				receivers->list[len++] = *s;
			continue;
		}
		v = violation_of(s, s->decision.cls);
		known_keep(agent->sweep.known, &v);
		if (is_fresh(agent, s))
			receivers->list[len++] = *s;
	}
	receivers->len = len;
}

static void say_unclosed(struct agent *agent, const struct receivers_socket *s, enum unclosed why)
{
	if (agent->sweep.said_unclosed & 1U << why)
		return;
	agent->sweep.said_unclosed |= 1U << why;
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
static bool close_socket(struct agent *agent, const struct receivers_socket *s)
{
	enum unclosed why;
	int r;

	if (s->socket.proto == HP_PROTO_UDP || s->socket.proto == HP_PROTO_UDPLITE) {
		why = UNCLOSED_DATAGRAM;
	} else if (s->socket.proto != HP_PROTO_TCP) {
		why = UNCLOSED_PROTOCOL;
	} else if (!s->pid && !agent->config->deny_kernel) {
		why = UNCLOSED_NO_PROCESS;
	} else {
		r = sockdiag_close(&agent->netns, &s->socket);
		if (r == 0)
			return true;
		why = why_unclosed(r);
	}
	say_unclosed(agent, s, why);
	return false;
}

/* What would be denied stands in the table, so it was not: unless it is closed now. */
static void enforce(struct agent *agent, struct receivers_socket *s)
{
	struct known_violation v = violation_of(s, s->decision.cls);

	/* taken to be the kernel's, because nobody has it */
	if (closing(agent) && s->socket.proto == HP_PROTO_TCP && !s->pid &&
	    s->decision.verdict == HP_VERDICT_AUDITED &&
	    agent->decision.denies & 1U << s->decision.cls)
		say_unclosed(agent, s, UNCLOSED_NO_PROCESS);
	if (s->decision.verdict != HP_VERDICT_DENIED)
		return;
	if (closing(agent) && close_socket(agent, s)) {
		agent->sweep.closed++;
		return;
	}
	s->decision.verdict = HP_VERDICT_AUDITED;
	if (closing(agent))
		known_add(agent->sweep.unclosed, &v);
}

static uint8_t how_of(const struct agent *agent, const struct receivers_socket *s)
{
	const struct port_range *range = &agent->sweep.range;

	/* nobody saw a bind() of it since the agent came */
	if (agent->sweep.runs && s->socket.proto == HP_PROTO_TCP && s->asked != HP_ASKED_YES &&
	    s->socket.port >= range->first && s->socket.port <= range->last)
		return HP_HOW_LISTEN;
	return HP_HOW_EXISTING;
}

/* Is the cgroup of a path one whose binds the programs see? */
static bool is_below(const struct agent *agent, const char *path)
{
	const char *top = agent->cgroup + strlen(agent->mounts.v2);
	size_t len = strlen(top);

	return strncmp(path, top, len) == 0 && (path[len] == '/' || !path[len] || !len);
}

static bool is_checked(const struct agent *agent, uint64_t cgroup_id)
{
	const char *path = cgroup_name(agent->identity.v2, cgroup_id);

	return path && is_below(agent, path);
}

bool sweep_is_unchecked(const struct agent *agent, uint64_t cgroup_id)
{
	const char *path = cgroup_name(agent->identity.v2, cgroup_id);

	return path && !is_below(agent, path);
}

/*
 * It was bound while the programs watch, and none of them told of it: then its
 * record was lost, and it stands in the counters.
 */
static bool was_counted(const struct agent *agent, const struct receivers_socket *s)
{
	return agent->sweep.runs && s->asked != HP_ASKED_NO &&
	       is_checked(agent, s->socket.cgroup_id);
}

static void tell(struct agent *agent, const struct receivers_socket *s, uint64_t count)
{
	struct timespec now;
	struct hp_event record;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	sweep_record(agent, s, &record);
	record.key.how = how_of(agent, s);
	record.time_ns = (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
	agent->sweep.found += count;
	deliver_found(agent, &record, count, was_counted(agent, s));
}

/* Sockets that are alike make one line. */
static void tell_fresh(struct agent *agent, const struct receivers *fresh)
{
	uint64_t count = 1;

	for (size_t i = 0; i < fresh->len; i++, count++) {
		const struct receivers_socket *s = &fresh->list[i];

		if (i + 1 < fresh->len && receiver_alike(&s->socket, &s[1].socket) &&
		    s->decision.verdict == s[1].decision.verdict)
			continue;
		tell(agent, s, count);
		count = 0;
	}
}

static bool may_violate(void *data, struct receivers_socket *s)
{
	sweep_decide(data, s, false);
	return receiver_violates(s->decision) || s->decision.cls == HP_CLASS_EPHEMERAL;
}

static void say_unreadable(struct agent *agent, uint32_t unreadable)
{
	for (unsigned int p = 0; p < HP_PROTO_MAX; p++)
		if (unreadable & ~agent->sweep.said_unreadable & 1U << p)
			log_warning("%s sockets are not swept: the kernel's sock_diag module for"
				    " them is missing",
				    word_proto(p));
	agent->sweep.said_unreadable |= unreadable;
	agent->sweep.unreadable = unreadable;
}

static void say_failed(struct agent *agent, int error)
{
	if (error == agent->sweep.error)
		return;
	agent->sweep.error = error;
	if (error < 0)
		log_warning("the socket table can't be read in whole: %s", strerror(-error));
}

int sweep_read(struct agent *agent, receivers_keep_fn keep, struct receivers *ret_receivers)
{
	int r;

	(void)ephemeral_range(&agent->netns, &agent->sweep.range.first, &agent->sweep.range.last);
	r = receivers_read(&agent->netns, keep, agent, ret_receivers);
	say_unreadable(agent, ret_receivers->unreadable);
	return r;
}

static void sweep(struct agent *agent)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	int r;

	drain_records(agent);
	r = sweep_read(agent, may_violate, &found);
	say_failed(agent, r);
	agent->sweep.sockets = found.seen;
	drain_records(agent);
	sift(agent, &found, false, false);
	if (found.len) {
		bool named = receivers_name(&found, agent->sweep.procs) == 0 &&
			     socket_owners_see_all(agent->sweep.procs);

		drain_records(agent);
		sift(agent, &found, true, named);
	}
	agent->sweep.lost = status_lost(agent);
	receivers_sort(&found);
	for (size_t i = 0; i < found.len; i++)
		enforce(agent, &found.list[i]);
	tell_fresh(agent, &found);
	deliver_flush(agent);
	if (r == 0) /* else what was not read would be told again */
		known_sweep_end(agent->sweep.known);
	agent->sweep.runs++;
	(void)clock_gettime(CLOCK_REALTIME, &agent->sweep.last);
}

void sweep_now(struct agent *agent)
{
	sweep(agent);
}

static void on_timer(void *data, uint32_t events)
{
	(void)events;
	sweep(data);
}

int sweep_prepare(struct agent *agent)
{
	int r = known_new(&agent->sweep.known);

	if (r == 0)
		r = known_new(&agent->sweep.unclosed);
	if (r == 0)
		r = socket_owners_new(agent->netns.inum, &agent->sweep.procs);
	if (r == 0)
		r = loop_timer(agent->loop, on_timer, agent, &agent->sweep.timer);
	return r;
}

void sweep_start(struct agent *agent)
{
	unsigned int ms = agent->config->sweep_s * 1000;

	if (agent->config->close_existing && !closing(agent))
		log_warning("--existing=close: nothing is closed in audit mode");
	sweep(agent);
	(void)loop_timer_set(agent->sweep.timer, ms, ms);
}

void sweep_stop(struct agent *agent)
{
	known_free(agent->sweep.known);
	known_free(agent->sweep.unclosed);
	socket_owners_free(agent->sweep.procs);
}

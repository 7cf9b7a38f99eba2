// SPDX-License-Identifier: MIT
/*
 * The socket table shows what the hooks can't see: sockets from before the agent
 * or of other control groups, and listen() without bind().
 *
 * A socket may be in the table a moment before its record is in the ring, so
 * the ring is read once more before anything is reported.
 */
#include "sweep.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "../base/clock.h"
#include "../base/log.h"
#include "../kernel/sockets/sockdiag.h"
#include "../registry/words.h"
#include "../stream/accounts.h"
#include "../stream/deliver.h"
#include "../stream/drain.h"

#define SOON_MS 500

/* Reasons not to close a socket; each is logged once. */
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
	[UNCLOSED_NO_PROCESS] = "it is the kernel's, or may be (see --deny-kernel)",
	[UNCLOSED_MPTCP] = "the kernel does not close listeners of MPTCP",
	[UNCLOSED_KERNEL] = "the kernel was built without CONFIG_INET_DIAG_DESTROY",
	[UNCLOSED_LOST] = "it looks like others of its port, or has just gone",
	[UNCLOSED_OTHER] = "the kernel refused",
};
_Static_assert(ARRAY_LEN(unclosed_words) == UNCLOSED_MAX, "words for each reason");

static bool closing(const struct sweep *sweep)
{
	return sweep->close_existing && sweep->table.in_force->decision.mode == HP_MODE_ENFORCE;
}

/* Was it not reported yet? A socket to be closed is news until that was tried with this very one.
 */
static bool is_news(const struct sweep *sweep, const struct receivers_socket *s)
{
	struct reported_socket v = socket_table_key(s, s->decision.cls);

	if (closing(sweep) && s->decision.verdict == HP_VERDICT_DENIED &&
	    s->socket.proto == HP_PROTO_TCP)
		return !reported_sockets_has_cookie(sweep->unclosed, &v);
	return !reported_sockets_has(sweep->table.reported, &v);
}

/*
 * Is it still to be found out whether the kernel chose the port? The socket's process
 * has the answer. It is looked for once a socket: a node may have many clients.
 */
static bool may_be_chosen(const struct sweep *sweep, const struct receivers_socket *s, bool looked)
{
	struct reported_socket v = socket_table_key(s, HP_CLASS_EPHEMERAL);

	if (s->decision.cls != HP_CLASS_EPHEMERAL ||
	    reported_sockets_has_cookie(sweep->table.reported, &v))
		return false;
	if (looked)
		reported_sockets_add_swept(sweep->table.reported, &v);
	return !looked;
}

/* Keep the sockets that are violations and news, or may be. `looked`: for who has them. */
static void keep_news(struct sweep *sweep, struct receivers *receivers, bool looked)
{
	size_t len = 0;

	for (size_t i = 0; i < receivers->len; i++) {
		struct receivers_socket *s = &receivers->list[i];
		struct reported_socket v;

		socket_table_decide(&sweep->table, s);
		if (!receiver_violates(s->decision)) {
			if (may_be_chosen(sweep, s, looked))
				receivers->list[len++] = *s;
			continue;
		}
		v = socket_table_key(s, s->decision.cls);
		reported_sockets_keep(sweep->table.reported, &v);
		if (is_news(sweep, s))
			receivers->list[len++] = *s;
	}
	receivers->len = len;
}

static void warn_unclosed(struct sweep *sweep, const struct receivers_socket *s, enum unclosed why)
{
	if (sweep->warned_unclosed & 1U << why)
		return;
	sweep->warned_unclosed |= 1U << why;
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

static bool may_be_kernel(const struct receivers_socket *s)
{
	return s->holder == RECEIVER_HOLDER_KERNEL || s->holder == RECEIVER_HOLDER_UNKNOWN;
}

/* True: it was closed. Else the reason is logged. */
static bool close_socket(struct sweep *sweep, const struct receivers_socket *s)
{
	enum unclosed why;
	int r;

	if (s->socket.proto == HP_PROTO_UDP || s->socket.proto == HP_PROTO_UDPLITE) {
		why = UNCLOSED_DATAGRAM;
	} else if (s->socket.proto != HP_PROTO_TCP) {
		why = UNCLOSED_PROTOCOL;
	} else if (may_be_kernel(s) && !sweep->deny_kernel) {
		why = UNCLOSED_NO_PROCESS;
	} else {
		r = sockdiag_close(sweep->table.netns, &s->socket);
		if (r == 0)
			return true;
		why = why_unclosed(r);
	}
	warn_unclosed(sweep, s, why);
	return false;
}

/* Close a socket that would be denied. One that stays has its port: then it is only audited. */
static void close_denied(struct sweep *sweep, struct receivers_socket *s)
{
	struct reported_socket v = socket_table_key(s, s->decision.cls);

	/* audited as the kernel's */
	if (closing(sweep) && s->socket.proto == HP_PROTO_TCP &&
	    s->holder == RECEIVER_HOLDER_KERNEL && s->decision.verdict == HP_VERDICT_AUDITED &&
	    sweep->table.in_force->decision.denies & 1U << s->decision.cls)
		warn_unclosed(sweep, s, UNCLOSED_NO_PROCESS);
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
	const struct port_range *range = &sweep->table.range;

	/* no hook saw a bind() of it since the agent started */
	if (sweep->counts.runs && s->socket.proto == HP_PROTO_TCP && s->asked != HP_ASKED_YES &&
	    s->socket.port >= range->first && s->socket.port <= range->last)
		return HP_HOW_LISTEN;
	return HP_HOW_EXISTING;
}

/*
 * Did a program count it? It was bound while the programs watched, and no record of it
 * came: so that was lost.
 */
static bool was_counted(const struct sweep *sweep, const struct receivers_socket *s)
{
	return sweep->counts.runs && s->asked != HP_ASKED_NO && s->asked != HP_ASKED_RANGE &&
	       socket_table_is_checked(&sweep->table, s->socket.cgroup_id);
}

static void report(struct sweep *sweep, const struct receivers_socket *s, uint64_t count)
{
	struct tally_line line = {
		.count = count,
		.cls = s->decision.cls,
		.verdict = s->decision.verdict,
		.proto = s->socket.proto,
	};
	struct hp_event record;

	socket_table_record(&sweep->table, s, &record);
	record.key.how = how_of(sweep, s);
	record.time_ns = clock_boot_ns();
	sweep->counts.found += count;
	if (was_counted(sweep, s))
		line.recovered = count < sweep->lost ? count : sweep->lost;
	line.existing = count - line.recovered;
	sweep->lost -= line.recovered;
	socket_table_remember(&sweep->table, &record);
	deliver_line(sweep->table.stream, &record, &line, record.time_ns, record.time_ns);
}

/* Sockets that are alike make one line. */
static void report_all(struct sweep *sweep, const struct receivers *news)
{
	uint64_t count = 1;

	for (size_t i = 0; i < news->len; i++, count++) {
		const struct receivers_socket *s = &news->list[i];

		if (i + 1 < news->len && receiver_alike(&s->socket, &s[1].socket) &&
		    s->decision.verdict == s[1].decision.verdict)
			continue;
		report(sweep, s, count);
		count = 0;
	}
}

static void warn_failed(struct sweep *sweep, int error)
{
	if (error == sweep->error)
		return;
	sweep->error = error;
	if (error < 0)
		log_warning("the socket table can't be read in whole: %s", strerror(-error));
}

static void find_news(struct sweep *sweep, struct receivers *found)
{
	drain_records(sweep->table.stream);
	keep_news(sweep, found, false);
	if (!found->len)
		return;
	socket_table_name(&sweep->table, found);
	drain_records(sweep->table.stream);
	keep_news(sweep, found, true);
}

void sweep_now(struct sweep *sweep)
{
	_cleanup_receivers_ struct receivers found = { 0 };
	int r;

	drain_records(sweep->table.stream);
	r = socket_table_read(&sweep->table, socket_table_may_violate, &found);
	warn_failed(sweep, r);
	sweep->counts.sockets = found.seen;
	memcpy(sweep->counts.verdicts, sweep->table.verdicts, sizeof(sweep->counts.verdicts));
	sweep->counts.unreadable = found.unreadable;
	find_news(sweep, &found);
	sweep->lost = accounts_lost(sweep->table.stream->kernel, sweep->table.stream->told);
	receivers_sort(&found);
	for (size_t i = 0; i < found.len; i++)
		close_denied(sweep, &found.list[i]);
	report_all(sweep, &found);
	deliver_flush(sweep->table.stream);
	if (r == 0) /* else what was not read would be reported again */
		reported_sockets_sweep_end(sweep->table.reported);
	sweep->counts.runs++;
	sweep->counts.last = clock_wall();
}

unsigned int sweep_delay_ms(unsigned int every_s, uint32_t random)
{
	uint64_t least_ms = (uint64_t)every_s * 750, more_ms = (uint64_t)every_s * 500;

	return (unsigned int)(least_ms + random % (more_ms + 1));
}

static void set_timer(struct sweep *sweep)
{
	uint32_t random = (uint32_t)clock_boot_ns();

	(void)getrandom(&random, sizeof(random), GRND_NONBLOCK);
	(void)loop_timer_set(sweep->timer, sweep_delay_ms(sweep->every_s, random), 0);
}

static void on_timer(void *data, uint32_t events)
{
	struct sweep *sweep = data;

	(void)events;
	sweep->soon = false;
	sweep_now(sweep);
	set_timer(sweep);
}

void sweep_soon(struct sweep *sweep)
{
	if (!sweep->soon && sweep->timer)
		sweep->soon = loop_timer_set(sweep->timer, SOON_MS, 0) == 0;
}

int sweep_prepare(struct sweep *sweep, struct loop *loop)
{
	int r = socket_table_open(&sweep->table);

	if (r == 0)
		r = reported_sockets_new(&sweep->unclosed);
	if (r == 0)
		r = loop_timer(loop, on_timer, sweep, &sweep->timer);
	return r;
}

void sweep_start(struct sweep *sweep)
{
	if (sweep->close_existing && !closing(sweep))
		log_warning("--existing=close: nothing is closed in audit mode");
	sweep_now(sweep);
	set_timer(sweep);
}

void sweep_stop(struct sweep *sweep)
{
	socket_table_close(&sweep->table);
	reported_sockets_free(sweep->unclosed);
}

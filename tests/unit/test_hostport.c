// SPDX-License-Identifier: MIT
/*
 * What a violation becomes where a kernel seldom shows it: exactly at a bound, and when
 * another processor has its turn in the middle of it.
 */
#include "bpf_on_host.h"

#define DENIES (1U << HP_CLASS_UNREGISTERED)
#define PORT   3000

static struct sock sk;
static struct socket sock = { .sk = &sk };
static struct {
	__u16 family, port;
	__u32 v4, v6[4];
} address = { .family = AF_INET };

static void begin(void)
{
	host_begin(HP_MODE_ENFORCE, DENIES);
	sk = (struct sock) {
		.__sk_common = { .skc_net = { &host_net }, .skc_net_refcnt = 1 },
		.sk_protocol = HP_IPPROTO_SCTP,
	};
}

/* A violation, by the program that has least to do before it. */
static void violate(__u16 port)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sock, (__u64)(unsigned long)&address, 16, 0 };

	address.port = bpf_htons(port);
	check_int("denied", hp_sctp_bind(ctx), -EPERM);
}

static const struct hp_event *last(void)
{
	assert_true(host.len_events);
	return &host.events[host.len_events - 1];
}

static struct hp_fold_slot *slot_of(const struct hp_event *e)
{
	return &host.sets[e->fold.slot / HP_FOLD_WAYS].slot[e->fold.slot % HP_FOLD_WAYS];
}

/* ---- bounds ---------------------------------------------------------------------------------- */

static void test_due(void **state)
{
	(void)state;
	begin();
	violate(PORT);
	host.jiffies += 249;
	violate(PORT);
	check_u64("not yet", host.sent, 1);
	check_u64("counted", slot_of(last())->seen, 2);
	host.jiffies += 1;
	violate(PORT);
	check_u64("due", host.sent, 2);
	check_u64("same holder", last()->fold.prev_seen, HP_FOLD_SAME);
	check_u64("seen", last()->fold.seen, 3);
	check_u64("sent", slot_of(last())->sent_tick, host.jiffies);
	host.jiffies -= 300; /* of a CPU that is behind */
	violate(PORT);
	check_u64("behind", host.sent, 2);
}

static void test_tokens(void **state)
{
	(void)state;
	begin();
	host.burst_ns = 3 * host.token_ns;
	for (__u16 i = 0; i < 5; i++)
		violate((__u16)(PORT + i));
	check_u64("a burst", host.sent, 3);
	check_u64("lost", host.counters.lost[HP_LOST_RATE], 2);
	host.now += host.token_ns - 1;
	violate(PORT + 5);
	check_u64("not yet", host.sent, 3);
	host.now += 1;
	violate(PORT + 6);
	check_u64("one more", host.sent, 4);
	violate(PORT + 7);
	check_u64("and no more", host.sent, 4);
	host.now += 100 * host.token_ns;
	host.len_events = 0;
	for (__u16 i = 0; i < 5; i++)
		violate((__u16)(PORT + 10 + i));
	check_u64("what was saved is a burst", host.sent, 7);
}

/* Violations on `n` ports by a control group: how many records of them are sent. */
static size_t sent_of(__u64 cgroup, __u16 first, __u16 n)
{
	__u64 before = host.sent, id = host_node.id;

	host_node.id = cgroup;
	for (__u16 i = 0; i < n; i++) {
		host.len_events = 0;
		violate((__u16)(first + i));
	}
	host_node.id = id;
	return host.sent - before;
}

/* A burst for each, two for all together; and then an eighth of one for who has been quiet. */
static void test_shares(void **state)
{
	(void)state;
	begin();
	host.burst_ns = 16 * host.token_ns;
	check_u64("one that floods", sent_of(101, 1000, 100), 16);
	check_u64("another has as many", sent_of(102, 2000, 16), 16);
	check_u64("a third has an eighth", sent_of(103, 3000, 3), 2);
	check_u64("and a fourth", sent_of(104, 4000, 3), 2);
	check_u64("who has flooded has none", sent_of(101, 5000, 1), 0);
	host.now += 14 * host.token_ns;
	check_u64("with time, together two", sent_of(105, 6000, 16), 16);
	check_u64("and again", sent_of(106, 7000, 16), 12);
}

/* Many that go on flooding have an eighth of their rate, beside what is for all together. */
static void test_many_shares(void **state)
{
	enum { GROUPS = 24, TICKS = 80 };
	size_t before;

	(void)state;
	begin();
	host.burst_ns = 16 * host.token_ns;
	for (__u16 group = 0; group < GROUPS; group++)
		(void)sent_of(201 + group, (__u16)(1000 + 100 * group), 16);
	before = host.sent;
	for (__u16 tick = 0; tick < TICKS; tick++) {
		host.now += host.token_ns;
		for (__u16 group = 0; group < GROUPS; group++)
			(void)sent_of(201 + group, (__u16)(10000 + GROUPS * tick + group), 1);
	}
	assert_in_range(host.sent - before, 2 * TICKS, (2 + GROUPS / 8) * TICKS);
}

/* Who lost how much; there is no room for a third one. */
static void test_losers(void **state)
{
	static struct kernfs_node node = { .id = 77 };
	static struct cgroup parent = { .kn = &node };

	(void)state;
	begin();
	host_cgroup.self.parent = &parent.self;
	parent.self.cgroup = &parent;
	host.ring_full = true;
	(void)sent_of(101, 1000, 3);
	(void)sent_of(102, 2000, 1);
	(void)sent_of(103, 3000, 2);
	host_cgroup.self.parent = NULL;
	check_u64("one", host.losers[0], 101);
	check_u64("its losses", host.losses[0].lost, 3);
	check_u64("its parent", host.losses[0].ancestors[0], 77);
	check_u64("the other", host.losers[1], 102);
	check_u64("its losses", host.losses[1].lost, 1);
	check_u64("all", host.counters.lost[HP_LOST_RING], 6);
}

static void test_wakes(void **state)
{
	static const struct {
		const char *name;
		__u64 since, pending, flags;
	} cases[] = {
		{ "the time has passed", 1600, 0, BPF_RB_FORCE_WAKEUP },
		{ "not yet", 1599, 4095, BPF_RB_NO_WAKEUP },
		{ "much waits", 1599, 4096, BPF_RB_FORCE_WAKEUP },
		{ "a sixteenth", 100, 4096, BPF_RB_FORCE_WAKEUP },
		{ "less than that", 99, 1 << 20, BPF_RB_NO_WAKEUP },
		{ "at once", 0, 1 << 20, BPF_RB_NO_WAKEUP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool woken = cases[i].flags == BPF_RB_FORCE_WAKEUP;

		begin();
		hp_last_wake = host.now - cases[i].since;
		host.pending = cases[i].pending;
		violate(PORT);
		check_u64(cases[i].name, host.flags, cases[i].flags);
		check_u64(cases[i].name, host.now - hp_last_wake, woken ? 0 : cases[i].since);
	}
}

/* ---- another processor ----------------------------------------------------------------------- */

static __u32 turn; /* how often it has had it */

/* It sends a record of this holder. */
static void send_other(void)
{
	struct hp_fold_slot *slot = slot_of(&host.events[0]);

	if (!turn++)
		return; /* the clock */
	slot->sent_tick = host.jiffies;
	slot->seen++;
}

/* A record for each processor that found it due would be one too many; each violation counts. */
static void test_sent_meanwhile(void **state)
{
	(void)state;
	for (__u32 way = 0; way < HP_FOLD_WAYS; way++) {
		struct hp_fold_set *set;
		struct hp_fold_slot *slot;

		begin();
		violate(PORT);
		set = &host.sets[last()->fold.slot / HP_FOLD_WAYS];
		if (way) {
			set->slot[way] = set->slot[0];
			set->slot[0] = (struct hp_fold_slot) { 0 };
			host.events[0].fold.slot += way;
		}
		slot = &set->slot[way];
		host.jiffies += 1000;
		turn = 0;
		host.meanwhile = send_other;
		violate(PORT);
		check_u64("no record", host.sent, 1);
		check_u64("given back", host.discarded, 1);
		check_u64("both count", slot->seen, 3);
		check_u64("none is lost",
			  host.counters.lost[HP_LOST_RATE] + host.counters.lost[HP_LOST_RING], 0);
		check_u64("the other's time", slot->sent_tick, host.jiffies);
	}
}

/* It gives the slot to another holder. */
static void take_slot(void)
{
	struct hp_fold_slot *slot = slot_of(&host.events[0]);

	if (turn++)
		return;
	slot->key.port++;
	slot->generation++;
	slot->base = slot->seen++;
}

/* What no slot counts any more when its record is refused, is lost. */
static void test_replaced_meanwhile(void **state)
{
	(void)state;
	for (int full = 0; full < 2; full++) {
		begin();
		violate(PORT);
		host.jiffies += 1000;
		turn = 0;
		host.meanwhile = take_slot;
		host.ring_full = full;
		host.burst_ns = full ? host.burst_ns : 0;
		violate(PORT);
		check_u64("no record", host.sent, 1);
		check_u64("lost", host.counters.lost[full ? HP_LOST_RING : HP_LOST_RATE], 1);
		check_u64("once",
			  host.counters.lost[HP_LOST_RING] + host.counters.lost[HP_LOST_RATE], 1);
		check_u64("the other's count", slot_of(&host.events[0])->seen, 2);
		/* and with room, it is a new holder's */
		host.ring_full = false;
		host.burst_ns = 128000;
		violate(PORT);
		check_u64("a record", host.sent, 2);
		check_u64("a new holder", last()->fold.generation, 1);
		assert_int_not_equal(last()->fold.slot, host.events[0].fold.slot);
	}
}

/* A holder whose record is due and can't be sent is counted, in whichever way it stands. */
static void test_unsent(void **state)
{
	(void)state;
	for (__u32 way = 0; way < HP_FOLD_WAYS; way++) {
		struct hp_fold_set *set;

		begin();
		violate(PORT);
		set = &host.sets[last()->fold.slot / HP_FOLD_WAYS];
		if (way) {
			set->slot[way] = set->slot[0];
			set->slot[0] = (struct hp_fold_slot) { 0 };
		}
		host.jiffies += 1000;
		host.ring_full = true;
		violate(PORT);
		check_u64("counted", set->slot[way].seen, 2);
		check_u64("tried", set->slot[way].sent_tick, host.jiffies);
		check_u64("not lost", host.counters.lost[HP_LOST_RING], 0);
		host.ring_full = false;
		violate(PORT);
		check_u64("not due again", host.sent, 1);
		check_u64("counted", set->slot[way].seen, 3);
		host.jiffies += 250;
		violate(PORT);
		check_u64("due", host.sent, 2);
		check_u64("with all of them", last()->fold.seen, 4);
	}
}

/* ---- workloads ------------------------------------------------------------------------------- */

static struct kernfs_node v1_node = { .id = 815 };
static struct cgroup v1_cgroup = { .kn = &v1_node };
static struct cgroup_subsys_state v1_state = { .cgroup = &v1_cgroup };

static void test_workloads(void **state)
{
	struct cgroup_subsys_state *states[16] = { NULL };

	(void)state;
	begin();
	memcpy(host_css.subsys, states, sizeof(states));
	violate(PORT);
	check_u64("v2", last()->key.workload, 4711);
	check_u64("v2", last()->cgroup_id, 4711);
	check_u64("v2: no v1", last()->cgroup_v1_id, 0);

	host.root_cgroup = 4711;
	violate(PORT + 1);
	check_u64("the root, no v1", last()->key.workload, 4711);
	check_u64("the root, no v1", last()->cgroup_v1_id, 0);
	host_css.subsys[memory_cgrp_id] = &v1_state;
	violate(PORT + 2);
	check_u64("the root", last()->key.workload, 815 | HP_WORKLOAD_V1);
	check_u64("the root", last()->cgroup_v1_id, 815);
	check_u64("the root: of v2", last()->cgroup_id, 4711);
	host.bad_from = &host_css.subsys[memory_cgrp_id];
	violate(PORT + 3);
	check_u64("what can't be read", last()->key.workload, 4711);
	host.bad_from = NULL;
	host.root_cgroup = 4712;
	violate(PORT + 4);
	check_u64("not the root", last()->key.workload, 4711);
	host_css.subsys[memory_cgrp_id] = NULL;
}

/* Every byte of a record is ours: what another has left in the ring is not sent. */
static void test_padding(void **state)
{
	static const __u8 zeros[sizeof(((struct hp_event *)0)->pad)];

	(void)state;
	begin();
	memset(host.events, 0xee, sizeof(host.events));
	violate(PORT);
	assert_memory_equal(last()->pad, zeros, sizeof(zeros));
	check_u64("key", last()->key.pad, 0);
	check_u64("process", last()->pid, 100);
	check_u64("user", last()->uid, 1000);
	check_u64("start", last()->start_ns, 555);
	check_text("comm", last()->comm, "leader");
	check_u64("cookie", last()->cookie, 31);
	check_u64("time", last()->time_ns, host.now);
	check_u64("kernel thread", last()->kernel_thread, 0);
}

/* Numbers beyond the counters go nowhere. */
static void test_count(void **state)
{
	struct hp_counters zeros = { 0 };

	(void)state;
	begin();
	count(HP_CLASS_MAX, 0, 0);
	assert_memory_equal(&host.counters, &zeros, sizeof(zeros));
	count(HP_CLASS_MAX - 1, HP_VERDICT_MAX - 1, HP_PROTO_MAX - 1);
	check_u64("the last",
		  host.counters.count[HP_CLASS_MAX - 1][HP_VERDICT_MAX - 1][HP_PROTO_MAX - 1], 1);
	count(HP_CLASS_RETIRED, HP_VERDICT_DENIED, HP_PROTO_UDP);
	check_u64("by protocol",
		  host.counters.count[HP_CLASS_RETIRED][HP_VERDICT_DENIED][HP_PROTO_UDP], 1);
	check_u64("of no other",
		  host.counters.count[HP_CLASS_RETIRED][HP_VERDICT_DENIED][HP_PROTO_TCP], 0);
}

/* A port that user space knows as the kernel's choice, or that is in its range now: both ends. */
static void test_chosen(void **state)
{
	static const struct {
		const char *name;
		__u16 port, first, last; /* as user space has read the range */
		bool chosen;
	} cases[] = {
		{ "before the range now", 39999, 0, 0, false },
		{ "the first now", 40000, 0, 0, true },
		{ "the last now", 50000, 0, 0, true },
		{ "behind the range now", 50001, 0, 0, false },
		{ "before the range of before", 999, 1000, 2000, false },
		{ "the first of before", 1000, 1000, 2000, true },
		{ "the last of before", 2000, 1000, 2000, true },
		{ "behind the range of before", 2001, 1000, 2000, false },
		{ "of the range now alone", 45000, 1000, 2000, true },
	};
	struct net___before_6_8 pair = { .ipv4.ip_local_ports.range = { 40000, 50000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		hp_chosen_first = cases[i].first;
		hp_chosen_last = cases[i].last;
		check_int(cases[i].name, is_chosen(&sk, cases[i].port), cases[i].chosen);
		host.before_6_8 = true;
		sk.__sk_common.skc_net.net = (struct net *)&pair;
		check_int(cases[i].name, is_chosen(&sk, cases[i].port), cases[i].chosen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_many_shares),
		cmocka_unit_test(test_losers),
		cmocka_unit_test(test_wakes),
		cmocka_unit_test(test_sent_meanwhile),
		cmocka_unit_test(test_replaced_meanwhile),
		cmocka_unit_test(test_unsent),
		cmocka_unit_test(test_workloads),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

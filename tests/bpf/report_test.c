// SPDX-License-Identifier: MIT
/* What becomes of a violation, in the kernel: counters, slots, records, and when a reader is woken.
 */
#include "violations.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- slots ----------------------------------------------------------------------------------- */

static void test_repeats(void **state)
{
	struct world *w = *state;
	struct hp_fold_slot slot;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	violate(3000);
	assert_int_equal(world_take(w), 1);
	check_fold("the first", &w->events[0].fold, 1, 1, 0);
	number = w->events[0].fold.slot;
	assert_true(number < HP_FOLD_SLOTS);
	for (int i = 0; i < 9; i++)
		violate(3000);
	check_u64("repeats make no record", world_take(w), 0);
	slot = world_slot(w, number);
	check_u64("but the slot counts them", slot.seen - slot.base, 10);
	assert_memory_equal(&slot.key, &w->events[0].key, sizeof(slot.key));
	world_make_due(w, number);
	violate(3000);
	assert_int_equal(world_take(w), 1);
	check_fold("when one is due", &w->events[0].fold, 1, 11, HP_FOLD_SAME);
	check_u64("its slot", w->events[0].fold.slot, number);
	violate(3000);
	check_u64("then it is quiet again", world_take(w), 0);
	check_violations("all", w, 12);
}

/* ---- a set of slots -------------------------------------------------------------------------- */

/* A new holder takes the slot that has been quiet for longest, and says what the one before saw. */
static void test_replaced(void **state)
{
	static const struct {
		uint64_t ticks[HP_FOLD_WAYS];
		uint32_t oldest;
	} cases[] = {
		{ { 1, 2, 3, 4 }, 0 }, { { 2, 1, 3, 4 }, 1 }, { { 2, 3, 1, 4 }, 2 },
		{ { 4, 3, 2, 1 }, 3 }, { { 5, 5, 5, 5 }, 0 }, { { 6, 5, 5, 5 }, 1 },
	};
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];
	struct hp_fold_slot slot;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	violate(3000);
	assert_int_equal(world_take(w), 1);
	number = e->fold.slot / HP_FOLD_WAYS;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t oldest = cases[i].oldest;

		plant(w, number, cases[i].ticks, 7);
		violate(3000);
		assert_int_equal(world_take(w), 1);
		check_u64("slot", e->fold.slot, number * HP_FOLD_WAYS + oldest);
		check_fold("a new holder", &e->fold, 8, 1, 100 + oldest - 10 * oldest);
		slot = world_slot(w, e->fold.slot);
		check_u64("nothing is taken out", slot.seen, 100 + oldest + 1);
		check_u64("it begins from there", slot.base, 100 + oldest);
		check_u64("generation", slot.generation, 8);
		assert_memory_equal(&slot.key, &e->key, sizeof(slot.key));
		assert_true(slot.sent_tick > 6);
	}
	/* 0 says that a slot was never used */
	plant(w, number, cases[0].ticks, ~0U);
	violate(3000);
	assert_int_equal(world_take(w), 1);
	check_u64("generations begin again", e->fold.generation, 1);
}

/* A holder is one of the same key, all of it, in a slot that was used. */
static void test_holder(void **state)
{
	const uint64_t ticks[HP_FOLD_WAYS] = { ~0ULL / 8, ~0ULL / 8, ~0ULL / 8, ~0ULL / 8 };
	struct world *w = *state;
	struct hp_fold_slot first;
	struct hp_fold_set set;
	struct hp_fold_key key;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	violate(3000);
	assert_int_equal(world_take(w), 1);
	number = w->events[0].fold.slot / HP_FOLD_WAYS;
	key = w->events[0].key;
	first = world_slot(w, w->events[0].fold.slot);
	for (uint32_t i = 0; i < HP_FOLD_WAYS; i++) {
		plant(w, number, ticks, 7);
		set = world_fold_set(w, number);
		set.slot[i].key = key;
		set.slot[i].binders = first.binders;
		set.slot[i].current = first.current;
		world_set_fold_set(w, number, &set);
		violate(3000);
		check_u64("the same", world_take(w), 0);
		check_u64("the same", world_slot(w, number * HP_FOLD_WAYS + i).seen, 101 + i);

		set.slot[i].key.workload++;
		world_set_fold_set(w, number, &set);
		violate(3000);
		check_u64("another workload", world_take(w), 1);
		set.slot[i].key = key;
		set.slot[i].key.port++;
		world_set_fold_set(w, number, &set);
		violate(3000);
		check_u64("another port", world_take(w), 1);
		set.slot[i].key = key;
		set.slot[i].generation = 0;
		world_set_fold_set(w, number, &set);
		violate(3000);
		check_u64("never used", world_take(w), 1);
	}
}

/* A record is due when the time since the last one has passed, by this CPU's clock or another's. */
static void test_due(void **state)
{
	struct world *w = *state;
	uint64_t ticks, now;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	ticks = w->kernel->skel->rodata->hp_fold_ticks;
	violate(3000);
	assert_int_equal(world_take(w), 1);
	number = w->events[0].fold.slot;
	now = world_slot(w, number).sent_tick;
	world_set_tick(w, number, now - ticks);
	violate(3000);
	check_u64("the time has passed", world_take(w), 1);
	assert_true(world_slot(w, number).sent_tick >= now);
	world_set_tick(w, number, now - ticks + 1000000);
	violate(3000);
	check_u64("it has not", world_take(w), 0);
	check_u64("not sent", world_slot(w, number).sent_tick, now - ticks + 1000000);
	world_set_tick(w, number, now + 1000000);
	violate(3000);
	check_u64("another CPU's clock is ahead", world_take(w), 0);
}

/* Programs of two versions use one map while one takes over: a key has the same set for both. */
static uint32_t set_of(const struct hp_fold_key *key)
{
	uint64_t k[2];

	memcpy(k, key, sizeof(k));
	return (uint32_t)((k[0] ^ k[1] * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL >> 40) %
	       HP_FOLD_SETS;
}

static void test_sets(void **state)
{
	bool used[HP_FOLD_SETS] = { false };
	struct world *w = *state;
	size_t n = 0;

	begin(w, &(struct world_load) { .unfolded = true });
	for (uint16_t port = 3000; port < 3100; port++)
		violate(port);
	assert_int_equal(world_take(w), 100);
	for (size_t i = 0; i < w->len; i++) {
		uint32_t set = w->events[i].fold.slot / HP_FOLD_WAYS;

		check_u64("set", set, set_of(&w->events[i].key));
		n += !used[set];
		used[set] = true;
	}
	assert_true(n > 50); /* they are spread */
}

/* Another port, protocol, class, verdict, way, scope or workload is no repeat. */
static void test_keys(void **state)
{
	struct world *w = *state;
	char below[PATH_MAX];
	uint64_t id;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	violate(3000);
	violate(3001);
	assert_int_equal(world_bind(TCP4(NULL, 3000)), 0);
	assert_int_equal(world_take(w), 3);
	/* the address is not in the key, but its scope */
	assert_int_equal(world_bind(UDP4("127.0.0.1", 3000)), 0);
	assert_int_equal(world_bind(UDP6("::1", 3000)), 0);
	check_u64("another scope", world_take(w), 2);
	check_u64("another scope", w->events[0].key.scope, HP_SCOPE_LOCALHOST);
	check_u64("another scope", w->events[0].fold.generation, 1);
	check_u64("another address", w->events[1].fold.slot, w->events[0].fold.slot);
	check_u64("another address", w->events[1].fold.prev_seen, HP_FOLD_SAME);
	check_u64("slots", world_used_slots(w), 4);
	world_row(w, HP_PROTO_UDP, 3000,
		  (struct hp_row) { .row = { 1, 1 },
				    .cls = { HP_CLASS_RETIRED, HP_CLASS_RETIRED } });
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	violate(3000);
	check_u64("another class", world_take(w), 1);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	assert_int_equal(world_bind(UDP4(NULL, 3000)), EPERM);
	check_u64("another verdict", world_take(w), 1);
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	world_range(3000, 3000);
	assert_int_equal(world_bind(UDP4(NULL, 0)), 0);
	check_u64("another way", world_take(w), 1);
	check_int("another way", w->events[0].key.how, HP_HOW_BIND0);

	(void)snprintf(below, sizeof(below), "%.4000s/below", w->cgroup);
	world_make_cgroup(below);
	world_enter(below);
	violate(3001);
	world_enter(w->cgroup);
	check_u64("another workload", world_take(w), 1);
	assert_int_equal(cgroup_id(below, &id), 0);
	check_u64("its cgroup", w->events[0].cgroup_id, id);
	world_remove_cgroup(below);
	check_u64("slots", world_used_slots(w), 8);
}

/* ---- what is lost ---------------------------------------------------------------------------- */

/* A burst of three, and then no more for a long time. */
static void test_rate(void **state)
{
	static struct kernel_loss losses[HP_LOSERS];
	struct world *w = *state;

	begin(w, &(struct world_load) {
			 .fold_ns = LONG_NS, .token_ns = LONG_NS, .burst_ns = 3 * LONG_NS });
	check_u64("nobody has lost", kernel_losses(w->kernel, losses), 0);
	world_pin_cpu();
	for (uint16_t port = 3000; port < 3010; port++)
		violate(port);
	check_u64("a burst", world_take(w), 3);
	check_u64("lost by rate", world_lost(w, HP_LOST_RATE), 7);
	check_u64("by one workload", kernel_losses(w->kernel, losses), 1);
	check_u64("whose", losses[0].workload, w->events[0].key.workload);
	check_u64("how many", losses[0].lost, 7);
	check_u64("its parent", losses[0].ancestors[0], w->events[0].ancestors[0]);
	check_u64("by nothing else", world_lost(w, HP_LOST_RING) + world_lost(w, HP_LOST_NOTE), 0);
	check_violations("a burst", w, 10);
	/* what a slot holds is counted there, without a record */
	violate(3000);
	check_u64("a repeat is not lost", world_lost(w, HP_LOST_RATE), 7);
	check_u64("it is counted", world_slot(w, w->events[0].fold.slot).seen, 2);
	world_make_due(w, w->events[0].fold.slot);
	violate(3000);
	check_u64("one that is due has no record", world_take(w), 0);
	check_u64("but is not lost", world_lost(w, HP_LOST_RATE), 7);
	check_violations("all", w, 12);
	world_unpin_cpu();
}

/* A burst of one: the first is sent. And what was saved up is no more than a burst. */
static void test_burst_of_one(void **state)
{
	struct world *w = *state;

	begin(w, &(struct world_load) {
			 .fold_ns = LONG_NS, .token_ns = LONG_NS, .burst_ns = LONG_NS });
	world_pin_cpu();
	for (uint16_t port = 3000; port < 3003; port++)
		violate(port);
	check_u64("one", world_take(w), 1);
	check_u64("lost", world_lost(w, HP_LOST_RATE), 2);
	world_unpin_cpu();
}

static void test_ring_full(void **state)
{
	struct world *w = *state;
	uint32_t page = (uint32_t)sysconf(_SC_PAGESIZE); /* the smallest ring */
	uint64_t fit = page / (sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ);
	struct hp_fold_slot slot;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS, .ring_bytes = page });
	violate(3000);
	assert_int_equal(world_take(w), 1);
	number = w->events[0].fold.slot;
	for (uint16_t port = 3001; port < 3001 + fit + 5; port++)
		violate(port);
	check_u64("lost", world_lost(w, HP_LOST_RING), 5);
	check_u64("by nothing else", world_lost(w, HP_LOST_RATE), 0);
	/* of a holder whose record is due: counted, and due again later */
	world_make_due(w, number);
	violate(3000);
	violate(3000);
	slot = world_slot(w, number);
	check_u64("counted in the slot", slot.seen, 3);
	assert_true(slot.sent_tick != 0);
	check_u64("lost", world_lost(w, HP_LOST_RING), 5);
	check_u64("what fitted", world_take(w), fit);
	check_violations("all", w, 1 + fit + 5 + 2);
}

/* --fold=0: each is a record, whatever the rate, and the slot counts all the same. */
static void test_unfolded(void **state)
{
	struct world *w = *state;

	begin(w, &(struct world_load) { .unfolded = true });
	for (int i = 0; i < 400; i++)
		violate(3000);
	check_u64("records", world_take(w), 400);
	for (size_t i = 0; i < w->len; i++)
		check_fold("each", &w->events[i].fold, 1, i + 1, i ? HP_FOLD_SAME : 0);
	check_u64("none is lost", world_lost(w, HP_LOST_RATE) + world_lost(w, HP_LOST_RING), 0);
}

/* ---- wake-ups -------------------------------------------------------------------------------- */

static uint64_t last_wake(const struct world *w)
{
	return *(volatile __u64 *)&w->kernel->skel->bss->hp_last_wake;
}

/* Does the next violation wake a reader, if the last one was woken so long ago? */
static bool wakes_after(struct world *w, uint64_t ns)
{
	uint64_t set = world_boot_ns() - ns;

	w->kernel->skel->bss->hp_last_wake = set;
	violate(3000);
	return last_wake(w) != set;
}

static void test_wakes(void **state)
{
	struct world *w = *state;

	begin(w, &(struct world_load) { .unfolded = true, .wake_ns = LONG_NS });
	assert_true(wakes_after(w, LONG_NS + 1));
	assert_true(world_boot_ns() - last_wake(w) < LONG_NS / 1000);
	assert_false(wakes_after(w, LONG_NS / 2));
	assert_false(wakes_after(w, LONG_NS / 8));
	assert_false(wakes_after(w, LONG_NS / 17));
	assert_false(wakes_after(w, 0));
}

/* While the ring fills, it is woken once an eighth of it waits. */
static void test_wakes_early(void **state)
{
	uint64_t each = sizeof(struct hp_event) + BPF_RINGBUF_HDR_SZ, n = 1;
	struct world *w = *state;

	begin(w, &(struct world_load) { .unfolded = true, .wake_ns = LONG_NS });
	assert_false(wakes_after(w, LONG_NS / 2));
	while (!wakes_after(w, LONG_NS / 2))
		n++;
	check_u64("records that wait", n + 1, (kernel_ring_bytes(w->kernel) / 8 + each - 1) / each);
	/* but not without end */
	assert_false(wakes_after(w, LONG_NS / 17));
	assert_true(wakes_after(w, LONG_NS / 15));
	check_u64("records", world_take(w), n + 3);
	/* what was taken does not wait */
	assert_false(wakes_after(w, LONG_NS / 2));
}

/* The reader's descriptor says so: edge-triggered, because it also says that records wait. */
static void test_wakes_reader(void **state)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct world *w = *state;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	begin(w, &(struct world_load) { .unfolded = true, .wake_ns = LONG_NS });
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, kernel_ring_fd(w->kernel), &event), 0);
	check_int("nothing", epoll_wait(epoll, &event, 1, 0), 0);
	assert_true(wakes_after(w, LONG_NS + 1));
	check_int("woken", epoll_wait(epoll, &event, 1, 60000), 1);
	assert_false(wakes_after(w, 0));
	check_int("not woken", epoll_wait(epoll, &event, 1, 0), 0);
	(void)close(epoll);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_repeats),      WORLD_TEST(test_keys),
		WORLD_TEST(test_sets),	       WORLD_TEST(test_replaced),
		WORLD_TEST(test_holder),       WORLD_TEST(test_due),
		WORLD_TEST(test_rate),	       WORLD_TEST(test_burst_of_one),
		WORLD_TEST(test_ring_full),    WORLD_TEST(test_unfolded),
		WORLD_TEST(test_wakes),	       WORLD_TEST(test_wakes_early),
		WORLD_TEST(test_wakes_reader),
	};

	return WORLD_RUN("violations in the kernel", tests);
}

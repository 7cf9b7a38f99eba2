// SPDX-License-Identifier: MIT
/* Whom a slot and its records name: the latest binder, and the first different ones. */
#include "violations.h"

#include <stdio.h>
#include <unistd.h>

/* ---- binders --------------------------------------------------------------------------------- */

static void bind_loopback(uint8_t host)
{
	char address[INET_ADDRSTRLEN];

	(void)snprintf(address, sizeof(address), "127.0.0.%u", host);
	assert_int_equal(world_bind(UDP4(address, 3000)), 0);
}

static void check_host(const char *name, const uint8_t addr[HP_ADDR_LEN], uint8_t host)
{
	const uint8_t want[HP_ADDR_LEN] = { 127, 0, 0, host };

	check_u64(name, addr[3], host);
	assert_memory_equal(addr, want, sizeof(want));
}

/* The first addresses have a record each, at once; who follows them is counted, and is the latest.
 */
static void test_members(void **state)
{
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];
	struct hp_fold_slot slot;
	uint32_t number;
	uint64_t tick;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	bind_loopback(1);
	assert_int_equal(world_take(w), 1);
	number = e->fold.slot;
	tick = world_slot(w, number).sent_tick;
	for (uint8_t i = 2; i <= HP_FOLD_MEMBERS; i++) {
		bind_loopback(i);
		assert_int_equal(world_take(w), 1);
		check_fold("a member", &e->fold, 1, 3U * i - 4, HP_FOLD_SAME);
		check_host("a member", e->addr, i);
		check_host("the latest", e->binders.latest.addr, i);
		check_u64("its number", e->current, i);
		/* since the record before: who made violations then, and this one */
		check_u64("recent", e->recent, i == 2 ? 2 : 1U << (i - 1) | 1U << (i - 2) | 1);
		bind_loopback(1);
		bind_loopback(i);
		check_u64("repeats", world_take(w), 0);
		check_host("the latest", world_slot(w, number).binders.latest.addr, i);
	}
	bind_loopback(99);
	check_u64("no room", world_take(w), 0);
	slot = world_slot(w, number);
	check_host("the latest", slot.binders.latest.addr, 99);
	check_u64("is no member", slot.current, 0);
	check_u64("out of turn", slot.sent_tick, tick);
	check_u64("counted", slot.seen, 3 * HP_FOLD_MEMBERS - 2 + 1);
	bind_loopback(99);
	bind_loopback(3);
	check_u64("nor later", world_take(w), 0);
	check_u64("members", world_slot(w, number).recent, 1 | 1U << 2 | 1U << 7);
	/* in its turn, a record says it of all, and the next members are others */
	world_make_due(w, number);
	bind_loopback(99);
	assert_int_equal(world_take(w), 1);
	check_u64("no member", e->current, 0);
	check_u64("recent", e->recent, 1 | 1U << 2 | 1U << 7);
	slot = world_slot(w, number);
	check_u64("a new one", slot.current, 1);
	check_u64("alone", slot.binders.pid[1], 0);
	check_u64("recent", slot.recent, 0);
	bind_loopback(3);
	check_u64("another new one", world_take(w), 1);
	check_violations("all", w, slot.seen + 1);
}

/* A new member without a record is counted, and its turn is not put off. */
static void test_member_unsent(void **state)
{
	struct world *w = *state;
	struct hp_fold_slot slot;
	uint32_t number;
	uint64_t tick;

	begin(w, &(struct world_load) {
			 .fold_ns = LONG_NS, .token_ns = LONG_NS, .burst_ns = LONG_NS });
	world_pin_cpu();
	bind_loopback(1);
	assert_int_equal(world_take(w), 1);
	number = w->events[0].fold.slot;
	tick = world_slot(w, number).sent_tick;
	bind_loopback(2);
	check_u64("no record", world_take(w), 0);
	slot = world_slot(w, number);
	check_u64("counted", slot.seen, 2);
	check_u64("the turn", slot.sent_tick, tick);
	check_u64("a member", slot.current, 2);
	check_host("the latest", slot.binders.latest.addr, 2);
	check_u64("not lost", world_lost(w, HP_LOST_RATE), 0);
	world_unpin_cpu();
}

/* A new holder's record says who made the violations of the holder before. */
static void test_binders_replaced(void **state)
{
	const uint64_t ticks[HP_FOLD_WAYS] = { 1, 2, 3, 4 };
	struct world *w = *state;
	const struct hp_event *e = &w->events[0];
	struct hp_fold_set set;
	struct hp_fold_slot slot;
	uint32_t number;

	begin(w, &(struct world_load) { .fold_ns = LONG_NS });
	violate(3000);
	assert_int_equal(world_take(w), 1);
	number = e->fold.slot / HP_FOLD_WAYS;
	plant(w, number, ticks, 7);
	set = world_fold_set(w, number);
	set.slot[0].binders = (struct hp_binders) {
		.latest = { .pid = 77, .family = 6, .comm = "before" },
		.pid = { 76, 77 },
		.address = { 5, 6 },
	};
	set.slot[0].recent = 1;
	set.slot[0].current = 2;
	world_set_fold_set(w, number, &set);
	violate(3000);
	assert_int_equal(world_take(w), 1);
	check_fold("a new holder", &e->fold, 8, 1, 100);
	assert_memory_equal(&e->binders, &set.slot[0].binders, sizeof(e->binders));
	check_u64("recent", e->recent, 1);
	check_u64("current", e->current, 2);
	check_u64("its own process", e->pid, (uint64_t)getpid());
	slot = world_slot(w, e->fold.slot);
	check_u64("the first member", slot.binders.pid[0], (uint64_t)getpid());
	check_u64("alone", slot.binders.pid[1], 0);
	check_u64("its number", slot.current, 1);
	check_u64("recent", slot.recent, 0);
	check_u64("the latest", slot.binders.latest.pid, (uint64_t)getpid());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_members),
		WORLD_TEST(test_member_unsent),
		WORLD_TEST(test_binders_replaced),
	};

	return WORLD_RUN("whom slots name", tests);
}

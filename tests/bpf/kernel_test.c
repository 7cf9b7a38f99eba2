// SPDX-License-Identifier: MIT
/* Loading, settings, counters and names: what the programs are told, and what they tell.
 */
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- loading --------------------------------------------------------------------------------- */

static struct kernel *load(const struct kernel_settings *settings)
{
	struct kernel *kernel = NULL;

	check_int("load", kernel_load(settings, &kernel), 0);
	assert_non_null(kernel);
	return kernel;
}

/* Which programs are loaded for what is asked for; not every machine loads those that trace. */
static void test_listen(void **state)
{
	struct kernel_settings settings = world_settings(*state);
	struct kernel *kernel = load(&settings);
	bool traces;
	int r;

	check_int("none", kernel_listen_hook(kernel), KERNEL_LISTEN_NONE);
	assert_false(kernel_has_sctp(kernel));
	assert_false(kernel_adopted(kernel));
	check_u64("no policy", kernel_generation(kernel), 0);
	kernel_free(kernel);

	settings.listen = KERNEL_LISTEN_SOCKOPS;
	kernel = load(&settings);
	check_int("sockops", kernel_listen_hook(kernel), KERNEL_LISTEN_SOCKOPS);
	kernel_free(kernel);

	settings.listen = KERNEL_LISTEN_FEXIT;
	kernel = NULL;
	r = kernel_load(&settings, &kernel);
	traces = r == 0;
	check_int("fexit", r, traces ? 0 : -EOPNOTSUPP);
	assert_true(traces == (kernel != NULL));
	if (traces)
		check_int("fexit", kernel_listen_hook(kernel), KERNEL_LISTEN_FEXIT);
	kernel_free(kernel);

	settings.listen = KERNEL_LISTEN_AUTO;
	settings.sctp = true;
	kernel = load(&settings);
	check_int("auto", kernel_listen_hook(kernel),
		  traces ? KERNEL_LISTEN_FEXIT : KERNEL_LISTEN_NONE);
	if (!traces)
		assert_false(kernel_has_sctp(kernel));
	kernel_free(kernel);
	kernel_free(NULL);
}

/* What the programs know before they run: without a kernel, as an opened object. */
static void prepare(struct kernel *k, const struct kernel_settings *settings, bool can_cast)
{
	struct kernel_btf btf = KERNEL_BTF_NONE;

	btf.left_to_libbpf = true;
	k->rows = -1;
	k->first_row_map = ROW_MAP_FIRST_NONE;
	check_int("open", object_open(k, &btf), 0);
	check_int("prepare", maps_prepare(k, settings, can_cast), 0);
}

/* The part of the kernel's types that libbpf reads, made once; and what can be cast with it. */
static void test_types(void **state)
{
	struct kernel_btf btf = KERNEL_BTF_NONE, less;
	struct kernel k = { .cpus = 1 };
	struct stat st, again;

	(void)state;
	assert_false(kernel_btf_can_cast(&btf));
	check_int("open", object_open(&k, &btf), 0);
	assert_false(btf.left_to_libbpf);
	assert_true(btf.is_filled && btf.fd >= 0);
	assert_int_equal(fstat(btf.fd, &st), 0);
	assert_true(st.st_size > 1000 && st.st_size < 1000000);
	assert_int_equal(stat(btf.path, &again), 0);
	check_u64("by its path", again.st_ino, st.st_ino);
	check_int("can cast", kernel_btf_can_cast(&btf),
		  world_sh("grep -qw bpf_rdonly_cast /proc/kallsyms") == 0);
	less = btf;
	less.left_to_libbpf = true;
	assert_false(kernel_btf_can_cast(&less));
	less = btf;
	less.casts.call = 0;
	assert_false(kernel_btf_can_cast(&less));
	less = btf;
	less.casts.sock = 0;
	assert_false(kernel_btf_can_cast(&less));
	less = btf;
	less.casts.task = 0;
	assert_false(kernel_btf_can_cast(&less));
	less = btf;
	less.casts.inet = 0;
	assert_false(kernel_btf_can_cast(&less));
	check_int("filled once", kernel_btf_fill(&btf, k.skel->obj), 0);
	check_int("opened once", kernel_btf_open(&btf), 0);
	assert_int_equal(fstat(btf.fd, &again), 0);
	check_u64("as it was", (uint64_t)again.st_size, (uint64_t)st.st_size);
	object_close(&k);
	kernel_btf_close(&btf);
	check_int("closed", btf.fd, -1);
}

static uint64_t tick_ns(void)
{
	struct timespec tick;

	assert_int_equal(clock_getres(CLOCK_MONOTONIC_COARSE, &tick), 0);
	return (uint64_t)tick.tv_nsec;
}

static void test_constants(void **state)
{
	struct kernel_settings settings = {
		.netns_cookie = 0x123456789aULL,
		.netns_inum = 77,
		.root_cgroup = 0xabcdef0123ULL,
		.fold_ns = 1,
	};
	const struct {
		uint64_t ns, ticks;
	} folds[] = {
		{ 1, 1 },
		{ tick_ns(), 1 },
		{ tick_ns() + 1, 2 },
		{ 1000 * tick_ns(), 1000 },
	};
	struct kernel k = { .cpus = 1 };
	struct hostport_bpf__rodata *rodata;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		settings.fold_ns = folds[i].ns;
		prepare(&k, &settings, i);
		rodata = k.skel->rodata;
		check_u64("cookie", rodata->hp_netns_cookie, settings.netns_cookie);
		check_u64("inum", rodata->hp_netns_inum, 77);
		check_u64("root", rodata->hp_root_cgroup, settings.root_cgroup);
		check_u64("ticks", rodata->hp_fold_ticks, folds[i].ticks);
		check_int("cast", rodata->hp_can_cast, i > 0);
		check_u64("a record in a millisecond", rodata->hp_token_ns, 1000000);
		check_u64("a burst of 384", rodata->hp_burst_ns, 384000000);
		check_u64("woken in 10 ms", rodata->hp_wake_ns, 10000000);
		object_close(&k);
	}
	settings.fold_ns = 0;
	prepare(&k, &settings, false);
	check_u64("not folded", k.skel->rodata->hp_fold_ticks, 0);
	check_u64("no rate", k.skel->rodata->hp_token_ns, 0);
	check_u64("no burst", k.skel->rodata->hp_burst_ns, UINT64_MAX);
	object_close(&k);
}

/* The ring holds four bursts, or more with many processors, or what is asked for. */
static void test_ring_sizes(void **state)
{
	static const struct {
		int cpus;
		uint32_t asked, bytes;
	} sizes[] = {
		{ 1, 0, 1 << 19 },	{ 2, 0, 1 << 19 },	 { 12, 0, 1 << 19 },
		{ 13, 0, 1 << 19 },	{ 14, 0, 1 << 20 },	 { 500, 0, 1 << 24 },
		{ 100000, 0, 1 << 24 }, { 1, 1 << 16, 1 << 16 }, { 100, 1 << 22, 1 << 22 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct kernel_settings settings = { .ring_bytes = sizes[i].asked, .fold_ns = 1 };
		struct kernel k = { .cpus = sizes[i].cpus };

		prepare(&k, &settings, false);
		check_u64("bytes", kernel_ring_bytes(&k), sizes[i].bytes);
		check_u64("an eighth", k.skel->rodata->hp_wake_bytes, sizes[i].bytes / 8);
		object_close(&k);
	}
}

/* ---- what is told ---------------------------------------------------------------------------- */

static void test_flags(void **state)
{
	struct world *w = *state;

	world_load(w, &(struct world_load) { 0 });
	check_int("guard", kernel_guards(w->kernel), false);
	kernel_set_guard(w->kernel, true);
	check_int("guard", kernel_guards(w->kernel), true);
	check_int("guard", w->kernel->skel->bss->hp_guard, true);
	kernel_set_guard(w->kernel, false);
	check_int("guard", kernel_guards(w->kernel), false);
	check_int("no LSM program ran", kernel_lsm_ran(w->kernel), false);
	w->kernel->skel->bss->hp_lsm_ran = true;
	check_int("an LSM program ran", kernel_lsm_ran(w->kernel), true);
	kernel_set_chosen_range(w->kernel, 1000, 2000);
	check_int("first", w->kernel->skel->bss->hp_chosen_first, 1000);
	check_int("last", w->kernel->skel->bss->hp_chosen_last, 2000);
	check_int("attaching what was not loaded", kernel_attach_sctp(w->kernel), 0);
}

/* Before user space has read the range, any port may be one that the kernel chose. */
static void test_range_unknown(void **state)
{
	struct kernel_settings settings = world_settings(*state);
	struct kernel *kernel = load(&settings);

	check_int("first", kernel->skel->bss->hp_chosen_first, 1);
	check_int("last", kernel->skel->bss->hp_chosen_last, UINT16_MAX);
	kernel_free(kernel);
}

/* Each processor counts for itself. */
static void test_counters(void **state)
{
	struct world *w = *state;
	struct hp_counters *each, got;
	uint32_t zero = 0;
	int cpus;

	world_load(w, &(struct world_load) { 0 });
	cpus = w->kernel->cpus;
	each = calloc((size_t)cpus, sizeof(*each));
	assert_non_null(each);
	for (int cpu = 0; cpu < cpus; cpu++) {
		for (uint64_t c = 0; c < HP_CLASS_MAX; c++)
			for (uint64_t v = 0; v < HP_VERDICT_MAX; v++)
				for (uint64_t p = 0; p < HP_PROTO_MAX; p++)
					each[cpu].count[c][v][p] =
						1 + c * 100 + v * 10 + p + 10000 * (uint64_t)cpu;
		for (uint64_t i = 0; i < HP_LOST_MAX; i++)
			each[cpu].lost[i] = 7 + i + 10000 * (uint64_t)cpu;
	}
	assert_int_equal(bpf_map_update_elem(bpf_map__fd(w->kernel->skel->maps.hp_counts), &zero,
					     each, BPF_ANY),
			 0);
	check_int("read", kernel_counters(w->kernel, &got), 0);
	for (uint64_t c = 0; c < HP_CLASS_MAX; c++)
		for (uint64_t v = 0; v < HP_VERDICT_MAX; v++)
			for (uint64_t p = 0; p < HP_PROTO_MAX; p++)
				check_u64("count", got.count[c][v][p],
					  (uint64_t)cpus * (1 + c * 100 + v * 10 + p) +
						  10000 * (uint64_t)(cpus * (cpus - 1) / 2));
	for (uint64_t i = 0; i < HP_LOST_MAX; i++)
		check_u64("lost", got.lost[i],
			  (uint64_t)cpus * (7 + i) + 10000 * (uint64_t)(cpus * (cpus - 1) / 2));
	free(each);
}

struct slots {
	uint32_t numbers[8];
	struct hp_fold_slot slots[8];
	size_t len;
};

static void on_slot(void *data, uint32_t number, const struct hp_fold_slot *slot)
{
	struct slots *slots = data;

	assert_true(slots->len < 8);
	slots->numbers[slots->len] = number;
	slots->slots[slots->len++] = *slot;
}

/* Slots that were used, each with its holder's own count. */
static void test_slots(void **state)
{
	static const uint32_t used[] = { 0, 5, 6, HP_FOLD_SLOTS - 1 };
	struct slots got = { .len = 0 };
	struct world *w = *state;

	world_load(w, &(struct world_load) { 0 });
	for (uint32_t i = 0; i < ARRAY_LEN(used); i++) {
		struct hp_fold_set set = world_fold_set(w, used[i] / HP_FOLD_WAYS);

		set.slot[used[i] % HP_FOLD_WAYS] = (struct hp_fold_slot) {
			.key = { .port = (uint16_t)(100 + i) },
			.seen = 50 + i,
			.base = 10,
			.generation = 3 + i,
		};
		world_set_fold_set(w, used[i] / HP_FOLD_WAYS, &set);
	}
	check_int("read", kernel_read_folds(w->kernel, on_slot, &got), 0);
	check_u64("slots", got.len, ARRAY_LEN(used));
	for (uint32_t i = 0; i < got.len; i++) {
		check_u64("number", got.numbers[i], used[i]);
		check_u64("port", got.slots[i].key.port, 100 + i);
		check_u64("seen", got.slots[i].seen, 40 + i);
		check_u64("base", got.slots[i].base, 0);
		check_u64("generation", got.slots[i].generation, 3 + i);
	}
}

static void on_name(void *data, const struct hp_event *event)
{
	struct hp_event *events = data;

	assert_true(event->fold.slot < 4);
	assert_int_equal(events[event->fold.slot].pid, 0);
	events[event->fold.slot] = *event;
}

/* Of each slot the last name stays. */
static void test_names(void **state)
{
	const struct hp_event events[] = {
		{ .fold = { .slot = 1 }, .pid = 11 },
		{ .fold = { .slot = 3 }, .pid = 13 },
		{ .fold = { .slot = 1 }, .pid = 21 },
	};
	struct hp_event got[4] = { 0 };
	struct world *w = *state;

	world_load(w, &(struct world_load) { 0 });
	check_int("none", kernel_read_names(w->kernel, on_name, got), 0);
	check_int("put", kernel_put_names(w->kernel, events, ARRAY_LEN(events)), 0);
	check_int("read", kernel_read_names(w->kernel, on_name, got), 0);
	check_u64("the last of 1", got[1].pid, 21);
	check_u64("of 3", got[3].pid, 13);
	check_u64("of no other", got[0].pid + got[2].pid, 0);
}

/* An agent that dies leaves what it was about to tell. */
static void test_ring(void **state)
{
	struct world *w = *state;

	world_start(w, &(struct world_load) { .unfolded = true });
	world_publish(w, HP_MODE_AUDIT, DENY_DEFAULT);
	for (uint16_t port = 3000; port < 3005; port++)
		assert_int_equal(world_bind(UDP4(NULL, port)), 0);
	w->len = 0;
	check_u64("no more than asked for", kernel_take(w->kernel, 2), 2);
	check_u64("taken", w->len, 2);
	check_u64("the rest", kernel_take(w->kernel, 9), 3);
	for (uint16_t i = 0; i < 5; i++)
		check_u64("in order", w->events[i].key.port, 3000 + i);
	records_close(w->kernel->records);
	w->kernel->records = NULL;
	check_int("once more", kernel_on_event(w->kernel, w->kernel->on_event, w), 0);
	check_u64("not released", world_take(w), 5);
	check_u64("released", world_take(w), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_listen),     WORLD_TEST(test_types), WORLD_TEST(test_constants),
		WORLD_TEST(test_ring_sizes), WORLD_TEST(test_flags), WORLD_TEST(test_range_unknown),
		WORLD_TEST(test_counters),   WORLD_TEST(test_slots), WORLD_TEST(test_names),
		WORLD_TEST(test_ring),
	};

	return WORLD_RUN("the kernel's side", tests);
}

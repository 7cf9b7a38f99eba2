// SPDX-License-Identifier: MIT
/*
 * The programs and the fold together: of each line it is known which violations it stands for, so
 * what it says of them can be checked. Programs run on this machine, keys share one set of slots,
 * and the random numbers are the same in every run.
 */
#include "../../user/event/fold.h"
#include "bpf_on_host.h"

#define DENIES	  (1U << HP_CLASS_UNREGISTERED)
#define KEYS	  7
#define TASKS	  12
#define ADDRESSES 4
#define STEPS	  3000
#define HOLDERS	  4000
#define LOG_MAX	  4096 /* violations of one holder */
#define QUEUE_MAX 6

struct violation {
	uint8_t task, address; /* in `tasks`, `addresses` */
};

struct holder_log {
	struct violation *list; /* of LOG_MAX */
	size_t len, told;
	bool known;		      /* a record of it came */
	bool named[TASKS][ADDRESSES]; /* by process and address */
	uint64_t first_ns;
};

/* How a run goes. */
struct way {
	unsigned int tasks, addresses;
	bool reads;	/* slots are read at any time */
	bool late;	/* records come out of order */
	bool fills;	/* the ring is full at times */
	bool is_exact;	/* so few binders that the numbers are exact */
	bool all_named; /* and each has a line of its own */
};

static struct {
	uint64_t random;
	const struct way *way;
	struct holder_log (*logs)[HOLDERS]; /* of the four slots of the set */
	struct hp_event queue[QUEUE_MAX];
	size_t queued;
	struct fold *fold;
	uint64_t told, lines, several;
} run;

static struct cred creds[TASKS];
static struct task_struct tasks[TASKS];
static const __u8 addresses[2][ADDRESSES][4] = {
	{ { 0, 0, 0, 0 }, { 10, 0, 0, 1 }, { 10, 0, 0, 2 }, { 10, 0, 1, 1 } },
	{ { 127, 0, 0, 1 }, { 127, 0, 0, 2 }, { 127, 1, 0, 1 }, { 127, 0, 0, 3 } },
};
static struct hp_fold_key keys[KEYS];
static __u32 the_set;

static struct sock sk;
static struct socket sock = { .sk = &sk };
static struct {
	__u16 family, port;
	__u32 v4, v6[4];
} address = { .family = AF_INET };

/* xorshift64*: the same numbers in every run. */
static uint32_t draw(uint32_t n)
{
	run.random ^= run.random >> 12;
	run.random ^= run.random << 25;
	run.random ^= run.random >> 27;
	return (uint32_t)((run.random * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

/* Keys of one set: what they share pushes holders out. */
static void find_keys(void)
{
	size_t n = 0;

	for (uint32_t port = 1; port < HP_PORTS && n < KEYS; port++) {
		struct hp_fold_key key = {
			.workload = 4711,
			.port = (__u16)port,
			.proto = HP_PROTO_SCTP,
			.cls = HP_CLASS_UNREGISTERED,
			.verdict = HP_VERDICT_DENIED,
			.how = HP_HOW_BIND,
			.scope = n % 2 ? HP_SCOPE_LOCALHOST : HP_SCOPE_EXTERNAL,
		};

		if (n == 0)
			the_set = fold_set_of(&key);
		if (fold_set_of(&key) == the_set)
			keys[n++] = key;
	}
	assert_int_equal(n, KEYS);
}

/* Some share a process' id, others a name or a user. */
static void make_tasks(void)
{
	for (int i = 0; i < TASKS; i++) {
		creds[i].uid.val = (unsigned int)(i / 2);
		tasks[i] = (struct task_struct) {
			.tgid = 100 + i,
			.start_boottime = 1000ULL + (unsigned int)i,
			.self_exec_id = 3,
			.cred = &creds[i],
			.cgroups = &host_css,
			.mm = &host_mm,
		};
		(void)snprintf(tasks[i].comm, sizeof(tasks[i].comm), "task-%d", i / 3);
		tasks[i].group_leader = &tasks[i];
	}
	tasks[1].tgid = tasks[0].tgid; /* one that has become another program */
	tasks[1].self_exec_id = 4;
}

static struct holder_log *log_of(uint32_t slot, uint32_t generation)
{
	assert_int_equal(slot / HP_FOLD_WAYS, the_set);
	assert_true(generation < HOLDERS);
	return &run.logs[slot % HP_FOLD_WAYS][generation];
}

static int process_of(const struct violation *v)
{
	return tasks[v->task].tgid - tasks[0].tgid;
}

static const __u8 *address_of(const struct hp_fold_key *key, uint8_t n)
{
	return addresses[key->scope == HP_SCOPE_LOCALHOST][n];
}

static void check_numbers(const struct fold_line *line, const struct violation *list)
{
	bool pids[200] = { false }, where[ADDRESSES] = { false };
	uint32_t processes = 0, places = 0;

	for (uint64_t i = 0; i < line->count; i++) {
		uint32_t pid = (uint32_t)tasks[list[i].task].tgid;

		processes += !pids[pid];
		pids[pid] = true;
		places += !where[list[i].address];
		where[list[i].address] = true;
	}
	run.several += processes > 1 || places > 1;
	if (line->processes > processes || line->addresses > places)
		fail_msg("a line says %u processes and %u addresses, there were %u and %u",
			 line->processes, line->addresses, processes, places);
	if (run.way->is_exact) {
		check_u64("processes", line->processes, processes);
		check_u64("addresses", line->addresses, places);
	}
}

static void on_line(void *data, const struct fold_line *line)
{
	const struct hp_event *e = line->record;
	struct holder_log *log = log_of(e->fold.slot, e->fold.generation);
	const struct violation *last;
	const struct task_struct *task;

	(void)data;
	run.lines++;
	run.told += line->count;
	assert_true(line->count > 0 && log->told + line->count <= log->len);
	last = &log->list[log->told + line->count - 1];
	task = &tasks[last->task];
	check_u64("pid", e->pid, (uint64_t)task->tgid);
	check_u64("uid", e->uid, task->cred->uid.val);
	check_u64("start", e->start_ns, task->start_boottime);
	check_text("comm", e->comm, task->comm);
	check_u64("program", e->exe_inode, host_inode.i_ino);
	check_u64("family", e->family, 4);
	assert_memory_equal(e->addr, address_of(&e->key, last->address), 4);
	if (!log->first_ns)
		log->first_ns = line->first_ns;
	if (!run.way->late)
		check_u64("first", line->first_ns, log->first_ns);
	assert_true(line->first_ns <= line->last_ns);
	check_numbers(line, &log->list[log->told]);
	log->named[process_of(last)][last->address] = true;
	log->told += line->count;
}

static void deliver(size_t at)
{
	struct hp_event e = run.queue[at];

	run.queued--;
	memmove(&run.queue[at], &run.queue[at + 1], (run.queued - at) * sizeof(e));
	log_of(e.fold.slot, e.fold.generation)->known = true;
	assert_int_equal(fold_record(run.fold, &e), 0);
}

static void queue_record(void)
{
	if (run.queued == QUEUE_MAX)
		deliver(run.way->late ? draw(QUEUE_MAX) : 0);
	run.queue[run.queued++] = host.events[0];
	host.len_events = 0;
	if (!run.way->late)
		deliver(0);
}

/* Note which holder has counted it; what is lost none has. */
static void note(const struct hp_fold_key *key, uint8_t task, uint8_t where)
{
	const struct hp_fold_set *set = &host.sets[the_set];

	for (uint32_t i = 0; i < HP_FOLD_WAYS; i++) {
		const struct hp_fold_slot *slot = &set->slot[i];
		struct holder_log *log = log_of(the_set * HP_FOLD_WAYS + i, slot->generation);

		if (!slot->generation || !same_key(&slot->key, key))
			continue;
		if (!log->list)
			log->list = calloc(LOG_MAX, sizeof(*log->list));
		assert_true(log->len < LOG_MAX);
		log->list[log->len++] = (struct violation) { task, where };
		check_u64("the slot's count", slot->seen - slot->base, log->len);
		return;
	}
	assert_true(host.ring_full);
}

static void violate(void)
{
	__u64 ctx[] = { (__u64)(unsigned long)&sock, (__u64)(unsigned long)&address, 16, 0 };
	const struct hp_fold_key *key = &keys[draw(draw(40) ? 3 : KEYS)];
	uint8_t task = (uint8_t)draw(run.way->tasks), where = (uint8_t)draw(run.way->addresses);

	host.task = &tasks[task];
	host.ring_full = run.way->fills && draw(3) == 0;
	address.port = bpf_htons(key->port);
	memcpy(&address.v4, address_of(key, where), 4);
	for (uint32_t n = draw(3) ? 1 : 1 + draw(5); n > 0; n--) {
		check_int("denied", hp_sctp_bind(ctx), -EPERM);
		note(key, task, where);
		if (host.len_events)
			queue_record();
	}
}

static void read_slot(uint32_t way)
{
	struct hp_fold_slot value = host.sets[the_set].slot[way];

	value.seen -= value.base;
	fold_slot(run.fold, the_set * HP_FOLD_WAYS + way, &value, host.now, UINT64_MAX);
}

static void step(void)
{
	uint32_t ticks = draw(20) ? draw(10) : draw(400);

	host.jiffies += ticks;
	host.now += 1 + ticks * 4000000ULL;
	if (run.way->reads && draw(6) == 0)
		read_slot(draw(HP_FOLD_WAYS));
	if (run.way->late && run.queued && draw(4) == 0)
		deliver(draw((uint32_t)run.queued));
	violate();
}

/* All of what holders counted is told, and who made it. */
static void check_all_told(void)
{
	for (uint32_t way = 0; way < HP_FOLD_WAYS; way++)
		for (uint32_t g = 1; g < HOLDERS; g++) {
			struct holder_log *log = &run.logs[way][g];

			if (log->known)
				check_u64("told", log->told, log->len);
			for (size_t i = 0; i < log->len && run.way->all_named; i++)
				assert_true(log->named[process_of(&log->list[i])]
						      [log->list[i].address]);
			free(log->list);
		}
}

static void run_way(const struct way *way, uint64_t seed)
{
	memset(&run, 0, sizeof(run));
	run.random = seed;
	run.way = way;
	run.logs = calloc(HP_FOLD_WAYS, sizeof(*run.logs));
	host_begin(HP_MODE_ENFORCE, DENIES);
	host.token_ns = 0;
	sk = (struct sock) {
		.__sk_common = { .skc_net = { &host_net }, .skc_net_refcnt = 1 },
		.sk_protocol = HP_IPPROTO_SCTP,
	};
	assert_int_equal(fold_new(on_line, NULL, &run.fold), 0);
	for (int i = 0; i < STEPS; i++)
		step();
	while (run.queued)
		deliver(0);
	for (uint32_t i = 0; i < HP_FOLD_WAYS; i++)
		read_slot(i);
	check_all_told();
	assert_true(run.told > STEPS / 2 && run.lines > 100);
	assert_true(way->tasks * way->addresses == 1 || run.several > 10);
	fold_free(run.fold);
	free(run.logs);
}

static const struct way ways[] = {
	{ .tasks = 1, .addresses = 1, .is_exact = true, .all_named = true },
	{ .tasks = 4, .addresses = 2, .is_exact = true, .all_named = true },
	{ .tasks = 2, .addresses = 4, .is_exact = true, .all_named = true },
	{ .tasks = 4, .addresses = 2, .reads = true },
	{ .tasks = 4, .addresses = 2, .late = true },
	{ .tasks = TASKS, .addresses = ADDRESSES },
	{ .tasks = TASKS, .addresses = ADDRESSES, .reads = true, .fills = true },
	{ .tasks = TASKS, .addresses = ADDRESSES, .reads = true, .late = true },
};

static void test_truth(void **state)
{
	(void)state;
	find_keys();
	make_tasks();
	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		for (uint64_t seed = 1; seed <= 10; seed++)
			run_way(&ways[i], seed * 0x9e3779b97f4a7c15ULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

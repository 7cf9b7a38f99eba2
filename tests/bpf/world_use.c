// SPDX-License-Identifier: MIT
/* What tests do in their world: they bind, and read what came of it. */
#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../user/stream/accounts.h"

/* ---- binds ---------------------------------------------------------------------------------- */

int world_socket(const struct where *where)
{
	int fd = socket(where->family, where->type | SOCK_CLOEXEC, where->proto), on = 1;

	if (fd < 0)
		fail_msg("socket %d %d %d: %s", where->family, where->type, where->proto,
			 strerror(errno));
	(void)setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	if (where->family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	return fd;
}

int world_bind_to(int fd, const struct where *where)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(where->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(where->port) };
	bool is4 = where->family == AF_INET;

	if (where->addr)
		assert_int_equal(inet_pton(where->family, where->addr,
					   is4 ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr),
				 1);
	if (is4)
		return bind(fd, (struct sockaddr *)&v4, sizeof(v4)) < 0 ? errno : 0;
	return bind(fd, (struct sockaddr *)&v6, sizeof(v6)) < 0 ? errno : 0;
}

int world_bind(struct where where)
{
	int fd = world_socket(&where), r = world_bind_to(fd, &where);

	(void)close(fd);
	return r;
}

uint64_t world_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), 0);
	return cookie;
}

uint16_t world_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	/* the port stands at the same place in both families */
	return ntohs(((struct sockaddr_in *)&addr)->sin_port);
}

void world_range(uint16_t first, uint16_t last)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%u %u", first, last);
	world_write("/proc/sys/net/ipv4/ip_local_port_range", text);
}

/* ---- what came of it ------------------------------------------------------------------------ */

size_t world_take(struct world *w)
{
	w->len = 0;
	(void)kernel_take(w->kernel, UINT_MAX);
	kernel_release(w->kernel);
	return w->len;
}

void world_mark(struct world *w)
{
	assert_int_equal(kernel_counters(w->kernel, &w->before), 0);
}

static struct hp_counters since(struct world *w)
{
	struct hp_counters now;

	assert_int_equal(kernel_counters(w->kernel, &now), 0);
	for (int c = 0; c < HP_CLASS_MAX; c++)
		for (int v = 0; v < HP_VERDICT_MAX; v++)
			for (int p = 0; p < HP_PROTO_MAX; p++)
				now.count[c][v][p] -= w->before.count[c][v][p];
	for (int i = 0; i < HP_LOST_MAX; i++)
		now.lost[i] -= w->before.lost[i];
	return now;
}

uint64_t world_counted(struct world *w, enum hp_class cls, enum hp_verdict verdict)
{
	struct hp_counters now = since(w);

	return accounts_count(&now, cls, verdict);
}

uint64_t world_counted_all(struct world *w)
{
	struct hp_counters now = since(w);
	uint64_t sum = 0;

	for (int c = 0; c < HP_CLASS_MAX; c++)
		for (int v = 0; v < HP_VERDICT_MAX; v++)
			sum += accounts_count(&now, (size_t)c, (size_t)v);
	return sum;
}

uint64_t world_lost(struct world *w, enum hp_lost why)
{
	return since(w).lost[why];
}

struct hp_fold_set world_fold_set(struct world *w, uint32_t number)
{
	struct hp_fold_set set;

	assert_int_equal(
		bpf_map_lookup_elem(bpf_map__fd(w->kernel->skel->maps.hp_folds), &number, &set), 0);
	return set;
}

struct hp_fold_slot world_slot(struct world *w, uint32_t slot)
{
	return world_fold_set(w, slot / HP_FOLD_WAYS).slot[slot % HP_FOLD_WAYS];
}

void world_set_fold_set(struct world *w, uint32_t number, const struct hp_fold_set *set)
{
	assert_int_equal(bpf_map_update_elem(bpf_map__fd(w->kernel->skel->maps.hp_folds), &number,
					     set, BPF_F_LOCK),
			 0);
}

void world_set_tick(struct world *w, uint32_t slot, uint64_t tick)
{
	struct hp_fold_set set = world_fold_set(w, slot / HP_FOLD_WAYS);

	set.slot[slot % HP_FOLD_WAYS].sent_tick = tick;
	world_set_fold_set(w, slot / HP_FOLD_WAYS, &set);
}

void world_make_due(struct world *w, uint32_t slot)
{
	world_set_tick(w, slot, 0);
}

static void count_slot(void *data, uint32_t number, const struct hp_fold_slot *slot)
{
	size_t *n = data;

	(void)number;
	(void)slot;
	(*n)++;
}

size_t world_used_slots(struct world *w)
{
	size_t n = 0;

	assert_int_equal(kernel_read_folds(w->kernel, count_slot, &n), 0);
	return n;
}

/* ---- clocks ---------------------------------------------------------------------------------- */

uint64_t world_boot_ns(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t world_start_ticks(const char *stat)
{
	_cleanup_fclose_ FILE *f = fopen(stat, "re");
	char text[1024], *at;
	uint64_t ticks = 0;

	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	at = strrchr(text, ')');
	assert_non_null(at);
	for (int field = 2; field < 22 && at; field++)
		at = strchr(at + 1, ' ');
	assert_non_null(at);
	ticks = strtoull(at, NULL, 10);
	assert_true(ticks);
	return ticks;
}

void world_pin_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET((size_t)sched_getcpu(), &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

void world_unpin_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	for (int i = 0; i < CPU_SETSIZE; i++)
		CPU_SET((size_t)i, &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

/* ---- programs of others --------------------------------------------------------------------- */

int world_foreign(enum bpf_attach_type type, bool passes)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = passes },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	bool is_bind = type == BPF_CGROUP_INET4_BIND || type == BPF_CGROUP_INET6_BIND;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int fd = bpf_prog_load(is_bind ? BPF_PROG_TYPE_CGROUP_SOCK_ADDR : BPF_PROG_TYPE_CGROUP_SOCK,
			       "foreign", "GPL", insns, ARRAY_LEN(insns), &opts);

	assert_true(fd >= 0);
	return fd;
}

int world_sh(const char *fmt, ...)
{
	_cleanup_free_ char *command = NULL;
	va_list ap;
	int status;

	va_start(ap, fmt);
	if (vasprintf(&command, fmt, ap) < 0)
		command = NULL;
	va_end(ap);
	assert_non_null(command);
	status = system(command); /* NOLINT: ours alone */
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// SPDX-License-Identifier: MIT
#include "world.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DIR_NAME "hostportd-test."

/* ---- the namespaces and the control group
   --------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("%s: %s", path, strerror(errno));
}

void world_make_cgroup(const char *dir)
{
	if (mkdir(dir, 0755) < 0)
		fail_msg("%s: %s", dir, strerror(errno));
}

void world_enter(const char *dir)
{
	char path[PATH_MAX + 16];

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	write_file(path, "0");
}

static void set_up_loopback(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	assert_true(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &ifr) == 0);
}

/* Mounts and sockets of the test are seen by nobody else, and end with it. */
static void make_namespaces(struct world *w)
{
	assert_int_equal(unshare(CLONE_NEWNS | CLONE_NEWNET), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	(void)strcpy(w->bpffs, "/tmp/hostportd-test-XXXXXX");
	assert_non_null(mkdtemp(w->bpffs));
	assert_int_equal(mount("bpf", w->bpffs, "bpf", 0, NULL), 0);
	(void)snprintf(w->pins, sizeof(w->pins), "%s/pins", w->bpffs);
	set_up_loopback();
	assert_int_equal(netns_open(NULL, &w->netns), 0);
}

/* Remove the groups of tests that were killed. */
static void remove_stale(const char *top)
{
	_cleanup_closedir_ DIR *dir = opendir(top);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = strncmp(entry->d_name, DIR_NAME, strlen(DIR_NAME)) ?
				    0 :
				    atoi(entry->d_name + strlen(DIR_NAME));

		if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
}

static void find_home(struct world *w)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX / 2];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0)
			(void)snprintf(w->home, sizeof(w->home), "%.2000s%s", w->mounts.v2,
				       line + 3);
	}
	assert_true(w->home[0]);
}

static void make_cgroup(struct world *w)
{
	assert_int_equal(cgroup_mounts(&w->mounts), 0);
	assert_true(w->mounts.v2[0]);
	remove_stale(w->mounts.v2);
	find_home(w);
	(void)snprintf(w->cgroup, sizeof(w->cgroup), "%.4000s/" DIR_NAME "%d", w->mounts.v2,
		       (int)getpid());
	world_make_cgroup(w->cgroup);
	w->cgroup_fd = open(w->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(w->cgroup_fd >= 0);
	assert_int_equal(cgroup_id(w->cgroup, &w->cgroup_id), 0);
	world_enter(w->cgroup);
}

static int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	*state = w;
	make_cgroup(w);
	make_namespaces(w);
	return 0;
}

/* A process that has just ended leaves its group a moment later. */
void world_remove_cgroup(const char *dir)
{
	for (int i = 0; i < 3000; i++) {
		if (rmdir(dir) == 0 || errno != EBUSY)
			return;
		(void)usleep(10000);
	}
}

static int close_world(void **state)
{
	struct world *w = *state;

	world_enter(w->home);
	world_remove_cgroup(w->cgroup);
	(void)umount2(w->bpffs, MNT_DETACH);
	(void)rmdir(w->bpffs);
	(void)close(w->cgroup_fd);
	free(w);
	return 0;
}

int world_run(const char *name, const struct CMUnitTest *tests, size_t len)
{
	if (geteuid() != 0) {
		printf("SKIP %s: not root\n", name);
		return 0;
	}
	return _cmocka_run_group_tests(name, tests, len, open_world, close_world);
}

int world_begin(void **state)
{
	struct world *w = *state;

	assert_null(w->kernel);
	if (access(w->pins, F_OK) == 0) /* of a test that failed */
		(void)world_sh("rm -rf %s", w->pins);
	world_clear(w);
	world_range(32768, 60999);
	return 0;
}

int world_end(void **state)
{
	struct world *w = *state;

	world_stop(w);
	return 0;
}

/* ---- loading -------------------------------------------------------------------------------- */

static void tune(struct hostport_bpf__rodata *rodata, const struct world_load *how)
{
	if (how->no_retval)
		rodata->hp_has_retval = false;
	if (how->token_ns)
		rodata->hp_token_ns = how->token_ns;
	if (how->burst_ns)
		rodata->hp_burst_ns = how->burst_ns;
	if (how->wake_ns)
		rodata->hp_wake_ns = how->wake_ns;
}

static void on_event(void *data, const struct hp_event *event)
{
	struct world *w = data;

	assert_true(w->len < WORLD_EVENTS);
	w->events[w->len++] = *event;
}

/* What kernel_load() does, but for what the case changes. */
void world_load(struct world *w, const struct world_load *how)
{
	const struct kernel_settings settings = {
		.netns_cookie = how->by_inum ? 0 : w->netns.cookie,
		.netns_inum = w->netns.inum,
		.root_cgroup = how->v1_names ? w->cgroup_id : 0,
		.fold_ns = how->unfolded ? 0 :
			   how->fold_ns	 ? how->fold_ns :
					   KERNEL_FOLD_NS,
		.ring_bytes = how->ring_bytes,
		.cgroup_id = w->cgroup_id,
	};
	struct kernel_btf btf = KERNEL_BTF_NONE;
	struct kernel *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->rows = -1;
	k->first_row_map = ROW_MAP_FIRST_NONE;
	k->cpus = libbpf_num_possible_cpus();
	assert_true(k->cpus > 0);
	k->per_cpu = calloc((size_t)k->cpus, sizeof(*k->per_cpu));
	assert_non_null(k->per_cpu);
	k->groups = PROGRAMS_BIND | how->more;
	btf.left_to_libbpf = how->by_libbpf;
	assert_int_equal(object_open(k, &btf), 0);
	assert_int_equal(maps_prepare(k, &settings, kernel_btf_can_cast(&btf)), 0);
	tune(k->skel->rodata, how);
	assert_int_equal(object_load(k, &btf, k->groups), 0);
	kernel_btf_close(&btf);
	assert_int_equal(maps_ready(k), 0);
	assert_int_equal(kernel_on_event(k, on_event, w), 0);
	kernel_set_chosen_range(k, 32768, 60999);
	w->kernel = k;
}

void world_start(struct world *w, const struct world_load *how)
{
	world_load(w, how);
	assert_int_equal(kernel_attach(w->kernel, w->cgroup_fd), 0);
	assert_int_equal(kernel_attach_listen(w->kernel, w->cgroup_fd), 0);
}

void world_stop(struct world *w)
{
	kernel_free(w->kernel);
	w->kernel = NULL;
}

/* ---- the policy ----------------------------------------------------------------------------- */

void world_clear(struct world *w)
{
	w->policy = (struct policy) { .rows = w->rows };
}

/* As policy_build(): the bitmap has what the row allows, and that there is a row. */
void world_row(struct world *w, uint8_t proto, uint16_t port, struct hp_row row)
{
	struct hp_bitmap_word *word;

	assert_true(w->policy.len < WORLD_ROWS);
	w->rows[w->policy.len++] = (struct policy_row) {
		.key = { .proto = proto, .port = port },
		.row = row,
	};
	if (proto >= HP_BITMAP_PROTOS)
		return;
	word = &w->policy.bitmap.words[proto][port / 64];
	word->named |= 1ULL << port % 64;
	for (int scope = 0; scope < HP_SCOPE_MAX; scope++)
		if (row.cls[scope] == HP_CLASS_NONE)
			word->allowed[scope] |= 1ULL << port % 64;
}

void world_publish(struct world *w, enum hp_mode mode, uint32_t denies)
{
	w->config.mode = mode;
	w->config.denies = denies;
	if (!w->config.errno_code)
		w->config.errno_code = EPERM;
	assert_int_equal(kernel_publish(w->kernel, &w->policy, &w->config), 0);
}

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
	write_file("/proc/sys/net/ipv4/ip_local_port_range", text);
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
			now.count[c][v] -= w->before.count[c][v];
	for (int i = 0; i < HP_LOST_MAX; i++)
		now.lost[i] -= w->before.lost[i];
	return now;
}

uint64_t world_counted(struct world *w, enum hp_class cls, enum hp_verdict verdict)
{
	return since(w).count[cls][verdict];
}

uint64_t world_counted_all(struct world *w)
{
	struct hp_counters now = since(w);
	uint64_t sum = 0;

	for (int c = 0; c < HP_CLASS_MAX; c++)
		for (int v = 0; v < HP_VERDICT_MAX; v++)
			sum += now.count[c][v];
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

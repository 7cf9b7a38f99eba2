// SPDX-License-Identifier: MIT
#include "world.h"

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
#include <unistd.h>

#define DIR_NAME "hostportd-test."

/* ---- the namespaces and the control group
   --------------------------------------------------- */

void world_write(const char *path, const char *text)
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
	world_write(path, "0");
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

/* A group, with those that a test which failed has left in it. */
static void remove_group(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	(void)unlinkat(at, name, AT_REMOVEDIR);
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
			remove_group(dirfd(dir), entry->d_name);
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
	if (w->mounts.memory[0]) /* one of report_task_test */
		remove_stale(w->mounts.memory);
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
	remove_group(AT_FDCWD, w->cgroup);
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

struct kernel_settings world_settings(const struct world *w)
{
	return (struct kernel_settings) {
		.netns_cookie = w->netns.cookie,
		.netns_inum = w->netns.inum,
		.fold_ns = KERNEL_FOLD_NS,
		.listen = KERNEL_LISTEN_NONE,
		.cgroup_id = w->cgroup_id,
	};
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

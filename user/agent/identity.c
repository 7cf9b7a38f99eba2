// SPDX-License-Identifier: MIT
#include "identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_SEC 1000000000LL

bool identity_uses_v1(const struct cgroup_mounts *mounts)
{
	return mounts->memory[0] != '\0';
}

int identity_open(struct identity *identity, const struct cgroup_mounts *mounts)
{
	int r = 0;

	if (gethostname(identity->node, sizeof(identity->node) - 1) < 0)
		return -errno;
	if (mounts->v2[0]) {
		(void)cgroup_id(mounts->v2, &identity->v2_root);
		r = cgroup_names_new(mounts->v2, &identity->v2);
	}
	if (r == 0 && identity_uses_v1(mounts))
		r = cgroup_names_new(mounts->memory, &identity->v1);
	return r;
}

void identity_close(struct identity *identity)
{
	cgroup_names_free(identity->v2);
	cgroup_names_free(identity->v1);
}

/* What to add to CLOCK_BOOTTIME to have the wall clock, as it stands now. */
static long long boot_to_wall(void)
{
	struct timespec real, boot;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	return (real.tv_sec - boot.tv_sec) * NS_PER_SEC + (real.tv_nsec - boot.tv_nsec);
}

static struct timespec to_timespec(long long ns)
{
	return (struct timespec) { .tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC };
}

/* Field 22 of /proc/PID/stat, in clock ticks; the second field may hold anything. */
static bool start_ticks(uint32_t pid, unsigned long long *ret)
{
	char path[32], text[1024];
	_cleanup_fclose_ FILE *f = NULL;
	const char *after;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	after = strrchr(text, ')');
	return after && sscanf(after + 1,
			       "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			       " %*s %*s %*s %llu",
			       ret) == 1;
}

/* Does the process that started at start_ns (0: whenever) still have this pid? */
static bool same_process(uint32_t pid, uint64_t start_ns)
{
	unsigned long long ticks;
	uint64_t tick_ns = (uint64_t)NS_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);

	return !start_ns || (start_ticks(pid, &ticks) && ticks == start_ns / tick_ns);
}

/* Fill exe from /proc, if the process is still the one of the record. */
static void fill_exe(uint32_t pid, uint64_t start_ns, struct event *event)
{
	char path[32];
	ssize_t n;

	event->exe[0] = '\0';
	if (!pid)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	n = readlink(path, event->exe, sizeof(event->exe) - 1);
	if (n < 0 || !same_process(pid, start_ns))
		n = 0;
	event->exe[n] = '\0';
}

/* The path in v1's named hierarchy, which systemd keeps also where no controller is used. */
static bool systemd_path(uint32_t pid, char *path, size_t size)
{
	char file[32];
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	size_t cap = 0;

	(void)snprintf(file, sizeof(file), "/proc/%u/cgroup", pid);
	f = fopen(file, "re");
	if (!f)
		return false;
	while (getline(&line, &cap, f) > 0) {
		char *name = strstr(line, ":name=systemd:");

		if (name) {
			name += strlen(":name=systemd:");
			name[strcspn(name, "\n")] = '\0';
			return (size_t)snprintf(path, size, "%s", name) < size;
		}
	}
	return false;
}

bool identity_names_cgroups(const struct identity *identity)
{
	return !identity->v2 || cgroup_name(identity->v2, identity->v2_root);
}

/*
 * The most telling path: cgroup2's, or where that is the root v1's. A cgroup2
 * path that can't be found out is not replaced: another would be a wrong one.
 */
static void fill_cgroup(const struct identity *identity, const struct hp_event *record,
			struct event *event)
{
	const char *path = cgroup_name(identity->v2, record->cgroup_id);
	const char *v1 = NULL;

	if (identity->v1 && (!record->cgroup_id || record->cgroup_id == identity->v2_root)) {
		v1 = cgroup_name(identity->v1, record->cgroup_v1_id);
		if (v1 && strcmp(v1, "/") != 0)
			path = v1;
		else if (record->pid && same_process(record->pid, record->start_ns) &&
			 systemd_path(record->pid, event->cgroup, sizeof(event->cgroup)))
			return;
	}
	(void)snprintf(event->cgroup, sizeof(event->cgroup), "%s", path ? path : "");
}

/* Name the row that decided. */
static void fill_entry(const struct identity *identity, const struct hp_event *record,
		       struct event *event)
{
	const struct reg_layer *layer = NULL;
	const struct reg_row *entry = generations_row(identity->generations, record, &layer);

	if (!entry)
		return;
	event->entry_layer = layer->name;
	event->entry_process = entry->process;
	event->entry_team = entry->team;
}

static void fill_workload(const struct identity *identity, const struct hp_event *record,
			  struct event *event)
{
	fill_cgroup(identity, record, event);
	workload_parse(event->cgroup, &event->workload);
	if (record->kernel_thread || record->key.how == HP_HOW_KERNEL)
		event->workload = (struct workload) { .kind = WORKLOAD_KERNEL };
}

/* What the record itself says, and the row. */
static void fill_record(const struct identity *identity, const struct hp_event *record,
			struct event *e)
{
	e->node = identity->node;
	e->mode = record->mode;
	e->verdict = record->key.verdict;
	e->cls = record->key.cls;
	e->proto = record->key.proto;
	e->how = record->key.how;
	e->family = record->family;
	memcpy(e->addr, record->addr, sizeof(e->addr));
	e->port = record->key.port;
	e->pid = record->pid;
	e->uid = record->uid;
	memcpy(e->comm, record->comm, HP_COMM_LEN);
	e->comm[HP_COMM_LEN] = '\0';
	e->entry_layer = e->entry_process = e->entry_team = NULL;
	fill_entry(identity, record, e);
}

void identity_event(const struct identity *identity, const struct hp_event *record, uint64_t count,
		    uint64_t first_ns, uint64_t last_ns, struct event *ret_event)
{
	long long offset = boot_to_wall();
	struct event *e = ret_event;

	e->time = to_timespec(offset + (long long)last_ns);
	e->first = to_timespec(offset + (long long)first_ns);
	e->count = count;
	fill_record(identity, record, e);
	fill_exe(record->pid, record->start_ns, e);
	fill_workload(identity, record, e);
}

void identity_listener(const struct identity *identity, const struct hp_event *record, bool same,
		       struct event *event)
{
	fill_record(identity, record, event);
	event->exe[0] = '\0';
	if (!same)
		fill_workload(identity, record, event);
}

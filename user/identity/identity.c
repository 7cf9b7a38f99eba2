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
	if (r == 0)
		r = processes_new(&identity->processes);
	identity->places = calloc(IDENTITY_PLACES, sizeof(*identity->places));
	return r < 0 || identity->places ? r : -ENOMEM;
}

void identity_close(struct identity *identity)
{
	cgroup_names_free(identity->v2);
	cgroup_names_free(identity->v1);
	processes_free(identity->processes);
	for (size_t i = 0; identity->places && i < IDENTITY_PLACES; i++)
		free(identity->places[i].cgroup);
	free(identity->places);
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

void identity_moment(struct identity *identity)
{
	identity->to_wall = boot_to_wall();
	identity->moment++;
	processes_ask_anew(identity->processes);
}

bool identity_names_cgroups(const struct identity *identity)
{
	return !identity->v2 || cgroup_name(identity->v2, identity->v2_root);
}

/*
 * The most telling path: cgroup2's, or where that is the root v1's. A cgroup2
 * path that can't be found out is not replaced: another would be a wrong one.
 */
static const char *find_path(struct identity *identity, const struct hp_event *record,
			     struct place *place)
{
	const char *path = cgroup_name(identity->v2, record->cgroup_id), *v1;

	place->lasts = path;
	if (!identity->v1 || (record->cgroup_id && record->cgroup_id != identity->v2_root))
		return path;
	v1 = cgroup_name(identity->v1, record->cgroup_v1_id);
	place->lasts = v1 && strcmp(v1, "/") != 0;
	if (place->lasts)
		return v1;
	place->pid = record->pid;
	place->start_ns = record->start_ns;
	v1 = processes_v1_path(identity->processes, record);
	return v1 && strlen(v1) < PATH_MAX ? v1 : path;
}

static bool is_kernel(const struct hp_event *record)
{
	return record->kernel_thread || record->key.how == HP_HOW_KERNEL;
}

static struct place *place_slot(struct identity *identity, const struct hp_event *record)
{
	uint64_t h = (record->cgroup_id ^ record->cgroup_v1_id << 20) * 0x9e3779b97f4a7c15ULL;

	return &identity->places[(h >> 32 ^ is_kernel(record)) & (IDENTITY_PLACES - 1)];
}

static bool is_at(const struct identity *identity, const struct place *place,
		  const struct hp_event *record)
{
	return place->number && place->cgroup_id == record->cgroup_id &&
	       place->cgroup_v1_id == record->cgroup_v1_id && place->kernel == is_kernel(record) &&
	       (!place->pid ||
		(place->pid == record->pid && place->start_ns == record->start_ns)) &&
	       (place->lasts || place->moment == identity->moment);
}

/* The same as before, asked anew, keeps its number. */
static void set_path(struct identity *identity, struct place *place, const char *path)
{
	bool same = place->number && strcmp(place->cgroup, path) == 0;
	char *copy = same ? NULL : strdup(path);

	if (same)
		return;
	free(place->cgroup);
	place->cgroup = copy;
	place->number = copy ? ++identity->places_number : 0;
	if (copy)
		workload_parse(copy, &place->workload);
	if (place->kernel)
		place->workload = (struct workload) { .kind = WORKLOAD_KERNEL };
}

/* Who it is that a record tells of; NULL: there is no memory to know it. */
static const struct place *find_place(struct identity *identity, const struct hp_event *record)
{
	struct place *place = place_slot(identity, record);
	const char *path;

	if (is_at(identity, place, record))
		return place;
	if (place->kernel != is_kernel(record))
		place->number = 0;
	place->cgroup_id = record->cgroup_id;
	place->cgroup_v1_id = record->cgroup_v1_id;
	place->kernel = is_kernel(record);
	place->pid = 0;
	place->start_ns = 0;
	place->moment = identity->moment;
	path = find_path(identity, record, place);
	set_path(identity, place, path ? path : "");
	return place->number ? place : NULL;
}

static void copy_text(char *to, size_t size, const char *text)
{
	size_t n = text ? strnlen(text, size - 1) : 0;

	if (n)
		memcpy(to, text, n);
	to[n] = '\0';
}

static void fill_workload(struct identity *identity, const struct hp_event *record,
			  struct event *event)
{
	const struct place *place = find_place(identity, record);

	if (place && place->number == event->place)
		return;
	copy_text(event->cgroup, sizeof(event->cgroup), place ? place->cgroup : NULL);
	event->workload = (struct workload) { .kind = WORKLOAD_UNKNOWN };
	event->place = place ? place->number : 0;
	if (place)
		event->workload = place->workload;
}

static void fill_exe(struct identity *identity, const struct hp_event *record, struct event *event)
{
	copy_text(event->exe, sizeof(event->exe), processes_exe(identity->processes, record));
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

void identity_event(struct identity *identity, const struct hp_event *record, uint64_t count,
		    uint64_t first_ns, uint64_t last_ns, struct event *ret_event)
{
	struct event *e = ret_event;

	e->time = to_timespec(identity->to_wall + (long long)last_ns);
	e->first = to_timespec(identity->to_wall + (long long)first_ns);
	e->count = count;
	fill_record(identity, record, e);
	fill_exe(identity, record, e);
	fill_workload(identity, record, e);
}

void identity_listener(struct identity *identity, const struct hp_event *record, bool same,
		       struct event *event)
{
	fill_record(identity, record, event);
	event->exe[0] = '\0';
	if (!same)
		fill_workload(identity, record, event);
}

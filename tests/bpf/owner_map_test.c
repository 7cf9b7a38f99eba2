// SPDX-License-Identifier: MIT
/* Owners of clients and of exceptions, as the programs look them up. */
#include "world.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define CLIENT	  21000 /* of set 1 */
#define EXCEPTION 21001 /* of set 2 */

/* Ports that rows with owners alone name. */
static void publish(struct world *w)
{
	const uint8_t none[HP_SCOPE_MAX] = { HP_CLASS_UNREGISTERED, HP_CLASS_UNREGISTERED };

	for (uint32_t set = 1; set <= 2; set++) {
		struct hp_row row = { .owners = set };

		memcpy(row.cls, none, sizeof(none));
		world_row(w, HP_PROTO_TCP, (uint16_t)(CLIENT + set - 1), row);
		world_row(w, HP_PROTO_UDP, (uint16_t)(CLIENT + set - 1), row);
	}
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
}

/* This program's file, as the kernel knows it. */
static struct hp_owner_key own_file(uint32_t set)
{
	struct stat st;

	assert_int_equal(stat("/proc/self/exe", &st), 0);
	return (struct hp_owner_key) {
		.id = st.st_ino,
		.dev = major(st.st_dev) << 20 | minor(st.st_dev),
		.set = set,
	};
}

static bool none_stays(void *data, const struct hp_owner_key *key)
{
	(void)data;
	(void)key;
	return false;
}

static bool all_stay(void *data, const struct hp_owner_key *key)
{
	size_t *n = data;

	*n += key->set > 0;
	return true;
}

static void set_owner(struct world *w, struct hp_owner_key key, uint32_t grants)
{
	check_int("set", kernel_set_owner(w->kernel, &key, grants), 0);
}

static void forget(struct world *w)
{
	check_int("forgotten", kernel_keep_owners(w->kernel, none_stays, NULL), 0);
}

static void check_owner(struct world *w, const char *name, struct hp_owner_key key)
{
	check_int(name, world_bind(TCP4("127.0.0.1", CLIENT)), EPERM);
	key.set = 1;
	set_owner(w, key, HP_GRANTS_CLIENT);
	check_int(name, world_bind(TCP4("127.0.0.1", CLIENT)), 0);
	check_int(name, world_bind(UDP6("::1", CLIENT)), 0);
	check_int(name, world_bind(TCP4("127.0.0.1", EXCEPTION)), EPERM);
	key.set = 2;
	set_owner(w, key, BIT(UNREGISTERED));
	check_int(name, world_bind(TCP4("127.0.0.1", EXCEPTION)), 0);
	set_owner(w, key, BIT(SCOPE)); /* of a class that it is not */
	check_int(name, world_bind(TCP4("127.0.0.1", EXCEPTION)), EPERM);
	forget(w);
	check_int(name, world_bind(TCP4("127.0.0.1", CLIENT)), EPERM);
}

static void test_owners(void **state)
{
	struct world *w = *state;

	world_start(w, &(struct world_load) { 0 });
	publish(w);
	check_owner(w, "control group", (struct hp_owner_key) { .id = w->cgroup_id });
	check_owner(w, "file", own_file(0));
}

/* Others than this process, and sets that its ports are not of. */
static void test_strangers(void **state)
{
	struct world *w = *state;
	struct hp_owner_key file = own_file(1);
	char below[PATH_MAX + 8];

	world_start(w, &(struct world_load) { 0 });
	publish(w);
	set_owner(w, (struct hp_owner_key) { .id = w->cgroup_id + 1, .set = 1 }, HP_GRANTS_CLIENT);
	set_owner(w, (struct hp_owner_key) { .id = w->cgroup_id, .set = 3 }, HP_GRANTS_CLIENT);
	file.dev++;
	set_owner(w, file, HP_GRANTS_CLIENT);
	file = own_file(1);
	file.id++;
	set_owner(w, file, HP_GRANTS_CLIENT);
	check_int("strangers", world_bind(TCP4("127.0.0.1", CLIENT)), EPERM);
	/* what the control group above has is the process's, too */
	(void)snprintf(below, sizeof(below), "%s/below", w->cgroup);
	world_make_cgroup(below);
	world_enter(below);
	set_owner(w, (struct hp_owner_key) { .id = w->cgroup_id, .set = 1 }, HP_GRANTS_CLIENT);
	check_int("of the group above", world_bind(TCP4("127.0.0.1", CLIENT)), 0);
	world_enter(w->cgroup);
	world_remove_cgroup(below);
}

#define ENTRY 21002 /* of set 3 */

static void set_mark(struct world *w, uint64_t cgroup_id, uint32_t marks)
{
	set_owner(w, (struct hp_owner_key) { .id = cgroup_id, .set = HP_SET_PODS }, marks);
}

/* An entry with owners: of a pod that is not known nothing is said, and a stranger is denied. */
static void test_entry(void **state)
{
	const struct hp_row row = { .row = { 1, 1 },
				    .cls = { HP_CLASS_OWNER, HP_CLASS_OWNER },
				    .owners = 3 };
	struct world *w = *state;
	char pod[PATH_MAX + 8];
	struct stat st;

	world_start(w, &(struct world_load) { 0 });
	world_row(w, HP_PROTO_TCP, ENTRY, row);
	world_publish(w, HP_MODE_ENFORCE, BIT(OWNER));
	(void)snprintf(pod, sizeof(pod), "%s/pod", w->cgroup);
	world_make_cgroup(pod);
	assert_int_equal(stat(pod, &st), 0);
	world_enter(pod);
	check_int("a stranger", world_bind(TCP4("127.0.0.1", ENTRY)), EPERM);
	check_int("none has asked", kernel_take_unknown(w->kernel), false);
	set_mark(w, w->cgroup_id, HP_GRANTS_POD);
	world_mark(w);
	check_int("a pod that is not known", world_bind(TCP4("127.0.0.1", ENTRY)), 0);
	check_u64("it is counted", world_counted(w, HP_CLASS_OWNER, HP_VERDICT_ALLOWED), 1);
	check_u64("as nothing else", world_counted_all(w), 1);
	check_int("it has asked", kernel_take_unknown(w->kernel), true);
	check_int("it has not asked again", kernel_take_unknown(w->kernel), false);
	w->config.deny_unknown = 1;
	world_publish(w, HP_MODE_ENFORCE, BIT(OWNER));
	check_int("it is to be denied", world_bind(TCP4("127.0.0.1", ENTRY)), EPERM);
	w->config.deny_unknown = 0;
	world_publish(w, HP_MODE_ENFORCE, BIT(OWNER));
	set_mark(w, st.st_ino, HP_GRANTS_KNOWN);
	check_int("a pod that is known", world_bind(TCP4("127.0.0.1", ENTRY)), EPERM);
	set_owner(w, (struct hp_owner_key) { .id = st.st_ino, .set = 3 }, HP_GRANTS_LOCALHOST);
	check_int("an owner on loopback", world_bind(TCP4("127.0.0.1", ENTRY)), 0);
	check_int("and not elsewhere", world_bind(TCP4(NULL, ENTRY)), EPERM);
	set_owner(w, (struct hp_owner_key) { .id = st.st_ino, .set = 3 }, HP_GRANTS_EXTERNAL);
	check_int("an owner", world_bind(TCP4(NULL, ENTRY)), 0);
	world_enter(w->cgroup);
	world_remove_cgroup(pod);
}

static void test_bound(void **state)
{
	struct world *w = *state;
	struct hp_owner_key key = { .set = 1 };
	size_t n = 0;

	world_load(w, &(struct world_load) { 0 });
	for (key.id = 1; key.id <= HP_OWNERS_MAX; key.id++)
		set_owner(w, key, 1);
	check_int("one too many", kernel_set_owner(w->kernel, &key, 1), -E2BIG);
	check_int("all", kernel_keep_owners(w->kernel, all_stay, &n), HP_OWNERS_MAX);
	check_u64("all", n, HP_OWNERS_MAX);
	forget(w);
	check_int("room again", kernel_set_owner(w->kernel, &key, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_owners),
		WORLD_TEST(test_strangers),
		WORLD_TEST(test_entry),
		WORLD_TEST(test_bound),
	};

	return WORLD_RUN("owners", tests);
}

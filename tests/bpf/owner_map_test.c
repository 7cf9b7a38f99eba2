// SPDX-License-Identifier: MIT
/* Owners of clients and of exceptions, as the programs look them up. */
#include "world.h"

#include <arpa/inet.h>
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

static bool none_stays(void *data, const void *key)
{
	(void)data;
	(void)key;
	return false;
}

static bool all_stay(void *data, const void *key)
{
	const struct hp_owner_key *owner = key;
	size_t *n = data;

	*n += owner->set > 0;
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
	check_u64(name, kernel_owner(w->kernel, &key), HP_GRANTS_CLIENT);
	key.set = 2;
	check_u64(name, kernel_owner(w->kernel, &key), 0);
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

#define ALLOWED 21003 /* by a row for anybody */
#define CHOSEN	45000 /* the same, in the range from which the kernel chooses */

static void set_declared(struct world *w, uint64_t cgroup, uint16_t port, uint8_t scope,
			 const char *address)
{
	struct hp_declared_key key = { .cgroup = cgroup, .port = port, .proto = HP_PROTO_TCP };
	uint32_t addr[4];

	assert_int_equal(inet_pton(AF_INET6, address, addr), 1);
	hp_declare_at(&key, scope, addr);
	check_int("declared", kernel_set_declared(w->kernel, &key), 0);
}

/* Entries for anybody, which the bitmap allows. */
static void publish_allowed(struct world *w, enum hp_mode mode, uint32_t denies)
{
	static const uint16_t ports[] = { ALLOWED, CHOSEN };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
		world_row(w, HP_PROTO_TCP, ports[i], (struct hp_row) { .row = { 1, 1 } });
	world_publish(w, mode, denies);
}

/* In audit mode post_bind tells of it, of a port in the kernel's range by bind's note. */
static void check_audited(struct world *w, const char *name, uint16_t port, unsigned int want)
{
	(void)world_take(w);
	world_mark(w);
	check_int(name, world_bind(TCP4("127.0.0.1", port)), 0);
	check_u64(name, world_counted(w, HP_CLASS_UNDECLARED, HP_VERDICT_AUDITED), want);
	check_u64(name, world_counted_all(w), want);
	check_u64(name, world_take(w), want);
	if (want) {
		check_int(name, w->events[0].key.how, HP_HOW_BIND);
		check_int(name, w->events[0].row, 1);
	}
}

/* The world's control group is where pods are, and has one pod, in which the test is. */
static void test_undeclared(void **state)
{
	struct world *w = *state;
	char pod[PATH_MAX + 8], deeper[PATH_MAX + 16];
	struct stat st;

	world_start(w, &(struct world_load) { 0 });
	publish_allowed(w, HP_MODE_ENFORCE, BIT(UNDECLARED));
	(void)snprintf(pod, sizeof(pod), "%s/pod", w->cgroup);
	(void)snprintf(deeper, sizeof(deeper), "%s/deeper", pod);
	world_make_cgroup(pod);
	world_make_cgroup(deeper);
	assert_int_equal(stat(pod, &st), 0);
	world_enter(deeper);
	set_mark(w, w->cgroup_id, HP_GRANTS_POD);
	set_mark(w, st.st_ino, HP_GRANTS_KNOWN | HP_GRANTS_DECLARED);
	check_int("there are no pods", world_bind(TCP4(NULL, ALLOWED)), 0);
	kernel_set_pods(w->kernel, true, 0, 0);
	check_int("undeclared", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	check_int("undeclared, IPv6", world_bind(TCP6("::1", ALLOWED)), EPERM);
	check_int("a port of the kernel's range", world_bind(TCP4(NULL, CHOSEN)), EPERM);
	check_int("port 0", world_bind(TCP4(NULL, 0)), 0);
	check_int("it is known", kernel_take_unknown(w->kernel), false);

	set_declared(w, st.st_ino, ALLOWED, HP_SCOPE_EXTERNAL, "::");
	check_int("declared", world_bind(TCP4(NULL, ALLOWED)), 0);
	check_int("declared, IPv6", world_bind(TCP6(NULL, ALLOWED)), 0);
	check_int("declared, on loopback, too", world_bind(TCP4("127.0.0.1", ALLOWED)), 0);
	check_int("another port", world_bind(TCP4(NULL, CHOSEN)), EPERM);
	check_int("forgotten", kernel_keep_declared(w->kernel, none_stays, NULL), 0);
	set_declared(w, st.st_ino, ALLOWED, HP_SCOPE_LOCALHOST, "::1");
	check_int("declared on loopback", world_bind(TCP4("127.0.0.2", ALLOWED)), 0);
	check_int("declared on loopback, IPv6", world_bind(TCP6("::1", ALLOWED)), 0);
	check_int("and not elsewhere", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	check_int("forgotten", kernel_keep_declared(w->kernel, none_stays, NULL), 0);
	set_declared(w, w->cgroup_id, ALLOWED, HP_SCOPE_EXTERNAL, "::");
	check_int("of another pod", world_bind(TCP4(NULL, ALLOWED)), EPERM);

	set_mark(w, st.st_ino, HP_GRANTS_KNOWN | HP_GRANTS_ANY_PORT);
	check_int("not all it declares is known", world_bind(TCP4(NULL, ALLOWED)), 0);
	set_mark(w, st.st_ino, HP_GRANTS_KNOWN);
	world_mark(w);
	check_int("not known", world_bind(TCP4(NULL, ALLOWED)), 0);
	check_u64("it is counted", world_counted(w, HP_CLASS_UNDECLARED, HP_VERDICT_ALLOWED), 1);
	check_int("it has asked", kernel_take_unknown(w->kernel), true);
	w->config.deny_unknown = 1;
	world_publish(w, HP_MODE_ENFORCE, BIT(UNDECLARED));
	check_int("not known, to be denied", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	set_mark(w, w->cgroup_id, 0);
	check_int("in no pod", world_bind(TCP4(NULL, ALLOWED)), 0);
	w->config.deny_unknown = 0;
	world_enter(w->cgroup);
	world_remove_cgroup(deeper);
	world_remove_cgroup(pod);
}

/* Who is not below the root of pods is in none, whatever the marks say. */
static void test_pods_root(void **state)
{
	struct world *w = *state;
	uint32_t level = 0;
	uint64_t top;

	for (const char *at = w->cgroup + strlen(w->mounts.v2); *at; at++)
		level += *at == '/';
	assert_int_equal(cgroup_id(w->mounts.v2, &top), 0);
	world_start(w, &(struct world_load) { 0 });
	kernel_set_pods(w->kernel, true, level, w->cgroup_id + 1);
	publish_allowed(w, HP_MODE_ENFORCE, BIT(UNDECLARED));
	set_mark(w, w->cgroup_id, HP_GRANTS_DECLARED);
	check_int("elsewhere", world_bind(TCP4(NULL, ALLOWED)), 0);
	kernel_set_pods(w->kernel, true, level + 1, w->cgroup_id);
	check_int("too deep", world_bind(TCP4(NULL, ALLOWED)), 0);
	kernel_set_pods(w->kernel, true, level, w->cgroup_id);
	check_int("the root itself", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	kernel_set_pods(w->kernel, true, 0, top);
	check_int("below the root", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	kernel_set_pods(w->kernel, true, 0, 0);
	check_int("it is not known", world_bind(TCP4(NULL, ALLOWED)), EPERM);
	kernel_set_pods(w->kernel, false, 0, 0);
	check_int("no pods", world_bind(TCP4(NULL, ALLOWED)), 0);
	world_publish(w, HP_MODE_ENFORCE, BIT(UNDECLARED));
	check_int("no pods, the next policy", world_bind(TCP4(NULL, ALLOWED)), 0);
}

static void test_undeclared_audit(void **state)
{
	struct world *w = *state;

	world_start(w, &(struct world_load) { .unfolded = true });
	world_range(40000, 50000);
	kernel_set_chosen_range(w->kernel, 40000, 50000);
	kernel_set_pods(w->kernel, true, 0, 0);
	publish_allowed(w, HP_MODE_AUDIT, BIT(UNDECLARED));
	set_mark(w, w->cgroup_id, HP_GRANTS_DECLARED);
	check_audited(w, "undeclared", ALLOWED, 1);
	check_audited(w, "undeclared, in the kernel's range", CHOSEN, 1);
	set_declared(w, w->cgroup_id, ALLOWED, HP_SCOPE_EXTERNAL, "::");
	set_declared(w, w->cgroup_id, CHOSEN, HP_SCOPE_LOCALHOST, "::1");
	check_audited(w, "declared", ALLOWED, 0);
	check_audited(w, "declared, in the kernel's range", CHOSEN, 0);
	/* an enforcing policy that does not deny the class only tells, too */
	check_int("forgotten", kernel_keep_declared(w->kernel, none_stays, NULL), 0);
	world_publish(w, HP_MODE_ENFORCE, DENY_DEFAULT);
	check_audited(w, "undeclared, not denied", ALLOWED, 1);
}

static void test_declared_bound(void **state)
{
	struct world *w = *state;
	struct hp_declared_key key = { .port = 1 };

	world_load(w, &(struct world_load) { 0 });
	for (key.cgroup = 1; key.cgroup <= HP_DECLARED_MAX; key.cgroup++)
		check_int("declared", kernel_set_declared(w->kernel, &key), 0);
	check_int("one too many", kernel_set_declared(w->kernel, &key), -E2BIG);
	check_int("forgotten", kernel_keep_declared(w->kernel, none_stays, NULL), 0);
	check_int("room again", kernel_set_declared(w->kernel, &key), 0);
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
		WORLD_TEST(test_undeclared),
		WORLD_TEST(test_undeclared_audit),
		WORLD_TEST(test_pods_root),
		WORLD_TEST(test_declared_bound),
		WORLD_TEST(test_bound),
	};

	return WORLD_RUN("owners", tests);
}

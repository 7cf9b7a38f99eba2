// SPDX-License-Identifier: MIT
/* Control groups, namespaces, programs of others, and the ports that a namespace hands out. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/kernel/foreign_programs.h"
#include "../../user/kernel/sockets/ephemeral.h"

static char *below(const struct world *w, const char *name, char *path)
{
	(void)snprintf(path, PATH_MAX, "%.4000s/%s", w->cgroup, name);
	return path;
}

static int open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* ---- control groups -------------------------------------------------------------------------- */

static uint64_t id_of(const char *path)
{
	uint64_t id = 0;

	assert_int_equal(cgroup_id(path, &id), 0);
	return id;
}

/* A mount of the hierarchy's root is better than one of a part of it, whichever comes first. */
static void test_mounts(void **state)
{
	char part[] = "/tmp/hostportd-test-XXXXXX", whole[] = "/tmp/hostportd-test-XXXXXX";
	struct world *w = *state;
	struct cgroup_mounts now;
	bool is_root = id_of(w->mounts.v2) == 1;

	check_int("root", w->mounts.v2_is_root, is_root);
	assert_non_null(mkdtemp(part));
	assert_non_null(mkdtemp(whole));
	assert_int_equal(mount(w->cgroup, part, NULL, MS_BIND, NULL), 0);
	assert_int_equal(cgroup_mounts(&now), 0);
	check_text("the first one", now.v2, w->mounts.v2);
	assert_int_equal(umount2(w->mounts.v2, MNT_DETACH), 0);
	assert_int_equal(cgroup_mounts(&now), 0);
	check_text("a part alone", now.v2, part);
	check_int("a part alone", now.v2_is_root, false);
	assert_int_equal(mount("none", whole, "cgroup2", 0, NULL), 0);
	assert_int_equal(cgroup_mounts(&now), 0);
	check_text("the root behind it", now.v2, is_root ? whole : part);
	check_int("the root behind it", now.v2_is_root, is_root);
	check_text("v1", now.memory, w->mounts.memory);
	assert_int_equal(mount(whole, w->mounts.v2, NULL, MS_MOVE, NULL), 0);
	assert_int_equal(umount(part), 0);
	assert_int_equal(rmdir(part), 0);
	assert_int_equal(rmdir(whole), 0);
}

static void test_contains(void **state)
{
	char sub[PATH_MAX], sibling[PATH_MAX];
	struct world *w = *state;
	uint64_t id;

	world_make_cgroup(below(w, "sub", sub));
	world_make_cgroup(below(w, "su", sibling));
	world_enter(sub);
	check_int("itself", cgroup_contains_self(w->mounts.v2, sub), true);
	check_int("above", cgroup_contains_self(w->mounts.v2, w->cgroup), true);
	check_int("the root", cgroup_contains_self(w->mounts.v2, w->mounts.v2), true);
	check_int("beside", cgroup_contains_self(w->mounts.v2, sibling), false);
	check_int("no group", cgroup_contains_self(w->mounts.v2, "/nonexistent"), false);
	check_int("another hierarchy", cgroup_contains_self(w->mounts.v2, "/tmp"), false);
	world_enter(w->cgroup);
	check_int("below", cgroup_contains_self(w->mounts.v2, sub), false);
	check_int("no group's id", cgroup_id("/nonexistent", &id), -ENOENT);
	world_remove_cgroup(sub);
	world_remove_cgroup(sibling);
}

static void test_names(void **state)
{
	char a[PATH_MAX], b[PATH_MAX], deleted[PATH_MAX];
	struct world *w = *state;
	struct cgroup_names *names = NULL;
	const char *own = w->cgroup + strlen(w->mounts.v2);
	char want[PATH_MAX];
	uint64_t a_id, b_id;

	check_int("no mount", cgroup_names_new("/nonexistent", &names), -ENOENT);
	assert_null(names);
	check_int("new", cgroup_names_new(w->mounts.v2, &names), 0);
	check_text("own", cgroup_name(names, w->cgroup_id), own);
	check_text("again", cgroup_name(names, w->cgroup_id), own);
	check_text("root", cgroup_name(names, id_of(w->mounts.v2)), "/");
	check_text("none", cgroup_name(names, 0), NULL);
	check_text("no names", cgroup_name(NULL, w->cgroup_id), NULL);
	check_text("unknown", cgroup_name(names, ~0ULL), NULL);
	/* one that was seen is known when it is gone; one that was not is not */
	world_make_cgroup(below(w, "a", a));
	world_make_cgroup(below(w, "b", b));
	a_id = id_of(a);
	b_id = id_of(b);
	(void)snprintf(want, sizeof(want), "%.4000s/a", own);
	check_text("there", cgroup_name(names, a_id), want);
	world_remove_cgroup(a);
	world_remove_cgroup(b);
	check_text("gone, seen", cgroup_name(names, a_id), want);
	check_text("gone, not seen", cgroup_name(names, b_id), NULL);
	/* the kernel's mark may be a name's own */
	world_make_cgroup(below(w, "c (deleted)", deleted));
	(void)snprintf(want, sizeof(want), "%.4000s/c (deleted)", own);
	check_text("called so", cgroup_name(names, id_of(deleted)), want);
	world_remove_cgroup(deleted);
	cgroup_names_free(names);
	cgroup_names_free(NULL);
}

#define DEEP_LEVELS 24
#define DEEP_NAME   200 /* bytes: more than a path may have, in all */

/* One whose path is too long is named by the beginning of it. */
static void test_deep(void **state)
{
	struct world *w = *state;
	struct cgroup_names *names = NULL;
	const char *own = w->cgroup + strlen(w->mounts.v2), *path;
	int fds[DEEP_LEVELS + 1] = { open_dir(w->cgroup) };
	char name[DEEP_NAME + 1] = { 0 }, want[PATH_MAX];
	struct stat st;

	memset(name, 'd', DEEP_NAME);
	for (int i = 0; i < DEEP_LEVELS; i++) {
		assert_int_equal(mkdirat(fds[i], name, 0700), 0);
		fds[i + 1] = openat(fds[i], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(fds[i + 1] >= 0);
	}
	check_int("new", cgroup_names_new(w->mounts.v2, &names), 0);
	assert_int_equal(fstat(fds[DEEP_LEVELS], &st), 0);
	path = cgroup_name(names, st.st_ino);
	assert_non_null(path);
	assert_true(strlen(path) > strlen(own) && strlen(path) < PATH_MAX);
	(void)snprintf(want, sizeof(want), "%.100s/%.200s/", own, name);
	assert_int_equal(strncmp(path, want, strlen(want)), 0);
	assert_int_equal(fstat(fds[2], &st), 0);
	(void)snprintf(want, sizeof(want), "%.100s/%.200s/%.200s", own, name, name);
	check_text("one that is not", cgroup_name(names, st.st_ino), want);
	for (int i = DEEP_LEVELS; i > 0; i--) {
		(void)close(fds[i]);
		assert_int_equal(unlinkat(fds[i - 1], name, AT_REMOVEDIR), 0);
	}
	(void)close(fds[0]);
	cgroup_names_free(names);
}

/* ---- network namespaces ---------------------------------------------------------------------- */

static int inum_here(void *data)
{
	struct stat st;

	(void)data;
	return stat("/proc/thread-self/ns/net", &st) == 0 ? (int)(uint32_t)st.st_ino : 0;
}

static void test_netns(void **state)
{
	struct world *w = *state;
	struct netns other = { .fd = -1 }, bad;
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	check_u64("own", w->netns.inum, (uint32_t)inum_here(NULL));
	check_int("own: no descriptor", w->netns.fd, -1);
	check_int("own: by its name", netns_is_own("/proc/self/ns/net"), true);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	check_int("another", netns_open("/proc/self/ns/net", &other), 0);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	assert_true(other.fd >= 0 && other.inum != w->netns.inum);
	assert_true(!w->netns.cookie || (other.cookie && other.cookie != w->netns.cookie));
	check_u64("called there", (uint32_t)netns_call(&other, inum_here, NULL), other.inum);
	check_u64("and back", (uint32_t)inum_here(NULL), w->netns.inum);
	check_u64("called here", (uint32_t)netns_call(&w->netns, inum_here, NULL), w->netns.inum);
	check_int("none", netns_open("/nonexistent", &bad), -ENOENT);
	check_int("a file", netns_open("/dev/null", &bad), -EINVAL);
	check_int("of another kind", netns_open("/proc/self/ns/mnt", &bad), -EINVAL);
	check_int("own: another kind", netns_is_own("/proc/self/ns/mnt"), false);
	check_int("own: none", netns_is_own("/nonexistent"), false);
	netns_close(&other);
	check_int("closed", other.fd, -1);
	netns_close(&other);
	(void)close(home);
}

/* ---- programs of others ---------------------------------------------------------------------- */

static void attach(int dir, int program, enum bpf_attach_type type, uint32_t flags)
{
	assert_int_equal(bpf_prog_attach(program, dir, type, flags), 0);
}

static void detach(int dir, int program, enum bpf_attach_type type)
{
	assert_int_equal(bpf_prog_detach2(program, dir, type), 0);
}

/* Those of the machine itself, above the test's group, are not what this is about. */
static struct foreign_programs *find(struct world *w, int dir)
{
	struct foreign_programs *found = calloc(1, sizeof(*found));
	size_t n = 0;

	assert_non_null(found);
	check_int("find", foreign_programs_find(w->kernel, dir, found), 0);
	for (size_t i = 0; i < found->len; i++)
		if (strcmp(found->list[i].name, "foreign") == 0)
			found->list[n++] = found->list[i];
	found->len = n;
	return found;
}

/* Programs of a lower group run first, and of one group in the order in which they came. */
static void test_foreign(void **state)
{
	enum bpf_attach_type type = BPF_CGROUP_INET4_POST_BIND;
	struct world *w = *state;
	int before = world_foreign(type, true), after = world_foreign(type, true),
	    above = world_foreign(type, true), sub_dir;
	struct foreign_programs *found;
	char sub[PATH_MAX];

	world_make_cgroup(below(w, "sub", sub));
	sub_dir = open_dir(sub);
	world_load(w, &(struct world_load) { 0 });
	attach(sub_dir, before, type, BPF_F_ALLOW_MULTI);
	attach(w->cgroup_fd, above, type, BPF_F_ALLOW_MULTI);
	found = find(w, sub_dir);
	check_u64("ours is not there", found->len, 2);
	check_int("all run after it", found->list[0].after + found->list[1].after, 2);
	free(found);
	assert_int_equal(kernel_attach(w->kernel, sub_dir), 0);
	attach(sub_dir, after, type, BPF_F_ALLOW_MULTI);
	found = find(w, sub_dir);
	check_u64("three", found->len, 3);
	for (size_t i = 0; i < found->len; i++) {
		check_text("hook", found->list[i].hook, "cgroup_inet4_post_bind");
		check_int("after ours", found->list[i].after, i > 0);
		assert_true(found->list[i].program_id);
	}
	free(found);
	found = find(w, w->cgroup_fd);
	check_u64("above it there is one", found->len, 1);
	free(found);
	detach(sub_dir, before, type);
	detach(sub_dir, after, type);
	detach(w->cgroup_fd, above, type);
	found = find(w, sub_dir);
	check_u64("none", found->len, 0);
	free(found);
	world_stop(w);
	(void)close(before);
	(void)close(after);
	(void)close(above);
	(void)close(sub_dir);
	world_remove_cgroup(sub);
}

static void set_admin(bool on)
{
	const cap_value_t admin[] = { CAP_SYS_ADMIN };
	cap_t caps = cap_get_proc();

	assert_non_null(caps);
	assert_int_equal(cap_set_flag(caps, CAP_EFFECTIVE, 1, admin, on ? CAP_SET : CAP_CLEAR), 0);
	assert_int_equal(cap_set_proc(caps), 0);
	(void)cap_free(caps);
}

/* Without CAP_SYS_ADMIN names come from an iterator. */
static void test_names_of_programs(void **state)
{
	enum bpf_attach_type type = BPF_CGROUP_INET6_BIND;
	struct world *w = *state;
	int program = world_foreign(type, true);
	struct foreign_programs *found;

	world_start(w, &(struct world_load) { 0 });
	attach(w->cgroup_fd, program, type, BPF_F_ALLOW_MULTI);
	for (int again = 0; again < 2; again++) {
		set_admin(false);
		found = find(w, w->cgroup_fd);
		set_admin(true);
		check_u64("it has a name", found->len, 1);
		check_text("hook", found->list[0].hook, "cgroup_inet6_bind");
		free(found);
	}
	assert_non_null(w->kernel->names);
	detach(w->cgroup_fd, program, type);
	(void)close(program);
}

/* Which program keeps ours out of a group: at the group itself, or above it. */
static void test_blockers(void **state)
{
	static const struct {
		const char *name;
		bool above; /* where it is attached */
		uint32_t flags;
		bool blocks;
	} cases[] = {
		{ "exclusive", false, 0, true },
		{ "that may be overridden", false, BPF_F_ALLOW_OVERRIDE, true },
		{ "multi", false, BPF_F_ALLOW_MULTI, false },
		{ "exclusive, above", true, 0, true },
		{ "that may be overridden, above", true, BPF_F_ALLOW_OVERRIDE, false },
		{ "multi, above", true, BPF_F_ALLOW_MULTI, false },
	};
	enum bpf_attach_type type = BPF_CGROUP_INET6_POST_BIND;
	struct world *w = *state;
	struct foreign_blocker blocker;
	char sub[PATH_MAX];
	int program = world_foreign(type, true), sub_dir;

	world_make_cgroup(below(w, "sub", sub));
	sub_dir = open_dir(sub);
	check_int("none", foreign_programs_find_blocker(w->mounts.v2, sub, &blocker), false);
	check_int("no group", foreign_programs_find_blocker(w->mounts.v2, "/nonexistent", &blocker),
		  false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int dir = cases[i].above ? w->cgroup_fd : sub_dir;
		struct kernel_attachment attached[KERNEL_ATTACHMENTS_MAX];

		attach(dir, program, type, cases[i].flags);
		memset(&blocker, 0, sizeof(blocker));
		check_int(cases[i].name, foreign_programs_find_blocker(w->mounts.v2, sub, &blocker),
			  cases[i].blocks);
		if (cases[i].blocks) {
			check_text(cases[i].name, blocker.cgroup, cases[i].above ? w->cgroup : sub);
			check_text(cases[i].name, blocker.program.name, "foreign");
			check_text(cases[i].name, blocker.program.hook, "cgroup_inet6_post_bind");
		}
		/* it is as the kernel does */
		world_load(w, &(struct world_load) { 0 });
		check_int(cases[i].name, kernel_attach(w->kernel, sub_dir),
			  cases[i].blocks ? -EPERM : 0);
		(void)kernel_attachments(w->kernel, attached);
		world_stop(w);
		detach(dir, program, type);
	}
	(void)close(program);
	(void)close(sub_dir);
	world_remove_cgroup(sub);
}

/* ---- ports ----------------------------------------------------------------------------------- */

static void test_range(void **state)
{
	struct world *w = *state;
	struct netns bad = { .fd = w->cgroup_fd };
	uint16_t first, last;

	world_range(1025, 65534);
	check_int("read", ephemeral_range(&w->netns, &first, &last), 0);
	check_int("first", first, 1025);
	check_int("last", last, 65534);
	check_int("no namespace", ephemeral_range(&bad, &first, &last), -EINVAL);
	check_int("Linux's own", first, 32768);
	check_int("Linux's own", last, 60999);
}

/* Every second port from `first` on: each is a range of its own. */
static struct portset ports(uint16_t first, unsigned int n)
{
	struct portset set = { 0 };

	for (unsigned int i = 0; i < n; i++)
		portset_add(&set, (uint16_t)(first + 2 * i));
	return set;
}

static void check_reserved(const char *name, const struct netns *netns, const struct portset *want)
{
	struct portset now;

	check_int(name, ephemeral_reserved(netns, &now), 0);
	check_u64(name, portset_count(&now), portset_count(want));
	assert_true(portset_contains(&now, want));
}

/* What others have reserved stays, however long the lists are. */
static void test_reserved(void **state)
{
	static const unsigned int lens[] = { 1, 100, 700, 5000, 20000 };
	const struct portset none = { 0 }, others = ports(50000, 3);
	struct world *w = *state;
	struct netns bad = { .fd = w->cgroup_fd };

	check_reserved("none", &w->netns, &none);
	check_int("others'", ephemeral_reserve(&w->netns, &others), 0);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		struct portset ours = ports(1025, lens[i]), all = ours;

		portset_unite(&all, &others);
		check_int("reserve", ephemeral_reserve(&w->netns, &ours), 0);
		check_reserved("reserved", &w->netns, &all);
		check_int("once more", ephemeral_reserve(&w->netns, &ours), 0);
		check_reserved("once more", &w->netns, &all);
		check_int("release", ephemeral_release(&w->netns, &ours), 0);
		check_reserved("released", &w->netns, &others);
	}
	check_int("what is not there", ephemeral_release(&w->netns, &none), 0);
	check_reserved("what is not there", &w->netns, &others);
	check_int("all", ephemeral_release(&w->netns, &others), 0);
	check_reserved("all", &w->netns, &none);
	check_int("no namespace", ephemeral_reserve(&bad, &others), -EINVAL);
	check_int("no namespace", ephemeral_release(&bad, &others), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_mounts),
		WORLD_TEST(test_contains),
		WORLD_TEST(test_names),
		WORLD_TEST(test_deep),
		WORLD_TEST(test_netns),
		WORLD_TEST(test_foreign),
		WORLD_TEST(test_names_of_programs),
		WORLD_TEST(test_blockers),
		WORLD_TEST(test_range),
		WORLD_TEST(test_reserved),
	};

	return WORLD_RUN("groups and namespaces", tests);
}

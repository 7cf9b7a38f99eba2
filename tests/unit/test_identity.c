// SPDX-License-Identifier: MIT
/* Which path names a record's workload. Control groups and processes are the test's own. */
#include "test.h"

#include <errno.h>

#include <stdlib.h>
#include <sys/utsname.h>

#include "fake_clock.h"

#include "../../user/identity/identity.h"
#include "../../user/identity/pod_logs.h"

#define ROOT 1 /* the id of cgroup2's root */

/* Paths of cgroup2 and of v1, by id; a hierarchy is a number. */
struct cgroup_names {
	const char *paths[8];
	unsigned int asked;
};

static struct cgroup_names v2_names = {
	.paths = { [ROOT] = "/", [2] = "/system.slice/web.service", [3] = "/other" },
};
static struct cgroup_names v1_names = {
	.paths = { [1] = "/", [2] = "/kubepods/v1.service", [3] = "/system.slice/v1.service" },
};

static const char *process_path, *process_exe;
static unsigned int asked_anew;
static char opened[4][16]; /* what identity_open() has opened */
static size_t opened_len;
static int open_error;

int cgroup_id(const char *path, uint64_t *ret_id)
{
	check_text("the root", path, "/v2");
	*ret_id = ROOT;
	return 0;
}

/* The agent's own paths; NULL: not in that hierarchy. */
static const char *own_v2, *own_memory;

bool cgroup_own_path(const char *controller, char *ret_path, size_t size)
{
	const char *own = *controller ? own_memory : own_v2;

	if (!own)
		return false;
	check_u64(own, size, PATH_MAX);
	(void)strcpy(ret_path, own);
	return true;
}

int cgroup_names_new(const char *mount_point, struct cgroup_names **ret_names)
{
	assert_true(opened_len < ARRAY_LEN(opened));
	(void)snprintf(opened[opened_len], sizeof(opened[0]), "%s", mount_point);
	opened_len++;
	if (open_error)
		return open_error;
	*ret_names = strcmp(mount_point, "/v2") == 0 ? &v2_names : &v1_names;
	return 0;
}

void cgroup_names_free(struct cgroup_names *names)
{
	(void)names;
}

const char *cgroup_name(struct cgroup_names *names, uint64_t id)
{
	if (!names)
		return NULL;
	names->asked++;
	return id < ARRAY_LEN(names->paths) ? names->paths[id] : NULL;
}

int processes_new(struct processes **ret_processes)
{
	*ret_processes = NULL;
	return 0;
}

void processes_free(struct processes *processes)
{
	(void)processes;
}

void processes_ask_anew(struct processes *processes)
{
	(void)processes;
	asked_anew++;
}

const char *processes_exe(struct processes *processes, const struct hp_event *record)
{
	(void)processes;
	(void)record;
	return process_exe;
}

const char *processes_v1_path(struct processes *processes, const struct hp_event *record)
{
	(void)processes;
	(void)record;
	return process_path;
}

/* The kubelet's log directories. */
static unsigned int logs_read;
static const char *logged; /* the UID of a pod that has one; NULL: there is none */

const struct pod_logs_dirs pod_logs_default;

int pod_logs_read(const struct pod_logs_dirs *dirs, struct pod_table *table, uint64_t now_s)
{
	struct pod pod = {
		.namespace_ = "shop",
		.name = "web-1",
		.uid = logged,
		.mirror_of = "",
		.incomplete = true,
	};
	_cleanup_buf_ struct buf bytes = { 0 };
	struct pod_record record = { 0 };

	assert_ptr_equal(dirs, &pod_logs_default);
	logs_read++;
	if (!logged)
		return -ENOENT;
	pod_record_of(&pod, &bytes);
	assert_int_equal(pod_record_parse(bytes.data, bytes.len, &record), 0);
	return pod_table_apply(table, &record, now_s);
}

static struct identity *open_identity(const char *v2, const char *memory)
{
	struct identity *identity = calloc(1, sizeof(*identity));
	struct cgroup_mounts *mounts = calloc(1, sizeof(*mounts));

	(void)strcpy(mounts->v2, v2);
	(void)strcpy(mounts->memory, memory);
	opened_len = 0;
	assert_int_equal(identity_open(identity, mounts, NULL), 0);
	free(mounts);
	return identity;
}

static void test_open(void **state)
{
	struct identity *identity = open_identity("/v2", "");
	struct cgroup_mounts *mounts = calloc(1, sizeof(*mounts));
	char longest[sizeof(identity->node) + 1] = "";
	struct utsname name;

	(void)state;
	assert_int_equal(uname(&name), 0);
	check_text("node", identity->node, name.nodename);
	check_u64("cgroup2 alone", opened_len, 1);
	assert_true(identity_names_cgroups(identity));
	v2_names.paths[ROOT] = NULL;
	assert_false(identity_names_cgroups(identity));
	v2_names.paths[ROOT] = "/";
	identity_close(identity);
	free(identity);
	identity = open_identity("/v2", "/memory");
	check_u64("both", opened_len, 2);
	check_text("both", opened[1], "/memory");
	free(identity);
	identity = open_identity("", "");
	check_u64("none", opened_len, 0);
	assert_true(identity_names_cgroups(identity)); /* there is nothing to name */
	assert_false(identity_uses_v1(mounts));
	mounts->memory[0] = '/';
	assert_true(identity_uses_v1(mounts));
	open_error = -5;
	(void)strcpy(mounts->v2, "/v2");
	opened_len = 0;
	assert_int_equal(identity_open(identity, mounts, NULL), -5);
	check_u64("the second one is not tried", opened_len, 1);
	open_error = 0;
	free(identity);
	identity = calloc(1, sizeof(*identity));
	memset(mounts, 0, sizeof(*mounts));
	assert_int_equal(identity_open(identity, mounts, "n1"), 0);
	check_text("as it was given", identity->node, "n1");
	memset(longest, 'n', sizeof(longest) - 1);
	assert_int_equal(identity_open(identity, mounts, longest), -ENAMETOOLONG);
	check_text("as before", identity->node, "n1");
	longest[sizeof(identity->node) - 1] = '\0';
	assert_int_equal(identity_open(identity, mounts, longest), 0);
	check_text("the longest", identity->node, longest);
	free(identity);
	free(mounts);
}

/* The node's root is the beginning of the agent's own path, in the hierarchy that names workloads.
 */
static void test_node_root(void **state)
{
	static const struct {
		const char *v2, *memory, *own_v2, *own_memory, *root;
	} cases[] = {
		{ "/v2", "", "/n1/system.slice/a.service", "/n2/system.slice/a.service", "/n1" },
		{ "/v2", "", "/system.slice/a.service", NULL, "" },
		{ "/v2", "", "/", "/n2/system.slice/a.service", "" },
		{ "/v2", "", NULL, "/n2/system.slice/a.service", "" },
		{ "/v2", "/memory", "/", "/n2/system.slice/a.service", "/n2" },
		{ "/v2", "/memory", "/n1/init.scope", "/n2/system.slice/a.service", "/n1" },
		{ "", "/memory", NULL, "/n2", "/n2" },
		{ "/v2", "/memory", "/", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct identity *identity;

		own_v2 = cases[i].own_v2;
		own_memory = cases[i].own_memory;
		identity = open_identity(cases[i].v2, cases[i].memory);
		check_text(cases[i].v2, identity->node_root, cases[i].root);
		identity_close(identity);
		free(identity);
	}
	own_v2 = own_memory = NULL;
}

/* What is below the node's root is read as it is at the root. */
static void test_below_node_root(void **state)
{
	struct hp_event record = { .cgroup_id = 4 };
	struct identity *identity;
	struct workload who;

	(void)state;
	v2_names.paths[4] = "/n1/system.slice/web.service";
	identity = open_identity("/v2", "");
	check_text("the path", identity_workload(identity, &record, &who), v2_names.paths[4]);
	check_text("elsewhere", workload_kind_word(who.kind), "cgroup");
	identity_close(identity);
	free(identity);
	own_v2 = "/n1";
	identity = open_identity("/v2", "");
	check_text("the path", identity_workload(identity, &record, &who), v2_names.paths[4]);
	check_text("of this node", who.unit, "web.service");
	identity_close(identity);
	free(identity);
	own_v2 = NULL;
}

/* The wall clock may be set; a time is by the clock of the last moment. */
static void test_times(void **state)
{
	struct identity *identity = open_identity("/v2", "");
	struct timespec t;

	(void)state;
	fake_boot = (struct timespec) { .tv_sec = 100, .tv_nsec = 900000000 };
	fake_wall = (struct timespec) { .tv_sec = 5000, .tv_nsec = 100000000 };
	identity_moment(identity);
	check_u64("asked anew", asked_anew, 1);
	check_u64("a moment", identity->moment, 1);
	t = identity_time(identity, 100900000000ULL);
	check_u64("now", (uint64_t)t.tv_sec, 5000);
	check_u64("now", (uint64_t)t.tv_nsec, 100000000);
	t = identity_time(identity, 99800000001ULL);
	check_u64("before", (uint64_t)t.tv_sec, 4999);
	check_u64("before", (uint64_t)t.tv_nsec, 1);
	fake_wall.tv_sec = 9000;
	check_u64("not yet", (uint64_t)identity_time(identity, 100900000000ULL).tv_sec, 5000);
	identity_moment(identity);
	check_u64("then", (uint64_t)identity_time(identity, 100900000000ULL).tv_sec, 9000);
	check_u64("another moment", identity->moment, 2);
	free(identity);
}

static const struct {
	const char *name, *memory; /* where v1 is; empty: it names nothing */
	uint64_t v2_id, v1_id;
	const char *process; /* the path that /proc has */
	bool kernel_thread;
	uint8_t how;
	const char *path;
	enum workload_kind kind;
} cases[] = {
	{ "cgroup2", "", 2, 3, "/p", false, HP_HOW_BIND, "/system.slice/web.service",
	  WORKLOAD_UNIT },
	{ "its root", "", ROOT, 3, "/p", false, HP_HOW_BIND, "/", WORKLOAD_CGROUP },
	{ "not known", "", 7, 3, "/p", false, HP_HOW_BIND, "", WORKLOAD_UNKNOWN },
	{ "a kernel thread", "", 2, 0, NULL, true, HP_HOW_BIND, "/system.slice/web.service",
	  WORKLOAD_KERNEL },
	{ "a kernel socket", "", 3, 0, NULL, false, HP_HOW_KERNEL, "/other", WORKLOAD_KERNEL },
	{ "both, below cgroup2", "/memory", 3, 3, "/p", false, HP_HOW_BIND, "/other",
	  WORKLOAD_CGROUP },
	{ "both, cgroup2 is not known", "/memory", 7, 3, "/p", false, HP_HOW_BIND, "",
	  WORKLOAD_UNKNOWN },
	{ "both, cgroup2's root", "/memory", ROOT, 3, "/p", false, HP_HOW_BIND,
	  "/system.slice/v1.service", WORKLOAD_UNIT },
	{ "both, no cgroup2 id", "/memory", 0, 3, "/p", false, HP_HOW_BIND,
	  "/system.slice/v1.service", WORKLOAD_UNIT },
	{ "both roots", "/memory", ROOT, 1, "/system.slice/p.service", false, HP_HOW_BIND,
	  "/system.slice/p.service", WORKLOAD_UNIT },
	{ "v1 is not known", "/memory", ROOT, 7, "/system.slice/p.service", false, HP_HOW_BIND,
	  "/system.slice/p.service", WORKLOAD_UNIT },
	{ "nor the process", "/memory", ROOT, 7, NULL, false, HP_HOW_BIND, "/", WORKLOAD_CGROUP },
	{ "nothing at all", "/memory", 0, 0, NULL, false, HP_HOW_BIND, "", WORKLOAD_UNKNOWN },
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct identity *identity = open_identity("/v2", cases[i].memory);
		struct hp_event record = {
			.cgroup_id = cases[i].v2_id,
			.cgroup_v1_id = cases[i].v1_id,
			.kernel_thread = cases[i].kernel_thread,
			.key.how = cases[i].how,
		};
		struct workload who;

		process_path = cases[i].process;
		check_text(cases[i].name, identity_workload(identity, &record, &who),
			   cases[i].path);
		check_int(cases[i].name, who.kind, cases[i].kind);
		/* the same again: it is not parsed anew */
		check_text(cases[i].name, identity_workload(identity, &record, &who),
			   cases[i].path);
		check_int(cases[i].name, who.kind, cases[i].kind);
		free(identity);
	}
}

/* What is gone is named by the nearest ancestor that lives, of its own hierarchy. */
static void test_ancestors(void **state)
{
	static const struct {
		const char *name;
		uint64_t v2_id, v1_id, ancestors[HP_ANCESTORS];
		const char *path;
	} gone[] = {
		{ "it lives", 2, 0, { 3, ROOT }, "/system.slice/web.service" },
		{ "its parent", 7, 0, { 2, 3, ROOT }, "/system.slice/web.service" },
		{ "the next one", 7, 0, { 6, 5, 2, 3 }, "/system.slice/web.service" },
		{ "the last one", 7, 0, { 6, 5, 7, 3 }, "/other" },
		{ "none", 7, 0, { 6, 5, 7, 6 }, "" },
		{ "none above", 7, 0, { 0 }, "" },
		{ "v1", ROOT, 7, { 3, 1 }, "/system.slice/v1.service" },
		{ "v1: of v2 there are none", 7, 6, { 2, 3 }, "" },
	};
	struct identity *identity = open_identity("/v2", "/memory");
	struct workload who;

	(void)state;
	process_path = NULL;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		struct hp_event record = {
			.cgroup_id = gone[i].v2_id,
			.cgroup_v1_id = gone[i].v1_id,
		};

		memcpy(record.ancestors, gone[i].ancestors, sizeof(record.ancestors));
		check_text(gone[i].name, identity_workload(identity, &record, &who), gone[i].path);
	}
	free(identity);
}

/* Another path is another workload, and a kernel's in between changes nothing. */
static void test_in_turn(void **state)
{
	struct identity *identity = open_identity("/v2", "");
	struct hp_event web = { .cgroup_id = 2 }, other = { .cgroup_id = 3 };
	struct workload who;

	(void)state;
	(void)identity_workload(identity, &web, &who);
	check_text("web", who.unit, "web.service");
	(void)identity_workload(identity, &other, &who);
	check_int("other", who.kind, WORKLOAD_CGROUP);
	web.kernel_thread = 1;
	(void)identity_workload(identity, &web, &who);
	check_int("kernel", who.kind, WORKLOAD_KERNEL);
	check_text("of no unit", who.unit, "");
	web.kernel_thread = 0;
	(void)identity_workload(identity, &web, &who);
	check_text("web", who.unit, "web.service");
	process_exe = "/bin/web";
	check_text("program", identity_exe(identity, &web), "/bin/web");
	free(identity);
}

#define POD_UID "0b6e1f2a-1111-4222-8333-444455556666"

/* A pod that no source has told of is looked for in the log directories, once a second. */
static void test_logs(void **state)
{
	struct pods *pods = calloc(1, sizeof(*pods));
	struct hp_event record = { .cgroup_id = 4 }, other = { .cgroup_id = 2 };
	struct identity *identity;
	struct workload who;

	(void)state;
	v2_names.paths[4] = "/kubepods/pod" POD_UID;
	fake_boot = (struct timespec) { .tv_sec = 100 };
	identity = open_identity("/v2", "");
	(void)identity_workload(identity, &record, &who);
	check_u64("no pods are known, so none is asked for", logs_read, 0);
	identity_close(identity);
	free(identity);
	identity = calloc(1, sizeof(*identity));
	identity->pods = pods;
	assert_int_equal(identity_open(identity, &(struct cgroup_mounts) { .v2 = "/v2" }, "n"), 0);
	(void)identity_workload(identity, &other, &who);
	check_u64("not for a unit", logs_read, 0);
	(void)identity_workload(identity, &record, &who);
	check_text("not known", who.pod, "");
	check_u64("read", logs_read, 1);
	logged = POD_UID;
	identity_moment(identity);
	(void)identity_workload(identity, &record, &who);
	check_text("not in the same second", who.pod, "");
	check_u64("not in the same second", logs_read, 1);
	fake_boot.tv_sec++;
	identity_moment(identity);
	(void)identity_workload(identity, &record, &who);
	check_text("named", who.pod, "web-1");
	check_text("named", who.namespace_, "shop");
	check_u64("read again", logs_read, 2);
	fake_boot.tv_sec++;
	identity_moment(identity);
	(void)identity_workload(identity, &record, &who);
	check_text("it is known", who.pod, "web-1");
	check_u64("it is known", logs_read, 2);
	v2_names.paths[4] = "/kubepods/pod" POD_UID "/1a";
	(void)identity_workload(identity, &record, &who);
	check_text("a container has no name yet", who.container, "");
	check_u64("it is looked for", logs_read, 3);
	identity_close(identity);
	free(identity);
	pods_free(pods);
	free(pods);
	v2_names.paths[4] = NULL;
}

/* A path that does not fit is left out. */
static void test_long(void **state)
{
	struct identity *identity = open_identity("/v2", "/memory");
	struct hp_event record = { .cgroup_id = ROOT };
	char *path = calloc(1, PATH_MAX + 1);
	struct workload who;

	(void)state;
	memset(path, 'p', PATH_MAX - 1);
	path[0] = '/';
	process_path = path;
	check_text("fits", identity_workload(identity, &record, &who), path);
	check_int("fits", who.kind, WORKLOAD_CGROUP);
	path[PATH_MAX - 1] = 'p';
	check_text("does not", identity_workload(identity, &record, &who), "/");
	free(path);
	free(identity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_node_root),
		cmocka_unit_test(test_below_node_root),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_ancestors),
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

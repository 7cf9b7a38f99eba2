// SPDX-License-Identifier: MIT
#include "snapshot_fixture.h"

#include "../../user/agent/kube_events.h"
#include "../../user/agent/status.h"
#include "../../user/violations/denied_processes.h"

static const char *write_document(struct fixture *f)
{
	buf_reset(&f->text);
	status_json(&f->snapshot, &f->text);
	assert_false(f->text.failed);
	return f->text.data;
}

static void test_quiet(void **state)
{
	const char *text = write_document(*state);

	check_part(text,
		   "{\"mode\":\"audit\",\"effective\":true,\"reason\":null,\"checked\":0,"
		   "\"foreign\":[],"
		   "\"mode_switched\":null,\"node\":\"n1\",",
		   true);
	check_part(text, "\"denies\":[\"unregistered\",\"retired\",\"inactive\",\"scope\"]", true);
	check_part(text,
		   "\"files\":\"watched\",\"files_error\":null,\"error\":null,\"layers\":[{"
		   "\"name\":\"base\","
		   "\"path\":\"builtin:base\",\"rows\":0,\"error\":null},{\"name\":\"site\"",
		   true);
	check_part(text, "\"attached\":[],\"pins\":null,", true);
	check_part(text, "\"listen\":\"off\",\"sctp\":false,\"iterator\":null}", true);
}

/* `violations` counts what lines stand for and what is lost, not what is on its way. */
static void test_counters(void **state)
{
	const struct hp_counters counters = {
		.count = { [HP_CLASS_RETIRED] = { [HP_VERDICT_DENIED] = { 5, 7 } } },
		.lost = { [HP_LOST_RATE] = 2 },
	};
	const struct hp_tally tally = { .delivered = 3, .folded = 4 };
	struct fixture *f = *state;
	const char *text;

	accounts_make(&counters, &tally, &f->snapshot.accounts);
	text = write_document(f);
	check_part(text,
		   "\"counters\":{\"violations\":9,\"pending\":3,\"delivered\":3,\"folded\":4,"
		   "\"lost\":2,\"lost_by\":{\"ring\":0,\"rate\":2,\"note\":0,\"restart\":0},"
		   "\"lost_workloads\":[],\"lost_others\":2,\"recovered\":0,\"existing\":0,",
		   true);
	check_part(text, "\"retired\":{\"allowed\":0,\"audited\":0,\"denied\":12,\"excepted\":0}",
		   true);
}

static void test_mode(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->snapshot.mode = HP_MODE_ENFORCE;
	f->snapshot.mode_switch = (struct mode_switch) { .since = { .tv_sec = 1 }, .pid = 7 };
	text = write_document(f);
	check_part(text, "{\"mode\":\"enforce\",", true);
	check_part(text,
		   "\"mode_switched\":{\"option\":\"audit\",\"restored\":false,"
		   "\"time\":\"1970-01-01T00:00:01.000000000Z\",\"pid\":7,\"uid\":0}",
		   true);
	f->snapshot.mode_switch = (struct mode_switch) { .restored = true };
	check_part(write_document(f),
		   "\"mode_switched\":{\"option\":\"audit\",\"restored\":true,\"time\":null,"
		   "\"pid\":null,\"uid\":null}",
		   true);
}

static void test_bad(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->snapshot.health.effective = false;
	buf_puts(&f->snapshot.health.reason, "the cgroup is gone");
	f->snapshot.files = "polled";
	f->snapshot.files_error = 24;
	diags_add(&f->errors, "/etc/site.yaml", 3, 1, "no port");
	diags_add(&f->errors, "/etc/site.yaml", 4, 1, "no port");
	text = write_document(f);
	snapshot_free(&f->snapshot);
	check_part(text, "\"effective\":false,\"reason\":\"the cgroup is gone\",", true);
	check_part(text,
		   "\"files\":\"polled\",\"files_error\":\"Too many open files\","
		   "\"error\":\"/etc/site.yaml:3:1: no port (and 1 more)\"",
		   true);
	check_part(text, "\"rows\":0,\"error\":\"/etc/site.yaml:3:1: no port\"}]", true);
}

static void test_pins(void **state)
{
	struct fixture *f = *state;

	f->snapshot.pins = (struct snapshot_pins) {
		.open = true,
		.directory = "/sys/fs/bpf/h",
		.instance = 5,
		.stay = true,
	};
	check_part(write_document(f),
		   "\"pins\":{\"directory\":\"/sys/fs/bpf/h\",\"instance\":5,\"error\":null,"
		   "\"adopted\":false,"
		   "\"on_exit\":\"keep\"}",
		   true);
	f->snapshot.pins = (struct snapshot_pins) {
		.directory = "/nowhere",
		.error = "not there",
	};
	check_part(write_document(f),
		   "\"pins\":{\"directory\":\"/nowhere\",\"instance\":null,\"error\":\"not "
		   "there\",\"adopted\":false,"
		   "\"on_exit\":\"detach\"}",
		   true);
}

static void test_pods(void **state)
{
	struct fixture *f = *state;

	check_part(write_document(f), "\"pod_sources\":[]", true);
	f->pods.len = 1;
	f->pods.sources[0].name = "/p";
	check_part(write_document(f), "\"pod_sources\":[{\"source\":\"/p\",\"up\":false,", true);
}

/* What became of Kubernetes Events; null where there are to be none. */
static void test_kube_events(void **state)
{
	struct fixture *f = *state;
	struct kube_events events = { .given = 9, .sent = 4, .failed = 2, .no_room = 1 };

	check_part(write_document(f), "\"kube_events\":null,", true);
	f->snapshot.kube_events = &events;
	check_part(write_document(f),
		   "\"kube_events\":{\"sent\":4,\"dropped\":1,\"failed\":2,\"pending\":3,"
		   "\"error\":null}",
		   true);
	buf_puts(&events.error, "why");
	check_part(write_document(f), "\"pending\":3,\"error\":\"why\"}", true);
	buf_free(&events.error);
}

/* Who was denied and runs on; null where it can't be told. */
static void test_without_port(void **state)
{
	struct denied_processes denied = { 0 };
	struct fixture *f = *state;

	check_part(write_document(f), "\"without_port\":null,", true);
	f->snapshot.without_port = &denied;
	check_part(write_document(f), "\"without_port\":[],", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_quiet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mode, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pods, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kube_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_port, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

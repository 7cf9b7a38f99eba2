// SPDX-License-Identifier: MIT
#include "snapshot_fixture.h"

#include "../../user/agent/kube_events.h"
#include "../../user/agent/metrics.h"

static const char *write_form(struct fixture *f, enum openmetrics_form form)
{
	buf_reset(&f->text);
	metrics_text(&f->snapshot, form, &f->text);
	assert_false(f->text.failed);
	return f->text.data;
}

static const char *write_metrics(struct fixture *f)
{
	return write_form(f, OPENMETRICS_1_0);
}

/* How many lines begin so? */
static size_t count_lines(const char *text, const char *begin)
{
	size_t n = 0, len = strlen(begin);

	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		n += strncmp(line, begin, len) == 0;
	return n;
}

/* ---- the document ------------------------------------------------------------------------ */

static void test_quiet(void **state)
{
	const char *text = write_metrics(*state);

	check_part(text,
		   "# HELP hostportd_build The agent's version.\n"
		   "# TYPE hostportd_build info\n"
		   "hostportd_build_info{version=\"" HOSTPORTD_VERSION "\"} 1\n",
		   true);
	check_part(text, "\nhostportd_mode 0\n", true);
	check_part(text, "\nhostportd_effective 1\n", true);
	check_part(text, "\nhostportd_lines_total 0\n", true);
	check_part(text,
		   "\nhostportd_lost_total{cause=\"ring\"} 0\nhostportd_lost_total{cause=\"rate\"} "
		   "0\n"
		   "hostportd_lost_total{cause=\"note\"} 0\n"
		   "hostportd_lost_total{cause=\"restart\"} 0\n",
		   true);
	check_part(text,
		   "\nhostportd_registry_rows{layer=\"base\"} 0\n"
		   "hostportd_registry_rows{layer=\"site\"} 0\n",
		   true);
	check_part(text,
		   "\nhostportd_registry_layer_info{layer=\"base\",digest=\"0000000000001234\","
		   "state=\"current\"} 1\n",
		   true);
	check_part(text,
		   "\nhostportd_reloads_total{result=\"ok\"} 0\n"
		   "hostportd_reloads_total{result=\"unchanged\"} 0\n"
		   "hostportd_reloads_total{result=\"failed\"} 0\n",
		   true);
	check_part(text, "\nhostportd_map_entries{map=\"hp_owners\"} 0\n", true);
	check_part(text, "\nhostportd_map_capacity{map=\"hp_owners\"} 8192\n", true);
	/* of what is not there, or was never counted, there is nothing at all */
	check_part(text, "hostportd_violations", false);
	check_part(text, "hostportd_pod", false);
	check_part(text, "hostportd_bpf", false);
	check_text("end", text + strlen(text) - 6, "# EOF\n");
	check_u64("one end", count_lines(text, "# EOF"), 1);
}

/* The names of families, and the end, are as in the older form; the samples are the same. */
static void test_older_form(void **state)
{
	const char *text = write_form(*state, OPENMETRICS_PROMETHEUS);

	check_part(text, "# TYPE hostportd_build_info gauge\nhostportd_build_info{version=", true);
	check_part(text, "# TYPE hostportd_lines_total counter\nhostportd_lines_total 0\n", true);
	check_part(text, "# EOF", false);
}

static void test_agent(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->snapshot.mode = HP_MODE_ENFORCE;
	f->snapshot.health.effective = false;
	f->snapshot.health.foreign.len = 3;
	f->snapshot.canary_runs = 9;
	f->snapshot.canary_failures = 2;
	f->snapshot.generation = 7;
	f->snapshot.owner_entries = 11;
	f->snapshot.declared_ports = 12;
	f->snapshot.reloads = (struct reload_counts) { .ok = 1, .same = 2, .failed = 3 };
	text = write_metrics(f);
	check_part(text, "\nhostportd_mode 1\n", true);
	check_part(text, "\nhostportd_effective 0\n", true);
	check_part(text, "\nhostportd_foreign_programs 3\n", true);
	check_part(text, "\nhostportd_canary_runs_total 9\n", true);
	check_part(text, "\nhostportd_canary_failures_total 2\n", true);
	check_part(text, "\nhostportd_registry_generation 7\n", true);
	check_part(text, "\nhostportd_map_entries{map=\"hp_owners\"} 11\n", true);
	check_part(text, "\nhostportd_map_entries{map=\"hp_declared\"} 12\n", true);
	check_part(text,
		   "\nhostportd_reloads_total{result=\"ok\"} 1\n"
		   "hostportd_reloads_total{result=\"unchanged\"} 2\n"
		   "hostportd_reloads_total{result=\"failed\"} 3\n",
		   true);
}

/* Series are those that are not zero; what is allowed is no violation. */
static void test_violations(void **state)
{
	const struct hp_counters counters = {
		.count = {
			[HP_CLASS_UNREGISTERED] = {
				[HP_VERDICT_ALLOWED] = { 1000 },
				[HP_VERDICT_AUDITED] = { [HP_PROTO_TCP] = 3, [HP_PROTO_SCTP] = 4 },
			},
			[HP_CLASS_EPHEMERAL] = { [HP_VERDICT_EXCEPTED] = { [HP_PROTO_OTHER] = 5 } },
		},
		.lost = { [HP_LOST_RATE] = 2 },
	};
	const struct hp_tally tally = {
		.delivered = 3,
		.folded = 4,
		.existing = 1,
		.untold = 6,
		.by_class = { [HP_CLASS_SCOPE] = { [HP_VERDICT_DENIED] = { [HP_PROTO_UDP] = 1 } } },
	};
	struct fixture *f = *state;
	const char *text;

	accounts_make(&counters, &tally, &f->snapshot.accounts);
	text = write_metrics(f);
	check_part(text,
		   "# TYPE hostportd_violations counter\n"
		   "hostportd_violations_total{class=\"unregistered\",verdict=\"audited\","
		   "protocol=\"tcp\"} 3\n"
		   "hostportd_violations_total{class=\"unregistered\",verdict=\"audited\","
		   "protocol=\"sctp\"} 4\n"
		   "hostportd_violations_total{class=\"scope\",verdict=\"denied\","
		   "protocol=\"udp\"} 1\n"
		   "hostportd_violations_total{class=\"ephemeral\",verdict=\"excepted\","
		   "protocol=\"other\"} 5\n#",
		   true);
	check_part(text, "\nhostportd_lines_total 3\n", true);
	check_part(text, "\nhostportd_folded_total 4\n", true);
	check_part(text, "\nhostportd_lost_total{cause=\"rate\"} 2\n", true);
	check_part(text, "\nhostportd_lost_total{cause=\"restart\"} 6\n", true);
}

static void test_teams(void **state)
{
	struct fixture *f = *state;
	const char *text;

	team_counts_add(&f->teams, "st\"or\\age", 2);
	team_counts_add(&f->teams, NULL, 3);
	text = write_metrics(f);
	check_part(text,
		   "# TYPE hostportd_violations_by_team counter\n"
		   "hostportd_violations_by_team_total{team=\"st\\\"or\\\\age\"} 2\n"
		   "hostportd_violations_by_team_total{team=\"none\"} 3\n#",
		   true);
}

static void test_listeners(void **state)
{
	struct fixture *f = *state;

	f->snapshot.sweep.verdicts[HP_VERDICT_NONE] = 9;
	f->snapshot.sweep.verdicts[HP_VERDICT_ALLOWED] = 20;
	f->snapshot.sweep.verdicts[HP_VERDICT_DENIED] = 1;
	check_part(write_metrics(f),
		   "# TYPE hostportd_listeners gauge\n"
		   "hostportd_listeners{verdict=\"allowed\"} 20\n"
		   "hostportd_listeners{verdict=\"audited\"} 0\n"
		   "hostportd_listeners{verdict=\"denied\"} 1\n"
		   "hostportd_listeners{verdict=\"excepted\"} 0\n#",
		   true);
}

static void test_stale(void **state)
{
	struct fixture *f = *state;

	diags_add(&f->errors, "/etc/site.yaml", 3, 1, "no port");
	check_part(write_metrics(f), "state=\"stale\"} 1\n", true);
	check_part(write_metrics(f), "state=\"current\"", false);
}

static void test_exceptions(void **state)
{
	struct reg_row rows[] = {
		{ .kind = REG_EXCEPTION, .until = { 1970, 1, 1 } },
		{ .kind = REG_EXCEPTION, .until = { 1970, 1, 10 } },
		{ .kind = REG_EXCEPTION, .until = { 1970, 12, 31 } },
		{ .kind = REG_EXCEPTION, .until = { 1971, 1, 1 } },
		{ .kind = REG_RETIRED },
	};
	struct reg_layer layer = { .name = (char[]) { "own" },
				   .rows = rows,
				   .len = ARRAY_LEN(rows) };
	const struct registry registry_of_it = { .layers = &layer, .len = 1 };
	struct fixture *f = *state;
	const char *text;

	f->snapshot.registry = &registry_of_it;
	f->snapshot.taken.tv_sec = 2 * 86400;
	text = write_metrics(f);
	check_part(text,
		   "\nhostportd_exceptions{state=\"active\"} 2\n"
		   "hostportd_exceptions{state=\"ending\"} 1\n"
		   "hostportd_exceptions{state=\"ended\"} 1\n",
		   true);
	check_part(text, "\nhostportd_registry_rows{layer=\"own\"} 5\n", true);
}

static void test_pods(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->pods.len = 2;
	f->pods.sources[0] = (struct pod_source) {
		.name = "/p",
		.up = true,
		.updated = { .tv_sec = 7, .tv_nsec = 500000000 },
		.table = { .len = 5, .gone = 2 },
	};
	f->pods.sources[1].name = "apiserver";
	text = write_metrics(f);
	check_part(text,
		   "\nhostportd_pods{source=\"/p\"} 3\nhostportd_pods{source=\"apiserver\"} 0\n",
		   true);
	check_part(text,
		   "\nhostportd_pod_source_up{source=\"/p\"} 1\n"
		   "hostportd_pod_source_up{source=\"apiserver\"} 0\n",
		   true);
	/* one that never told of pods has no time */
	check_part(text, "\nhostportd_pod_source_last_update_seconds{source=\"/p\"} 7.500000000\n#",
		   true);
}

static void test_kube_events(void **state)
{
	struct kube_events events = { .sent = 4, .failed = 2, .no_room = 1 };
	struct fixture *f = *state;

	check_part(write_metrics(f), "hostportd_kube_events", false);
	f->snapshot.kube_events = &events;
	check_part(write_metrics(f),
		   "\nhostportd_kube_events_total{result=\"sent\"} 4\n"
		   "hostportd_kube_events_total{result=\"dropped\"} 1\n"
		   "hostportd_kube_events_total{result=\"failed\"} 2\n#",
		   true);
}

/* Programs that ran; those of which the kernel counts no runs have no series. */
static void test_programs(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->snapshot.attached_len = 2;
	f->snapshot.attached[0] = (struct kernel_attachment) {
		.program = "hp_bind4",
		.runs = 3,
		.run_ns = 1500000001,
	};
	f->snapshot.attached[1] = (struct kernel_attachment) { .program = "hp_bind6" };
	text = write_metrics(f);
	check_part(text, "\nhostportd_bpf_runs_total{program=\"hp_bind4\"} 3\n#", true);
	check_part(text, "\nhostportd_bpf_seconds_total{program=\"hp_bind4\"} 1.500000001\n#",
		   true);
}

static void test_process(void **state)
{
	struct fixture *f = *state;
	const char *text;

	f->snapshot.started = (struct timespec) { .tv_sec = 1764500000, .tv_nsec = 1000 };
	f->snapshot.usage = (struct usage) {
		.cpu_ns = 2000000003,
		.resident_bytes = 4096,
		.virtual_bytes = 8192,
		.descriptors = 60,
		.descriptors_max = 1024,
	};
	text = write_metrics(f);
	check_part(text, "\nprocess_cpu_seconds_total 2.000000003\n", true);
	check_part(text, "\nprocess_resident_memory_bytes 4096\n", true);
	check_part(text, "\nprocess_virtual_memory_bytes 8192\n", true);
	check_part(text, "\nprocess_open_fds 60\n", true);
	check_part(text, "\nprocess_max_fds 1024\n", true);
	check_part(text, "\nprocess_start_time_seconds 1764500000.000001000\n# EOF\n", true);
}

/* ---- the table --------------------------------------------------------------------------- */

/* All that dashboards may rely on; what is added comes behind. */
static const char *const names[] = {
	"hostportd_build_info",
	"hostportd_mode",
	"hostportd_effective",
	"hostportd_violations_total",
	"hostportd_violations_by_team_total",
	"hostportd_lines_total",
	"hostportd_folded_total",
	"hostportd_lost_total",
	"hostportd_listeners",
	"hostportd_registry_generation",
	"hostportd_registry_rows",
	"hostportd_registry_layer_info",
	"hostportd_reloads_total",
	"hostportd_exceptions",
	"hostportd_pods",
	"hostportd_pod_source_up",
	"hostportd_pod_source_last_update_seconds",
	"hostportd_kube_events_total",
	"hostportd_canary_runs_total",
	"hostportd_canary_failures_total",
	"hostportd_foreign_programs",
	"hostportd_bpf_runs_total",
	"hostportd_bpf_seconds_total",
	"hostportd_map_entries",
	"hostportd_map_capacity",
	"process_cpu_seconds_total",
	"process_start_time_seconds",
	"process_open_fds",
};

/* Its name says what a metric is, and no name comes twice. */
static void check_row(const char *page, const char *row)
{
	_cleanup_buf_ struct buf cell = { 0 };
	const char *end = strchr(row + 3, '`');
	bool total, info;

	assert_non_null(end);
	buf_add(&cell, row, (size_t)(end + 1 - row));
	check_u64(cell.data, count_lines(page, cell.data), 1);
	total = strncmp(end - 6, "_total", 6) == 0;
	info = strncmp(end - 5, "_info", 5) == 0;
	check_int(cell.data, strncmp(end + 1, " | counter |", 12) == 0, total);
	check_int(cell.data, strncmp(end + 1, " | info |", 9) == 0, info);
	check_int(cell.data, strncmp(end + 1, " | gauge |", 10) == 0, !total && !info);
}

static void test_page(void **state)
{
	_cleanup_buf_ struct buf page = { 0 };
	size_t rows = 0;

	(void)state;
	metrics_page(&page);
	for (const char *line = page.data; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, "| `", 3) != 0)
			continue;
		check_row(page.data, line);
		rows++;
	}
	assert_true(rows >= ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_buf_ struct buf cell = { 0 };

		buf_printf(&cell, "| `%s` |", names[i]);
		check_u64(names[i], count_lines(page.data, cell.data), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_quiet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older_form, setup, teardown),
		cmocka_unit_test_setup_teardown(test_agent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_violations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_teams, setup, teardown),
		cmocka_unit_test_setup_teardown(test_listeners, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exceptions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pods, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kube_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_programs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_process, setup, teardown),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

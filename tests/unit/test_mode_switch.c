// SPDX-License-Identifier: MIT
/* A switch of the mode: when it is refused, in which order it goes, and what is said of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_clock.h"
#include "fake_log.h"
#include "registry_cases.h"

#include "../../user/agent/mode.h"
#include "../../user/base/status.h"
#include "../../user/stream/deliver.h"
#include "../../user/violations/would_break.h"

/* What the rooms around it do, and a letter for each call of one: p publish, n notice, w watch, s
 * sweep. */
static char calls[16];
static int publish_error, find_error;
static bool denied_essential;
static size_t breaks;
static uint64_t forgotten;
static struct notice last_notice;
static char last_message[128];
static struct in_force in_force;

static void call(char letter)
{
	size_t len = strlen(calls);

	assert_true(len + 1 < sizeof(calls));
	calls[len] = letter;
	calls[len + 1] = '\0';
}

int policy_load_publish(struct policy_load *load, const struct hp_config *decision)
{
	(void)load;
	call('p');
	if (publish_error)
		return publish_error;
	in_force.decision = *decision;
	in_force.decision.generation++;
	return 0;
}

bool policy_load_denies_essential(const struct policy_load *load, struct buf *why)
{
	(void)load;
	if (denied_essential)
		buf_puts(why, "essential row x");
	return denied_essential;
}

int would_break_find(struct violations *violations, struct impact *ret_impact)
{
	struct event *e = calloc(1, sizeof(*e));

	(void)violations;
	call('f');
	check_u64("looked for before the switch", in_force.decision.mode, HP_MODE_AUDIT);
	*ret_impact = (struct impact) { .forgotten = forgotten };
	e->cgroup = e->exe = "";
	e->family = 4;
	for (size_t i = 0; i < breaks; i++) {
		e->port = (uint16_t)(8080 + i);
		assert_int_equal(impact_add_socket(ret_impact, e, 0), 0);
	}
	impact_settle(ret_impact);
	free(e);
	return find_error;
}

void watch_check(struct watch *watch)
{
	(void)watch;
	call('w');
}

void host_prepare(struct host *host, const struct policy *policy, const struct hp_config *config)
{
	(void)host;
	(void)policy;
	(void)config;
}

void host_refresh(struct host *host)
{
	(void)host;
}

void reserve_put_chance(const struct reserve *r, const struct policy *policy,
			const struct hp_config *config, struct buf *out)
{
	(void)r;
	(void)policy;
	(void)config;
	(void)out;
}

void sweep_now(struct sweep *sweep)
{
	(void)sweep;
	call('s');
}

void deliver_notice(struct stream *stream, struct notice *notice)
{
	(void)stream;
	call('n');
	last_notice = *notice;
	(void)snprintf(last_message, sizeof(last_message), "%s", notice->message);
}

struct fixture {
	struct config config;
	struct stream stream;
	struct violations violations;
	struct sweep sweep;
	struct identity identity;
	struct watch watch;
	struct host host;
	struct hp_told told;
	struct mode mode;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	calls[0] = '\0';
	publish_error = find_error = 0;
	denied_essential = false;
	breaks = 0;
	forgotten = 0;
	f->config.node.mode = HP_MODE_AUDIT;
	f->stream.told = &f->told;
	f->violations.sweep = &f->sweep;
	f->sweep.table.identity = &f->identity;
	f->watch.health.effective = true;
	in_force = (struct in_force) {
		.decision = { .mode = HP_MODE_AUDIT, .denies = 6, .generation = 4 },
		.registry = registry_of_lists("entries: [{ports: 80, protocol: tcp, process: p}]"),
	};
	f->mode = (struct mode) {
		.host = &f->host,
		.config = &f->config,
		.in_force = &in_force,
		.stream = &f->stream,
		.violations = &f->violations,
		.watch = &f->watch,
	};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	registry_free(in_force.registry);
	buf_free(&f->watch.health.reason);
	buf_free(&fake_log);
	free(f);
	return 0;
}

/* Ask for a mode: the calls that are made, and the document, but for what would break. */
static void ask(struct fixture *f, const char *name, uint32_t mode, bool yes,
		const char *want_calls, const char *want)
{
	const struct request request = {
		.verb = REQUEST_MODE, .mode = mode, .yes = yes, .pid = 42, .uid = 7
	};
	_cleanup_buf_ struct buf out = { 0 };
	char *end;

	calls[0] = '\0';
	assert_int_equal(mode_json(&f->mode, &request, &out), 0);
	check_text(name, calls, want_calls);
	end = strstr(out.data, ",\"would_break\":[");
	assert_non_null(end);
	*end = '\0';
	check_text(name, out.data, want);
}

/* Ask what a switch to enforce would be answered; the calls must not switch. */
static void ask_impact(struct fixture *f, const char *name, const char *want_calls,
		       const char *want)
{
	_cleanup_buf_ struct buf out = { 0 };
	char *end;

	calls[0] = '\0';
	mode_impact_json(&f->mode, &out);
	check_text(name, calls, want_calls);
	end = strstr(out.data, ",\"would_break\":[");
	assert_non_null(end);
	*end = '\0';
	check_text(name, out.data, want);
	check_u64("the mode stays", in_force.decision.mode, HP_MODE_AUDIT);
}

#define SWITCHED(mode) "{\"mode\":\"" mode "\",\"switched\":true,\"effective\":true"
#define REFUSED(why)                                                                               \
	"{\"mode\":\"audit\",\"switched\":false,\"refused\":\"" why "\",\"effective\":true"

static void test_enforce(void **state)
{
	struct fixture *f = *state;

	ask(f, "enforce", HP_MODE_ENFORCE, false, "fpnw", SWITCHED("enforce"));
	check_u64("in force", in_force.decision.mode, HP_MODE_ENFORCE);
	check_u64("the rest stays", in_force.decision.denies, 6);
	check_u64("by", f->mode.last.pid, 42);
	check_u64("by", f->mode.last.uid, 7);
	check_u64("when", (uint64_t)f->mode.last.since.tv_sec, (uint64_t)fake_wall.tv_sec);
	check_u64("kept", mode_packed_mode(f->told.mode), HP_MODE_ENFORCE);
	check_u64("under", mode_packed_option(f->told.mode), HP_MODE_AUDIT);
	check_int("a notice", last_notice.kind, NOTICE_MODE);
	check_text("its mode", last_notice.mode, "enforce");
	check_u64("its pid", last_notice.pid, 42);
	check_u64("its uid", last_notice.uid, 7);
	check_u64("its time", (uint64_t)last_notice.time.tv_sec, (uint64_t)fake_wall.tv_sec);
	check_text("its words", last_message,
		   "mode enforce: switched at run time, by pid 42, uid 7");
	check_log("logged", "warning: mode enforce: switched at run time, by pid 42, uid 7\n");
	ask(f, "once more", HP_MODE_ENFORCE, false, "w",
	    "{\"mode\":\"enforce\",\"switched\":false,\"effective\":true");
	f->mode.last.restored = true;
	ask(f, "back", HP_MODE_AUDIT, false, "pn", SWITCHED("audit"));
	assert_false(f->mode.last.restored);
	check_u64("kept", mode_packed_mode(f->told.mode), HP_MODE_AUDIT);
	ask(f, "back once more", HP_MODE_AUDIT, false, "",
	    "{\"mode\":\"audit\",\"switched\":false,\"effective\":true");
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		size_t breaks;
		uint64_t forgotten;
		int error;
		bool empty;
		const char *refused, *calls;
		bool yes_helps;
	} cases[] = {
		{ "two", 2, 0, 0, false, REFUSED("2 would be denied"), "f", true },
		{ "some were forgotten", 0, 3, 0, false,
		  REFUSED("0 would be denied, and up to 3 more, which were reported but not"
			  " remembered"),
		  "f", true },
		{ "not all is known", 1, 0, -EIO, false,
		  REFUSED("could not determine everything that would be denied:"
			  " Input/output error"),
		  "f", true },
		{ "nor is that", 0, 2, -EIO, false,
		  REFUSED("could not determine everything that would be denied: Input/output"
			  " error, and up to 2 more, which were reported but not remembered"),
		  "f", true },
		{ "an empty registry", 0, 0, 0, true,
		  REFUSED("the registry is empty: it would deny every port"), "", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		breaks = cases[i].breaks;
		forgotten = cases[i].forgotten;
		find_error = cases[i].error;
		if (cases[i].empty) {
			registry_free(in_force.registry);
			in_force.registry = registry_of_lists("");
		}
		ask(f, cases[i].name, HP_MODE_ENFORCE, false, cases[i].calls, cases[i].refused);
		check_u64("the mode stays", in_force.decision.mode, HP_MODE_AUDIT);
		check_log(cases[i].name, "");
		if (!cases[i].yes_helps) {
			ask(f, "yes", HP_MODE_ENFORCE, true, cases[i].calls, cases[i].refused);
			continue;
		}
		ask(f, "yes", HP_MODE_ENFORCE, true, "fpnw", SWITCHED("enforce"));
		ask(f, "back", HP_MODE_AUDIT, false, "pn", SWITCHED("audit"));
		buf_free(&fake_log);
	}
}

/* Nothing is switched, whatever would break. */
static void test_impact(void **state)
{
	struct fixture *f = *state;

	ask_impact(f, "nothing", "f", "{\"mode\":\"audit\",\"switched\":false,\"effective\":true");
	breaks = 2;
	ask_impact(f, "two", "f", REFUSED("2 would be denied"));
	denied_essential = true;
	ask_impact(f, "essential", "", REFUSED("essential row x: see --deny-essential"));
	check_u64("nothing is kept", f->told.mode, 0);
	check_log("nothing is said", "");
}

/* Whether or not the client says yes to what would break. */
static void test_essential(void **state)
{
	struct fixture *f = *state;

	denied_essential = true;
	ask(f, "essential", HP_MODE_ENFORCE, false, "",
	    REFUSED("essential row x: see --deny-essential"));
	ask(f, "essential, yes", HP_MODE_ENFORCE, true, "",
	    REFUSED("essential row x: see --deny-essential"));
	f->told.mode = mode_pack(HP_MODE_AUDIT, HP_MODE_ENFORCE);
	assert_int_equal(mode_restore(&f->mode), EXIT_USAGE);
	check_log("restored", "error: registry: essential row x: refusing to go on enforcing: see"
			      " --deny-essential\n");
}

static void test_closes(void **state)
{
	struct fixture *f = *state;

	f->config.close_existing = true;
	ask(f, "enforce", HP_MODE_ENFORCE, false, "fpnws", SWITCHED("enforce"));
	ask(f, "once more", HP_MODE_ENFORCE, false, "w",
	    "{\"mode\":\"enforce\",\"switched\":false,\"effective\":true");
	ask(f, "audit", HP_MODE_AUDIT, false, "pn", SWITCHED("audit"));
}

/* What the canary finds after the switch is in the answer. */
static void test_not_effective(void **state)
{
	struct fixture *f = *state;

	f->watch.health.effective = false;
	ask(f, "no reason", HP_MODE_ENFORCE, false, "fpnw",
	    "{\"mode\":\"enforce\",\"switched\":true,\"effective\":false,\"reason\":\"\"");
	buf_puts(&f->watch.health.reason, "the cgroup is gone");
	ask(f, "a reason", HP_MODE_ENFORCE, false, "w",
	    "{\"mode\":\"enforce\",\"switched\":false,\"effective\":false,"
	    "\"reason\":\"the cgroup is gone\"");
}

/* Nothing has changed then. */
static void test_not_published(void **state)
{
	const struct request request = { .verb = REQUEST_MODE, .mode = HP_MODE_ENFORCE };
	_cleanup_buf_ struct buf out = { 0 };
	struct fixture *f = *state;

	publish_error = -ENOMEM;
	assert_int_equal(mode_json(&f->mode, &request, &out), -ENOMEM);
	check_text("why", out.data, "mode enforce: publishing the policy: Cannot allocate memory");
	check_text("calls", calls, "fp");
	check_u64("the mode stays", in_force.decision.mode, HP_MODE_AUDIT);
	check_u64("nothing is kept", f->told.mode, 0);
	check_u64("nobody switched it", f->mode.last.pid, 0);
	check_log("nothing is said", "");
}

static void test_restore(void **state)
{
	static const struct {
		const char *name;
		uint32_t option, remembered_option, remembered_mode;
		bool empty;
		int status;
		uint32_t mode;
		bool restored;
		const char *log;
	} cases[] = {
		{ "nothing is remembered", HP_MODE_AUDIT, 0, 0, false, EXIT_OK, HP_MODE_AUDIT,
		  false, "" },
		{ "switched to enforce", HP_MODE_AUDIT, HP_MODE_AUDIT, HP_MODE_ENFORCE, false,
		  EXIT_OK, HP_MODE_ENFORCE, true,
		  "warning: mode enforce: it was switched at run time, and that holds until --mode"
		  " is another than audit or it is switched again\n" },
		{ "switched to audit", HP_MODE_ENFORCE, HP_MODE_ENFORCE, HP_MODE_AUDIT, true,
		  EXIT_OK, HP_MODE_AUDIT, true,
		  "warning: mode audit: it was switched at run time, and that holds until --mode"
		  " is another than enforce or it is switched again\n" },
		{ "to enforce, of an empty registry", HP_MODE_AUDIT, HP_MODE_AUDIT, HP_MODE_ENFORCE,
		  true, EXIT_USAGE, HP_MODE_ENFORCE, true,
		  "error: registry: empty: it would deny every port: refusing to go on"
		  " enforcing\n" },
		{ "not switched", HP_MODE_ENFORCE, HP_MODE_ENFORCE, HP_MODE_ENFORCE, true, EXIT_OK,
		  HP_MODE_ENFORCE, false, "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].empty) {
			registry_free(in_force.registry);
			in_force.registry = registry_of_lists("");
		}
		f->config.node.mode = cases[i].option;
		f->told.mode = mode_pack(cases[i].remembered_option, cases[i].remembered_mode);
		check_int(cases[i].name, mode_restore(&f->mode), cases[i].status);
		check_u64(cases[i].name, in_force.decision.mode, cases[i].mode);
		check_int(cases[i].name, f->mode.last.restored, cases[i].restored);
		check_log(cases[i].name, cases[i].log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_enforce, setup, teardown),
		cmocka_unit_test_setup_teardown(test_impact, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_essential, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_effective, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_published, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restore, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

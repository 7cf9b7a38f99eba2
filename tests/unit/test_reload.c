// SPDX-License-Identifier: MIT
/* A reload: what is counted and reported of its results, and the answer to the verb. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_log.h"
#include "registry_cases.h"

#include "../../user/agent/reload.h"
#include "../../user/agent/service_manager.h"

/* A letter for each call: c check of exceptions, r reloading, l load, y ready, a arm; n notice. */
static char calls[32];
static int result;
static const char *faults[4]; /* of t.yaml, by line */
static struct policy_load_request asked;
static struct buf reported;

static void call(char letter)
{
	size_t len = strlen(calls);

	assert_true(len + 1 < sizeof(calls));
	calls[len] = letter;
	calls[len + 1] = '\0';
}

void exception_timer_check(struct exception_timer *timer)
{
	(void)timer;
	call('c');
}

void exception_timer_arm(struct exception_timer *timer)
{
	(void)timer;
	call('a');
}

void service_manager_reloading(void)
{
	call('r');
}

void service_manager_ready(void)
{
	call('y');
}

int policy_load_again(struct policy_load *load, const struct policy_load_request *request,
		      struct diags *diags, struct buf *changes)
{
	call('l');
	asked = *request;
	for (unsigned int i = 0; i < ARRAY_LEN(faults) && faults[i]; i++)
		diags_add(diags, "t.yaml", i + 1, 2, "%s", faults[i]);
	if (result == 0) {
		load->in_force->decision.generation++;
		buf_puts(changes, "rows +1");
	}
	return result;
}

void policy_load_report(struct policy_load *load, enum notice_kind kind, const struct buf *message)
{
	(void)load;
	call('n');
	buf_printf(&reported, "%s%s\n", kind == NOTICE_REGISTRY ? "" : "error: ", message->data);
}

struct fixture {
	struct in_force in_force;
	struct policy_load load;
	struct exception_timer exceptions;
	struct reload reload;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	result = 0;
	memset(faults, 0, sizeof(faults));
	f->in_force.decision.generation = 3;
	f->in_force.registry = registry_of_lists("entries: [{ports: 80, protocol: tcp,"
						 " process: p}]");
	f->load.in_force = &f->in_force;
	f->reload = (struct reload) {
		.load = &f->load,
		.in_force = &f->in_force,
		.exceptions = &f->exceptions,
	};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	reload_stop(&f->reload);
	registry_free(f->in_force.registry);
	buf_free(&reported);
	buf_free(&fake_log);
	free(f);
	return 0;
}

/* By the files, or by a signal: what is called, what is reported. */
static void check_run(struct fixture *f, const char *name, bool by_signal, const char *want_calls,
		      const char *want)
{
	calls[0] = '\0';
	if (by_signal)
		reload_signal(&f->reload);
	else
		check_int(name, reload_changed(&f->reload, 77), result);
	check_text(name, calls, want_calls);
	check_text(name, reported.len ? reported.data : "", want);
	buf_free(&reported);
}

static void check_counts(struct fixture *f, const char *name, uint64_t ok, uint64_t same,
			 uint64_t failed)
{
	check_u64(name, f->reload.counts.ok, ok);
	check_u64(name, f->reload.counts.same, same);
	check_u64(name, f->reload.counts.failed, failed);
}

static void test_good(void **state)
{
	struct fixture *f = *state;

	check_run(f, "another", false, "crlnay", "registry: generation 4: rows +1\n");
	check_u64("of these files", asked.stamp, 77);
	assert_false(asked.asked || asked.shrink);
	check_run(f, "asked for", true, "crlnay", "registry: generation 5: rows +1\n");
	check_u64("of any", asked.stamp, 0);
	assert_true(asked.asked);
	assert_false(asked.shrink);
	result = POLICY_LOAD_SAME;
	check_run(f, "the same", false, "crly", "");
	check_counts(f, "counts", 2, 1, 0);
}

/* By a signal, where files are watched: it is asked for once, when they can be read. */
static void test_asked(void **state)
{
	struct fixture *f = *state;

	f->reload.asked = true;
	result = -EAGAIN;
	check_run(f, "being changed", false, "crly", "");
	assert_true(asked.asked);
	check_u64("of these files", asked.stamp, 77);
	result = 0;
	check_run(f, "asked for", false, "crlnay", "registry: generation 4: rows +1\n");
	assert_true(asked.asked);
	check_run(f, "by itself", false, "crlnay", "registry: generation 5: rows +1\n");
	assert_false(asked.asked);
	f->reload.asked = true;
	result = -EINVAL;
	faults[0] = "no port";
	check_run(f, "bad", false, "crlny",
		  "error: registry: rejected, generation 5 stays in force: t.yaml:1:2: no port\n");
	check_run(f, "bad, by itself", false, "crly", "");
	assert_false(asked.asked);
}

#define REJECTED(n, what) "error: registry: rejected, generation " #n " stays in force: " what "\n"

/* An error is reported once as long as it is the same, unless an operator asks. */
static void test_bad(void **state)
{
	struct fixture *f = *state;

	result = -EINVAL;
	faults[0] = "no port";
	check_run(f, "bad", false, "crlny", REJECTED(3, "t.yaml:1:2: no port"));
	check_log("one error is in the notice", "");
	check_run(f, "still", false, "crly", "");
	check_counts(f, "counted once", 0, 0, 1);
	check_run(f, "asked for", true, "crlny", REJECTED(3, "t.yaml:1:2: no port"));
	faults[1] = "no name";
	check_run(f, "another", false, "crlny", REJECTED(3, "t.yaml:1:2: no port (and 1 more)"));
	check_log("all of them", "warning: t.yaml:1:2: no port\nwarning: t.yaml:2:2: no name\n");
	check_counts(f, "counted", 0, 0, 3);
	faults[1] = "no process";
	check_run(f, "other words", false, "crlny",
		  REJECTED(3, "t.yaml:1:2: no port (and 1 more)"));
	result = -EAGAIN;
	memset(faults, 0, sizeof(faults));
	check_run(f, "being changed", false, "crly", "");
	check_u64("the errors are as they were", f->reload.errors.total, 2);
	result = POLICY_LOAD_SAME;
	check_run(f, "good again", false, "crlny",
		  "registry: valid again, and the same as generation 3 in force\n");
	check_run(f, "and still", false, "crly", "");
	result = -EINVAL;
	faults[0] = "no port";
	check_run(f, "bad again", false, "crlny", REJECTED(3, "t.yaml:1:2: no port"));
	memset(faults, 0, sizeof(faults));
	result = 0;
	check_run(f, "another registry", false, "crlnay", "registry: generation 4: rows +1\n");
	check_u64("no errors", f->reload.errors.total, 0);
}

static void check_json(struct fixture *f, const char *name, bool shrink, const char *want)
{
	const struct request request = { .verb = REQUEST_RELOAD, .shrink = shrink };
	_cleanup_buf_ struct buf out = { 0 };

	assert_int_equal(reload_json(&f->reload, &request, &out), 0);
	check_text(name, out.data, want);
	assert_true(asked.asked);
	check_int(name, asked.shrink, shrink);
	check_u64(name, asked.stamp, 0);
}

#define LAYERS(error)                                                                              \
	"\"layers\":[{\"name\":\"t\",\"path\":\"t.yaml\",\"rows\":1,\"error\":" error "}]"

static void test_json(void **state)
{
	const struct request request = { .verb = REQUEST_RELOAD };
	_cleanup_buf_ struct buf out = { 0 };
	struct fixture *f = *state;

	check_json(f, "good", false,
		   "{\"reloaded\":true,\"generation\":4,\"changes\":\"rows +1\"," LAYERS(
			   "null") ",\"errors\":[],\"left_out\":0}");
	result = -EINVAL;
	faults[0] = "no port";
	faults[1] = "no name";
	check_json(f, "bad", true,
		   "{\"reloaded\":false,\"generation\":4,\"changes\":\"\"," LAYERS(
			   "\"t.yaml:1:2: no port\"") ",\"errors\":[\"t.yaml:1:2: no port\","
						      "\"t.yaml:2:2: no name\"],\"left_out\":0}");
	result = -ENOMEM;
	assert_int_equal(reload_json(&f->reload, &request, &out), -ENOMEM);
	check_text("why", out.data,
		   "registry: Cannot allocate memory: generation 4 stays in force");
}

static void test_put_error(void **state)
{
	struct fixture *f = *state;
	_cleanup_buf_ struct buf none = { 0 };

	reload_put_error(&f->reload.errors, &none);
	check_u64("no error", none.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_json, setup, teardown),
		cmocka_unit_test_setup_teardown(test_put_error, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

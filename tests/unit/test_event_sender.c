// SPDX-License-Identifier: MIT
#include "kube_events.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/cluster/event_sender.h"

struct fixture {
	struct event_sender sender;
	struct kube_event kube;
	struct buf said;
};

static int keep(void *data, const struct buf *bytes)
{
	struct pod_record record = { 0 };
	struct fixture *f = data;

	assert_int_equal(pod_record_parse(bytes->data, bytes->len, &record), 0);
	if (record.kind == POD_RECORD_EVENT_SENT)
		buf_puts(&f->said, "SENT");
	else if (record.kind == POD_RECORD_EVENT_FAILED)
		buf_printf(&f->said, "FAILED(%s)", record.message);
	else
		fail_msg("kind %d", record.kind);
	return 0;
}

static int setup(void **state)
{
	const struct event e = of_pod("web-1");
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->sender.send = keep;
	f->sender.data = f;
	f->kube = kube_of(&e);
	(void)strcpy(f->kube.name, "web-1.0");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	event_sender_free(&f->sender);
	buf_free(&f->said);
	free(f);
	return 0;
}

static void check_said(const char *name, struct fixture *f, const char *want)
{
	check_text(name, f->said.len ? f->said.data : "", want);
	buf_free(&f->said);
}

static void take(struct fixture *f)
{
	check_int("take", event_sender_take(&f->sender, &f->kube, sizeof(f->kube)), 0);
	assert_true(f->sender.busy);
}

#define PATH	    "/apis/events.k8s.io/v1/namespaces/ns/events"
#define STATUS(why) "{\"kind\":\"Status\",\"code\":1,\"message\":\"" why "\"}"

static void check_request(const char *name, struct fixture *f, const char *method, const char *path)
{
	_cleanup_event_request_ struct event_request request = { 0 };
	_cleanup_buf_ struct buf want = { 0 };

	check_int(name, event_sender_request(&f->sender, &request), 0);
	check_text(name, request.method, method);
	check_text(name, request.path.data, path);
	if (*method == 'P' && method[1] == 'A') {
		check_text(name, request.type, "application/merge-patch+json");
		kube_event_patch_json(&f->kube, &want);
	} else {
		check_text(name, request.type, "application/json");
		kube_event_json(&f->kube, &want);
	}
	check_text(name, request.body.data, want.data);
}

/* The answer to the request at hand, a byte at a time: the delay until the next one. */
static int answer(struct fixture *f, long code, const char *body)
{
	const struct session_end end = { .code = code, .error = code ? NULL : "can't connect" };

	if (code)
		check_int("answer", event_sender_answer(&f->sender, code), 0);
	for (const char *c = body; *c; c++)
		check_int("body", event_sender_body(&f->sender, c, 1), 0);
	return event_sender_ended(&f->sender, &end, 0);
}

static void test_created(void **state)
{
	struct fixture *f = *state;

	take(f);
	check_request("create", f, "POST", PATH);
	check_int("created", answer(f, 201, "{\"kind\":\"Event\"}"), 0);
	check_said("created", f, "SENT");
	assert_false(f->sender.busy);
}

static void test_repeated(void **state)
{
	struct fixture *f = *state;

	f->kube.repeats = true;
	f->kube.count = 9;
	take(f);
	check_request("patch", f, "PATCH", PATH "/web-1.0");
	check_int("patched", answer(f, 200, "{}"), 0);
	check_said("patched", f, "SENT");
}

/* The API server forgets Events, and may have one of an earlier agent. */
static void test_other_way_round(void **state)
{
	struct fixture *f = *state;

	f->kube.repeats = true;
	f->kube.count = 9;
	take(f);
	check_request("patch", f, "PATCH", PATH "/web-1.0");
	check_int("at once", answer(f, 404, STATUS("not found")), 0);
	check_said("nothing yet", f, "");
	assert_true(f->sender.busy);
	check_request("create", f, "POST", PATH);
	check_int("created", answer(f, 201, ""), 0);
	check_said("created", f, "SENT");

	f->kube.repeats = false;
	f->kube.count = 2;
	take(f);
	check_request("create", f, "POST", PATH);
	check_int("at once", answer(f, 409, STATUS("exists")), 0);
	check_request("patch", f, "PATCH", PATH "/web-1.0");
	check_int("patched", answer(f, 200, ""), 0);
	check_said("patched", f, "SENT");

	/* a server that can't make up its mind */
	take(f);
	for (int i = 0; f->sender.busy; i++) {
		assert_true(i < EVENT_SENDER_TRIES);
		check_request("again", f, i % 2 ? "PATCH" : "POST", i % 2 ? PATH "/web-1.0" : PATH);
		check_int("at once", answer(f, i % 2 ? 404 : 409, STATUS("no")), 0);
	}
	check_said("given up", f, "FAILED(HTTP 409: no)");
}

static void test_refused(void **state)
{
	struct fixture *f = *state;

	take(f);
	check_request("create", f, "POST", PATH);
	check_int("once", answer(f, 403, STATUS("events is forbidden")), 0);
	check_said("why", f, "FAILED(HTTP 403: events is forbidden)");
	assert_false(f->sender.busy);
	take(f);
	check_request("create", f, "POST", PATH);
	(void)answer(f, 404, "<html>no such API</html>");
	check_said("an answer that is no status", f, "FAILED(HTTP 404)");
	take(f);
	check_request("create", f, "POST", PATH);
	(void)answer(f, 422, "");
	check_said("no answer at all", f, "FAILED(HTTP 422)");
}

static void test_away(void **state)
{
	static const long codes[] = { 0, 429, 500, 503, 504 };
	static const char *const said[] = { "FAILED(can't connect)", "FAILED(HTTP 429: busy)",
					    "FAILED(HTTP 500: busy)", "FAILED(HTTP 503: busy)",
					    "FAILED(HTTP 504: busy)" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		take(f);
		for (int tries = 1; tries < EVENT_SENDER_TRIES; tries++) {
			check_request("again", f, "POST", PATH);
			assert_true(answer(f, codes[i], codes[i] ? STATUS("busy") : "") > 0);
			assert_true(f->sender.busy);
		}
		check_request("the last time", f, "POST", PATH);
		(void)answer(f, codes[i], codes[i] ? STATUS("busy") : "");
		assert_false(f->sender.busy);
		check_said("given up", f, said[i]);
	}
	take(f);
	check_request("create", f, "POST", PATH);
	(void)answer(f, 0, "");
	check_request("again", f, "POST", PATH);
	check_int("it is back", answer(f, 201, ""), 0);
	check_said("it is back", f, "SENT");
}

/* An earlier agent has sent it, or its answer was lost: one violation is not counted twice. */
static void test_there(void **state)
{
	struct fixture *f = *state;

	take(f);
	check_request("create", f, "POST", PATH);
	check_int("it is there", answer(f, 409, STATUS("exists")), 0);
	check_said("it is there", f, "SENT");
	assert_false(f->sender.busy);
	take(f);
	check_request("create", f, "POST", PATH);
	assert_true(answer(f, 0, "") > 0);
	check_request("again", f, "POST", PATH);
	check_int("it is there", answer(f, 409, STATUS("exists")), 0);
	check_said("it is there", f, "SENT");
}

static void test_delays(void **state)
{
	const struct session_end busy = { .code = 429, .retry_after_s = 7 };
	const struct session_end long_ = { .code = 429, .retry_after_s = 100000 };
	struct fixture *f = *state;

	take(f);
	check_request("create", f, "POST", PATH);
	assert_in_range(event_sender_ended(&f->sender, &busy, 0), 7000, 8000);
	check_request("again", f, "POST", PATH);
	assert_in_range(event_sender_ended(&f->sender, &long_, 0xffffffff),
			EVENT_SENDER_RETRY_AFTER_S * 1000,
			EVENT_SENDER_RETRY_AFTER_S * 1000 + 3000);
}

static void test_no_event(void **state)
{
	struct fixture *f = *state;

	check_int("short", event_sender_take(&f->sender, &f->kube, 3), 0);
	assert_false(f->sender.busy);
	check_said("short", f, "FAILED(what the agent sent is no Event)");
}

static void test_long_answer(void **state)
{
	static char part[4096];
	const struct session_end end = { .code = 403, .error = "aborted" };
	struct fixture *f = *state;
	int r = 0;

	take(f);
	check_request("create", f, "POST", PATH);
	check_int("answer", event_sender_answer(&f->sender, 403), 0);
	memset(part, ' ', sizeof(part));
	for (size_t i = 0; r == 0 && i < 1000; i++)
		r = event_sender_body(&f->sender, part, sizeof(part));
	check_int("there is an end", r, -E2BIG);
	check_int("ended", event_sender_ended(&f->sender, &end, 0), 0);
	check_said("why", f, "FAILED(aborted)");
}

#define WITH_SENDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SENDER(test_created),
		WITH_SENDER(test_repeated),
		WITH_SENDER(test_other_way_round),
		WITH_SENDER(test_refused),
		WITH_SENDER(test_away),
		WITH_SENDER(test_there),
		WITH_SENDER(test_delays),
		WITH_SENDER(test_no_event),
		WITH_SENDER(test_long_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../user/cluster/session.h"
#include "pod_texts.h"

struct fixture {
	struct session session;
	struct buf sent;
	int error; /* of sending */
};

static int keep(void *data, const struct buf *bytes)
{
	static const char *const kinds[] = { "",   "POD",  "GONE", "LIST",  "LISTED",
					     "UP", "DOWN", "NODE", "UNREAD" };
	struct pod_record record = { 0 };
	struct fixture *f = data;

	if (f->error)
		return f->error;
	assert_int_equal(pod_record_parse(bytes->data, bytes->len, &record), 0);
	buf_printf(&f->sent, "%s%s", f->sent.len ? " " : "", kinds[record.kind]);
	if (record.pod)
		buf_printf(&f->sent, "=%s", record.pod->name);
	if (record.kind == POD_RECORD_NODE) {
		buf_putc(&f->sent, '=');
		this_node_put(&record.node, &f->sent);
	}
	if (*record.message)
		buf_printf(&f->sent, "(%s)", record.message);
	free(record.pod);
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->session.node = "n1";
	f->session.send = keep;
	f->session.data = f;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	session_free(&f->session);
	buf_free(&f->sent);
	free(f);
	return 0;
}

#define PATH "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1"

static void check_path(struct fixture *f, const char *want)
{
	_cleanup_buf_ struct buf path = { 0 };

	check_int("request", session_request(&f->session, 7, &path), 0);
	check_text("path", path.data, want);
}

static void check_sent(const char *name, struct fixture *f, const char *want)
{
	check_text(name, f->sent.data ? f->sent.data : "", want);
	buf_reset(&f->sent);
	if (f->sent.data)
		*f->sent.data = '\0';
}

/* A request from its answer to its end: the delay. */
static unsigned int answer(struct fixture *f, const char *body, struct session_end end)
{
	if (!end.code && !end.error)
		end.code = 200;
	if (end.code)
		(void)session_answer(&f->session, end.code);
	for (const char *c = body; *c; c++)
		if (session_body(&f->session, c, 1) < 0)
			break;
	return session_ended(&f->session, &end, 0);
}

#define POD(name, version)                                                                         \
	"{\"metadata\":{\"name\":\"" name "\",\"uid\":\"u\",\"resourceVersion\":\"" version "\"}}"
#define LIST(items)                                                                                \
	"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" items "]}"
#define EVENT(type, object)   "{\"type\":\"" type "\",\"object\":" object "}\n"
#define STATUS(code, message) "{\"kind\":\"Status\",\"code\":" #code ",\"message\":\"" message "\"}"
#define WATCH5		      PATH "&watch=1&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=307"
#define LONG		      ((struct session_end) { .lasted_ms = 5000 })

static void list(struct fixture *f)
{
	check_path(f, PATH "&resourceVersion=0");
	check_u64("at once", answer(f, LIST(POD("a", "1")), LONG), 0);
	buf_reset(&f->sent);
}

static void test_list(void **state)
{
	struct fixture *f = *state;

	check_path(f, PATH "&resourceVersion=0");
	check_u64("at once", answer(f, LIST(POD("a", "1") "," POD("b", "2")), LONG), 0);
	check_sent("list", f, "LIST POD=a POD=b LISTED UP");
	check_path(f, WATCH5);
	f->session.version[0] = '\0';
	check_path(f, PATH "&resourceVersion=0");
	check_u64("at once", answer(f, LIST(""), LONG), 0);
	check_sent("an empty list, and up already", f, "LIST LISTED");
	f->session.version[0] = '\0';
	check_path(f, PATH "&resourceVersion=0");
	(void)answer(f, "{\"kind\":\"List\",\"items\":[{\"kind\":\"Node\"},{\"kind\":\"Job\"}",
		     LONG);
	check_sent("others in a list that is cut", f,
		   "LIST DOWN(not JSON: parse error: premature EOF)");
}

static void test_watch(void **state)
{
	struct fixture *f = *state;

	list(f);
	check_path(f, WATCH5);
	assert_true(answer(f,
			   EVENT("ADDED", POD("b", "6")) EVENT("MODIFIED", POD("b", "7")) EVENT(
				   "DELETED", POD("b", "8"))
				   EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"9\"}}"),
			   LONG) < 1000);
	check_sent("events", f, "POD=b POD=b GONE=b");
	check_text("the bookmark's", f->session.version, "9");
	check_path(f,
		   PATH "&watch=1&allowWatchBookmarks=true&resourceVersion=9&timeoutSeconds=307");
	assert_true(answer(f, "", LONG) < 1000);
	check_sent("nothing has happened", f, "");
	check_text("the same", f->session.version, "9");
}

#define NODE_PATH "/api/v1/nodes/n1?resourceVersion=0"
#define NODE	  "{\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\",\"resourceVersion\":\"77\"}}"
#define NO_ANSWER ((struct session_end) { .error = "can't connect" })

/* The Node before each list and each watch, and the version to watch from is the pods'. */
static void test_node(void **state)
{
	struct fixture *f = *state;

	f->session.wants_node = true;
	check_path(f, NODE_PATH);
	check_u64("at once", answer(f, NODE, LONG), 0);
	check_sent("the node; the source is not up yet", f, "NODE=worker");
	list(f);
	buf_reset(&f->sent);
	check_path(f, NODE_PATH);
	check_u64("again", answer(f, NODE, LONG), 0);
	check_path(f, WATCH5);
	(void)answer(f, "", LONG);
	check_sent("again", f, "NODE=worker");
	check_path(f, NODE_PATH);
}

/* Who may not read it lists and watches all the same. */
static void test_node_unread(void **state)
{
	static const struct {
		const char *name, *body;
		struct session_end end;
		const char *want;
	} cases[] = {
		{ "forbidden",
		  STATUS(403, "nodes is forbidden"),
		  { .code = 403 },
		  "UNREAD(HTTP 403: nodes is forbidden)" },
		{ "a node, but refused", NODE, { .code = 500 }, "UNREAD(HTTP 500)" },
		{ "no answer: the pods' request says so", "", { .error = "can't connect" }, "" },
		{ "another object",
		  "{\"kind\":\"PodList\",\"items\":[" POD("a", "1") "]}",
		  { .code = 200 },
		  "UNREAD(the answer is not one)" },
		{ "cut",
		  "{\"kind\":",
		  { .code = 200 },
		  "UNREAD(not JSON: parse error: premature EOF)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = *state;

		f->session.wants_node = true;
		f->session.asked_node = false;
		f->session.version[0] = '\0';
		check_path(f, NODE_PATH);
		check_u64(cases[i].name, answer(f, cases[i].body, cases[i].end), 0);
		check_sent(cases[i].name, f, cases[i].want);
		check_path(f, PATH "&resourceVersion=0");
		check_u64(cases[i].name, f->session.failures, 0);
	}
}

/* What makes a version useless: then there is a new list, and mostly no source is lost. */
static void test_expired(void **state)
{
	static const struct {
		const char *name, *body;
		struct session_end end;
		const char *sent;
	} cases[] = {
		{ "an event", EVENT("ERROR", STATUS(410, "old")), { .lasted_ms = 5 }, "" },
		{ "another error's event",
		  EVENT("ERROR", STATUS(500, "no")),
		  { .lasted_ms = 5 },
		  "DOWN(no)" },
		{ "a status", STATUS(410, "old"), { .code = 410 }, "" },
		{ "a bad request", STATUS(400, "bad"), { .code = 400 }, "DOWN(HTTP 400: bad)" },
		{ "ended at once", "", { .lasted_ms = SESSION_SHORT_MS - 1 }, "" },
		{ "silence", "", { .code = 200, .error = "t", .timeout = true }, "DOWN(t)" },
		{ "no JSON",
		  "<html>",
		  { .lasted_ms = 5 },
		  "DOWN(not JSON: lexical error: invalid char in json text.)" },
		{ "an unknown event",
		  EVENT("X", POD("b", "6")),
		  { .lasted_ms = 5 },
		  "DOWN(not what was asked for)" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		f->session.version[0] = '\0';
		list(f);
		check_path(f, WATCH5);
		f->session.failures = 3;
		assert_true(answer(f, cases[i].body, cases[i].end) >= 200);
		check_sent(cases[i].name, f, cases[i].sent);
		check_text(cases[i].name, f->session.version, "");
		check_u64("it waits longer each time", f->session.failures, 4);
		buf_reset(&f->sent);
	}
}

/* A watch that was cut off goes on where it was. */
static void test_cut(void **state)
{
	struct fixture *f = *state;

	list(f);
	check_path(f, WATCH5);
	(void)answer(f, EVENT("ADDED", POD("b", "6")) "{\"type\":",
		     (struct session_end) { .code = 200, .error = "reset", .lasted_ms = 10 });
	check_sent("cut off", f, "POD=b DOWN(reset)");
	check_text("the last version", f->session.version, "6");
	check_path(f,
		   PATH "&watch=1&allowWatchBookmarks=true&resourceVersion=6&timeoutSeconds=307");
	(void)answer(f, "", LONG);
	check_sent("an answer is enough", f, "UP");
	check_path(f,
		   PATH "&watch=1&allowWatchBookmarks=true&resourceVersion=6&timeoutSeconds=307");
	(void)answer(f, EVENT("ADDED", POD("c", "7")) "{\"type\":", LONG);
	check_sent("half an event", f, "POD=c DOWN(not JSON: parse error: premature EOF)");
	check_text("the last version", f->session.version, "7");
}

static void test_refused(void **state)
{
	static const struct {
		const char *body;
		struct session_end end;
		const char *sent;
	} cases[] = {
		{ STATUS(403, "forbidden"), { .code = 403 }, "DOWN(HTTP 403: forbidden)" },
		{ "<html>", { .code = 502 }, "DOWN(HTTP 502)" },
		{ "", { .error = "refused" }, "DOWN(refused)" },
		{ "", { .code = 200 }, "DOWN(the answer is not one)" },
		{ "{}", { .code = 200 }, "DOWN(the answer is not one)" },
		{ "{\"kind\":\"PodList\",\"items\":[",
		  { .code = 200 },
		  "DOWN(not JSON: parse error: premature EOF)" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_path(f, PATH "&resourceVersion=0");
		assert_true(answer(f, cases[i].body, cases[i].end) >= 200);
		check_sent(cases[i].body, f, cases[i].sent);
	}
	check_u64("in a row", f->session.failures, ARRAY_LEN(cases));
	list(f);
	check_path(f, WATCH5);
	(void)answer(f, "", (struct session_end) { .lasted_ms = SESSION_SHORT_MS - 1 });
	check_u64("a list is not enough", f->session.failures, ARRAY_LEN(cases) + 1);
	list(f);
	check_path(f, WATCH5);
	(void)answer(f, "", LONG);
	check_u64("a watch that lasts is", f->session.failures, 0);
}

/* A watch that a server or the network ended goes on where it was. */
static void test_kept(void **state)
{
	static const struct session_end cases[] = {
		{ .error = "refused" },
		{ .code = 429 },
		{ .code = 503 },
		{ .code = 200, .error = "reset", .lasted_ms = 5 },
	};
	struct fixture *f = *state;

	list(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_path(f, WATCH5);
		assert_true(answer(f, "", cases[i]) >= 200);
		check_text("the same", f->session.version, "5");
		check_u64("it waits longer each time", f->session.failures, i + 1);
	}
}

/* Whatever comes with a refusal, it says nothing of pods. */
static void test_no_list(void **state)
{
	struct fixture *f = *state;

	check_path(f, PATH "&resourceVersion=0");
	(void)answer(f, LIST(POD("a", "1")), (struct session_end) { .code = 503 });
	check_sent("a list", f, "DOWN(HTTP 503)");
	check_text("no version", f->session.version, "");
	list(f);
	check_path(f, WATCH5);
	(void)answer(f, EVENT("DELETED", POD("a", "6")), (struct session_end) { .code = 503 });
	check_sent("an event", f, "DOWN(HTTP 503)");
	check_text("the same version", f->session.version, "5");
}

/* Half a list says that nothing is gone. */
static void test_half_list(void **state)
{
	struct fixture *f = *state;

	check_path(f, PATH "&resourceVersion=0");
	(void)answer(f, "{\"items\":[" POD("a", "1") ",",
		     (struct session_end) { .code = 200, .error = "reset" });
	check_sent("half a list", f, "LIST POD=a DOWN(reset)");
	check_text("no version", f->session.version, "");
}

static void test_delays(void **state)
{
	const struct session_end refused = { .code = 429 };
	struct fixture *f = *state;
	unsigned int most = 0;

	for (unsigned int i = 0; i < 100; i++) {
		unsigned int delay, bound = i < 6 ? 1000U << i : SESSION_DELAY_MAX_MS;
		_cleanup_buf_ struct buf path = { 0 };

		bound = bound > SESSION_DELAY_MAX_MS ? SESSION_DELAY_MAX_MS : bound;
		assert_int_equal(session_request(&f->session, i, &path), 0);
		delay = session_ended(&f->session, &refused, UINT32_MAX - i * 7919);
		assert_true(delay >= 200 && delay < bound + 200);
		most = delay > most ? delay : most;
	}
	assert_true(most > SESSION_DELAY_MAX_MS / 2);
	check_path(f, PATH "&resourceVersion=0");
	assert_true(answer(f, "", (struct session_end) { .code = 429, .retry_after_s = 120 }) >=
		    120000);
	check_path(f, PATH "&resourceVersion=0");
	assert_true(
		answer(f, "", (struct session_end) { .code = 429, .retry_after_s = UINT64_MAX }) <=
		SESSION_RETRY_AFTER_S * 1000 + SESSION_DELAY_MAX_MS + 200);
}

/* Its list has no version, and whatever it has is none to watch from. */
static void test_kubelet(void **state)
{
	static const char *const lists[] = {
		"{\"kind\":\"PodList\",\"metadata\":{},\"items\":[" POD("a", "1") "]}",
		LIST(POD("a", "1")),
	};
	struct fixture *f = *state;

	f->session.kubelet = true;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		check_path(f, "/pods");
		assert_in_range(answer(f, lists[i], LONG), SESSION_POLL_MS / 2, SESSION_POLL_MS);
		check_sent("list", f, i ? "LIST POD=a LISTED" : "LIST POD=a LISTED UP");
	}
	for (int i = 0; i < 10; i++) {
		check_path(f, "/pods");
		(void)answer(f, "Forbidden (verb=get)", (struct session_end) { .code = 403 });
		check_sent("refused", f, "DOWN(HTTP 403)");
	}
	check_path(f, "/pods");
	assert_in_range(answer(f, lists[0], LONG), SESSION_POLL_MS / 2, SESSION_POLL_MS);
	check_sent("up again", f, "LIST POD=a LISTED UP");
	check_u64("it has not failed", f->session.failures, 0);
}

static void test_send(void **state)
{
	struct fixture *f = *state;

	check_path(f, PATH "&resourceVersion=0");
	check_int("an answer", session_answer(&f->session, 200), 0);
	f->error = -EPIPE;
	check_int("the agent is gone", session_body(&f->session, LIST(""), strlen(LIST(""))),
		  -EPIPE);
	check_int("and stays so", session_body(&f->session, "x", 1), -EPIPE);
}

static void test_escape(void **state)
{
	struct fixture *f = *state;

	f->session.node = "a&b/c d";
	check_path(f, "/api/v1/pods?fieldSelector=spec.nodeName%3Da%26b%2Fc%20d&resourceVersion=0");
}

#define WITH_SESSION(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SESSION(test_list),    WITH_SESSION(test_watch),
		WITH_SESSION(test_node),    WITH_SESSION(test_node_unread),
		WITH_SESSION(test_expired), WITH_SESSION(test_cut),
		WITH_SESSION(test_refused), WITH_SESSION(test_half_list),
		WITH_SESSION(test_delays),  WITH_SESSION(test_send),
		WITH_SESSION(test_escape),  WITH_SESSION(test_kept),
		WITH_SESSION(test_no_list), WITH_SESSION(test_kubelet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "test.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/stream/history.h"

/* An event that is told apart from others by its port. */
static void add(struct history *history, uint8_t cls, uint16_t port)
{
	static struct event event;

	event = (struct event) {
		.count = 1,
		.node = "n",
		.mode = HP_MODE_AUDIT,
		.verdict = HP_VERDICT_AUDITED,
		.cls = cls,
		.family = 4,
		.port = port,
	};
	struct line *line = history_add(history, &event);

	assert_int_equal(line->event->cls, cls);
	for (enum form form = 0; form < FORM_MAX; form++)
		assert_true(line_form(line, form)->len > 0);
}

static bool is_port(struct line *line, unsigned int port)
{
	char member[32];

	(void)snprintf(member, sizeof(member), "\"port\":%u,", port);
	return line && strstr(line_form(line, FORM_JSON)->data, member);
}

/* What a reader of some classes asks for; valid until the next call. */
static const struct line_filter *of(uint32_t classes)
{
	static struct line_filter filter;

	filter = (struct line_filter) { .classes = classes, .pod = "" };
	return &filter;
}

static void test_back(void **state)
{
	struct history *history = calloc(1, sizeof(*history));

	(void)state;
	assert_non_null(history);
	assert_null(history_back(history, NULL, 0));
	add(history, HP_CLASS_SCOPE, 1);
	add(history, HP_CLASS_RETIRED, 2);
	add(history, HP_CLASS_SCOPE, 3);
	assert_true(is_port(history_back(history, NULL, 0), 3));
	assert_true(is_port(history_back(history, NULL, 2), 1));
	assert_null(history_back(history, NULL, 3));
	assert_true(is_port(history_back(history, of(1U << HP_CLASS_SCOPE), 1), 1));
	assert_null(history_back(history, of(1U << HP_CLASS_SCOPE), 2));
	assert_null(history_back(history, of(1U << HP_CLASS_INACTIVE), 0));
	history_free(history);
	free(history);
}

static void test_wraps(void **state)
{
	struct history *history = calloc(1, sizeof(*history));

	(void)state;
	assert_non_null(history);
	for (unsigned int i = 1; i <= REPLAY_MAX + 10; i++)
		add(history, HP_CLASS_SCOPE, (uint16_t)i);
	assert_true(is_port(history_back(history, NULL, 0), REPLAY_MAX + 10));
	assert_true(is_port(history_back(history, NULL, REPLAY_MAX - 1), 11));
	assert_null(history_back(history, NULL, REPLAY_MAX));
	history_free(history);
	free(history);
}

/* As add(), of a workload. */
static void add_of(struct history *history, const char *cgroup, uint16_t port)
{
	static struct event event;

	event = (struct event) { .count = 1, .node = "n", .port = port, .cgroup = cgroup };
	workload_parse("", cgroup, &event.workload);
	(void)history_add(history, &event);
}

/* How many of the lines, from the newest on, are of ports from `first` to `last`? */
static size_t count_ports(struct history *history, uint16_t first, uint16_t last)
{
	const struct line *line;
	size_t found = 0;

	for (size_t n = 0; (line = history_back(history, NULL, n)); n++)
		found += line->event && line->event->port >= first && line->event->port <= last;
	return found;
}

/* A reader of one pod's lines gets these, and notices. */
static void test_pods(void **state)
{
	static const char *const cgroups[] = {
		"/kubepods/pod11111111-1111-1111-1111-111111111111",
		"/system.slice/web.service",
		"/kubepods/pod22222222-1111-1111-1111-111111111111",
	};
	struct history *history = calloc(1, sizeof(*history));
	struct notice notice = { .node = "n", .message = "m" };
	struct line_filter filter = { .pod = "shop/web" };
	static struct event event;

	(void)state;
	assert_non_null(history);
	for (size_t i = 0; i < ARRAY_LEN(cgroups); i++) {
		event = (struct event) {
			.count = 1,
			.cls = HP_CLASS_SCOPE,
			.port = (uint16_t)(i + 1),
			.cgroup = cgroups[i],
		};
		workload_parse("", cgroups[i], &event.workload);
		if (i == 0) {
			(void)strcpy(event.workload.namespace_, "shop");
			(void)strcpy(event.workload.pod, "web");
		}
		(void)history_add(history, &event);
	}
	(void)history_add_notice(history, &notice);
	assert_non_null(history_back(history, &filter, 0)->notice);
	assert_true(is_port(history_back(history, &filter, 1), 1));
	assert_null(history_back(history, &filter, 2));
	filter.pod = "22222222-1111-1111-1111-111111111111";
	assert_true(is_port(history_back(history, &filter, 1), 3));
	filter.classes = 1U << HP_CLASS_RETIRED;
	assert_null(history_back(history, &filter, 1));
	filter.pod = "";
	filter.classes = 1U << HP_CLASS_SCOPE;
	assert_true(is_port(history_back(history, &filter, 3), 1));
	history_free(history);
	free(history);
}

/* Each part of a filter, with an event that it wants; `not` is one that it does not. */
static void test_filters(void **state)
{
	static const struct event web = {
		.count = 1,
		.cls = HP_CLASS_SCOPE,
		.verdict = HP_VERDICT_DENIED,
		.proto = HP_PROTO_UDP,
		.port = 80,
		.time = { .tv_sec = 1000 },
		.workload = { .kind = WORKLOAD_UNIT, .unit = "web.service" },
	};
	static const struct {
		const char *name;
		struct line_filter filter;
		bool wanted;
	} cases[] = {
		{ "all", { .pod = "" }, true },
		{ "its unit", { .pod = "", .unit = "web.service" }, true },
		{ "any unit", { .pod = "", .unit = "" }, true },
		{ "units", { .pod = "", .unit = "web*" }, true },
		{ "another unit", { .pod = "", .unit = "web" }, false },
		{ "its verdict", { .pod = "", .verdicts = 1U << HP_VERDICT_DENIED }, true },
		{ "another verdict", { .pod = "", .verdicts = 1U << HP_VERDICT_AUDITED }, false },
		{ "its port", { .pod = "", .first = 80, .last = 80 }, true },
		{ "ports below", { .pod = "", .first = 1, .last = 79 }, false },
		{ "ports above", { .pod = "", .first = 81, .last = 82 }, false },
		{ "its protocol", { .pod = "", .has_proto = true, .proto = HP_PROTO_UDP }, true },
		{ "another protocol",
		  { .pod = "", .has_proto = true, .proto = HP_PROTO_TCP },
		  false },
		{ "its second", { .pod = "", .since = 1000 }, true },
		{ "a later second", { .pod = "", .since = 1001 }, false },
		{ "since, and another port",
		  { .pod = "", .since = 999, .first = 1, .last = 1 },
		  false },
	};
	struct line line = { .event = &web };
	struct event pod = web, before = web;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_int(cases[i].name, line_is_wanted(&line, &cases[i].filter), cases[i].wanted);
	pod.workload.kind = WORKLOAD_POD;
	line.event = &pod;
	check_int("no unit", line_is_wanted(&line, &cases[1].filter), false);
	before.time.tv_sec = -1;
	line.event = &before;
	check_int("before 1970", line_is_wanted(&line, &cases[12].filter), false);
	check_int("before 1970, whenever", line_is_wanted(&line, &cases[0].filter), true);
}

/* However many lines a workload makes, those of the others stay, up to the same number. */
static void test_shares(void **state)
{
	static const struct {
		const char *name, *quiet, *loud;
		unsigned int quiet_lines;
		size_t kept; /* of these */
	} cases[] = {
		{ "units", "/system.slice/a.service", "/system.slice/b.service", 300, 300 },
		{ "more than half", "/system.slice/a.service", "/b.service", 700, 499 },
		{ "control groups", "/a", "/b", 300, 300 },
		{ "pods", "/kubepods/pod11111111-1111-1111-1111-111111111111",
		  "/kubepods/pod22222222-1111-1111-1111-111111111111", 300, 300 },
		{ "not known", "", "/b", 300, 300 },
		{ "the same", "/a", "/a", 300, 0 },
		{ "the same unit", "/system.slice/a.service/x", "/system.slice/a.service/y", 300,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct history *history = calloc(1, sizeof(*history));
		struct notice notice = { .node = "n", .message = "m" };

		assert_non_null(history);
		(void)history_add_notice(history, &notice);
		for (unsigned int n = 1; n <= cases[i].quiet_lines; n++)
			add_of(history, cases[i].quiet, (uint16_t)n);
		for (unsigned int n = 0; n < 5 * REPLAY_MAX; n++)
			add_of(history, cases[i].loud, (uint16_t)(10000 + n));
		check_u64(cases[i].name, count_ports(history, 1, 1000), cases[i].kept);
		check_u64("the others", count_ports(history, 10000, 65535),
			  REPLAY_MAX - 1 - cases[i].kept);
		/* the notice is the oldest, and the newest lines are the last that came */
		assert_non_null(history_back(history, NULL, REPLAY_MAX - 1)->notice);
		assert_true(is_port(history_back(history, NULL, 0), 10000 + 5 * REPLAY_MAX - 1));
		assert_true(is_port(history_back(history, NULL, 1), 10000 + 5 * REPLAY_MAX - 2));
		history_free(history);
		free(history);
	}
}

/* As many workloads as lines, again and again: the oldest line goes. */
static void test_many_workloads(void **state)
{
	struct history *history = calloc(1, sizeof(*history));
	char cgroup[32];

	(void)state;
	assert_non_null(history);
	for (unsigned int n = 1; n <= 3 * REPLAY_MAX; n++) {
		(void)snprintf(cgroup, sizeof(cgroup), "/%u", n);
		add_of(history, cgroup, (uint16_t)n);
	}
	for (unsigned int n = 0; n < REPLAY_MAX; n++)
		assert_true(is_port(history_back(history, NULL, n), 3 * REPLAY_MAX - n));
	assert_null(history_back(history, NULL, REPLAY_MAX));
	history_free(history);
	free(history);
}

/* A form is what it is, whichever was wanted before it, and however often. */
static void test_forms_in_turn(void **state)
{
	struct history *history = calloc(1, sizeof(*history));

	(void)state;
	assert_non_null(history);
	for (enum form first = 0; first < FORM_MAX; first++)
		for (enum form second = 0; second < FORM_MAX; second++) {
			static struct event event;
			struct buf want[FORM_MAX] = { 0 };
			struct line *line;

			event = (struct event) {
				.count = 1,
				.node = "n",
				.family = 4,
				.port = (uint16_t)(1000 + first * 10 + second),
			};
			event_json(&event, &want[FORM_JSON]);
			event_text(&event, false, &want[FORM_TEXT]);
			event_text(&event, true, &want[FORM_COLOUR]);
			line = history_add(history, &event);
			check_text("first", line_form(line, first)->data, want[first].data);
			check_text("second", line_form(line, second)->data, want[second].data);
			check_text("first again", line_form(line, first)->data, want[first].data);
			for (enum form form = 0; form < FORM_MAX; form++)
				buf_free(&want[form]);
		}
	history_free(history);
	free(history);
}

/* A notice is for everybody, whatever they asked for. */
static void test_notice(void **state)
{
	struct history *history = calloc(1, sizeof(*history));
	struct notice notice = { .node = "n", .message = "m" };

	(void)state;
	assert_non_null(history);
	add(history, HP_CLASS_SCOPE, 1);
	assert_true(
		line_is_wanted(history_add_notice(history, &notice), of(1U << HP_CLASS_RETIRED)));
	add(history, HP_CLASS_SCOPE, 2);
	assert_true(is_port(history_back(history, of(1U << HP_CLASS_SCOPE), 0), 2));
	assert_false(is_port(history_back(history, of(1U << HP_CLASS_SCOPE), 1), 1));
	assert_true(is_port(history_back(history, of(1U << HP_CLASS_SCOPE), 2), 1));
	assert_non_null(history_back(history, of(1U << HP_CLASS_RETIRED), 0));
	assert_null(history_back(history, of(1U << HP_CLASS_RETIRED), 1));
	assert_null(history_back(history, NULL, 3));
	history_free(history);
	free(history);
}

/* Events with nothing known, with something, and with all fields at their longest. */
static void fill_event(struct event *e, int known, char text[PATH_MAX])
{
	*e = (struct event) { .node = "n", .count = 7, .family = 6, .addr = { 1, 2, 3 } };
	if (known == 0)
		return;
	e->time = (struct timespec) { 1795378291, 5 };
	e->first = (struct timespec) { 1795378290, 6 };
	e->pid = 4711;
	e->uid = 4712;
	e->port = 8080;
	e->cls = HP_CLASS_SCOPE;
	e->how = HP_HOW_BIND0;
	e->mode = HP_MODE_ENFORCE;
	e->proto = HP_PROTO_UDP;
	e->verdict = HP_VERDICT_DENIED;
	e->cgroup = "/a.slice/b.service";
	workload_parse("", e->cgroup, &e->workload);
	e->entry_layer = "layer";
	e->entry_process = known == 1 ? NULL : "process";
	e->entry_team = "team";
	(void)strcpy(e->comm, "c");
	if (known == 1)
		return;
	memset(text, 'e', PATH_MAX - 1);
	e->exe = e->cgroup = text;
	memset(e->comm, 'c', sizeof(e->comm) - 1);
	e->workload.kind = WORKLOAD_POD;
	memset(e->workload.uid, 'u', sizeof(e->workload.uid) - 1);
	memset(e->workload.container_id, 'i', sizeof(e->workload.container_id) - 1);
	memset(e->workload.runtime, 'r', sizeof(e->workload.runtime) - 1);
	memset(e->workload.unit, 'n', sizeof(e->workload.unit) - 1);
}

static void take_forms(struct line *line, char *forms[FORM_MAX])
{
	for (enum form form = 0; form < FORM_MAX; form++)
		forms[form] = strdup(line_form(line, form)->data);
}

static void check_forms(const char *name, struct line *line, char *forms[FORM_MAX])
{
	assert_non_null(line);
	for (enum form form = 0; form < FORM_MAX; form++) {
		check_text(name, line_form(line, form)->data, forms[form]);
		free(forms[form]);
	}
}

/* An event that is kept reads as it did at first, though the caller's is another one by then. */
static void test_events_again(void **state)
{
	static char text[PATH_MAX];

	(void)state;
	for (int known = 0; known < 3; known++) {
		struct history *history = calloc(1, sizeof(*history));
		char *forms[FORM_MAX];
		struct event event;

		assert_non_null(history);
		memset(text, '\0', sizeof(text));
		fill_event(&event, known, text);
		take_forms(history_add(history, &event), forms);
		memset(&event, 0xff, sizeof(event));
		memset(text, 'x', 10);
		check_forms("an event", history_back(history, NULL, 0), forms);
		history_free(history);
		free(history);
	}
}

/* The same with a notice, among events and with all that a notice may have. */
static void test_notices_again(void **state)
{
	static char text[PATH_MAX];
	struct history *history = calloc(1, sizeof(*history));
	char message[] = "m", hook[] = "bind4", name[] = "foreign", mode[] = "audit";
	struct notice notice = { .node = "n",
				 .kind = NOTICE_FOREIGN,
				 .message = message,
				 .hook = hook,
				 .program_id = 5,
				 .name = name,
				 .generation = 6,
				 .mode = mode,
				 .pid = 7,
				 .uid = 8 };
	char *event_forms[FORM_MAX], *notice_forms[FORM_MAX];
	struct event event;

	(void)state;
	assert_non_null(history);
	fill_event(&event, 1, text);
	take_forms(history_add(history, &event), event_forms);
	take_forms(history_add_notice(history, &notice), notice_forms);
	assert_non_null(strstr(notice_forms[FORM_JSON], "\"mode\":\"audit\""));
	memset(&notice, 0xff, sizeof(notice));
	message[0] = hook[0] = name[0] = mode[0] = 'x';
	check_forms("an event", history_back(history, NULL, 1), event_forms);
	check_forms("a notice", history_back(history, NULL, 0), notice_forms);
	history_free(history);
	free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),	     cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_notice),	     cmocka_unit_test(test_forms_in_turn),
		cmocka_unit_test(test_events_again), cmocka_unit_test(test_notices_again),
		cmocka_unit_test(test_shares),	     cmocka_unit_test(test_many_workloads),
		cmocka_unit_test(test_pods),	     cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

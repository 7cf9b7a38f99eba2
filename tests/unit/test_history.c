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

static void test_back(void **state)
{
	struct history *history = calloc(1, sizeof(*history));

	(void)state;
	assert_non_null(history);
	assert_null(history_back(history, 0, 0));
	add(history, HP_CLASS_SCOPE, 1);
	add(history, HP_CLASS_RETIRED, 2);
	add(history, HP_CLASS_SCOPE, 3);
	assert_true(is_port(history_back(history, 0, 0), 3));
	assert_true(is_port(history_back(history, 0, 2), 1));
	assert_null(history_back(history, 0, 3));
	assert_true(is_port(history_back(history, 1U << HP_CLASS_SCOPE, 1), 1));
	assert_null(history_back(history, 1U << HP_CLASS_SCOPE, 2));
	assert_null(history_back(history, 1U << HP_CLASS_INACTIVE, 0));
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
	assert_true(is_port(history_back(history, 0, 0), REPLAY_MAX + 10));
	assert_true(is_port(history_back(history, 0, REPLAY_MAX - 1), 11));
	assert_null(history_back(history, 0, REPLAY_MAX));
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
	assert_true(line_is_wanted(history_add_notice(history, &notice), 1U << HP_CLASS_RETIRED));
	add(history, HP_CLASS_SCOPE, 2);
	assert_true(is_port(history_back(history, 1U << HP_CLASS_SCOPE, 0), 2));
	assert_false(is_port(history_back(history, 1U << HP_CLASS_SCOPE, 1), 1));
	assert_true(is_port(history_back(history, 1U << HP_CLASS_SCOPE, 2), 1));
	assert_non_null(history_back(history, 1U << HP_CLASS_RETIRED, 0));
	assert_null(history_back(history, 1U << HP_CLASS_RETIRED, 1));
	assert_null(history_back(history, 0, 3));
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
		check_forms("an event", history_back(history, 0, 0), forms);
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
	check_forms("an event", history_back(history, 0, 1), event_forms);
	check_forms("a notice", history_back(history, 0, 0), notice_forms);
	history_free(history);
	free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),	     cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_notice),	     cmocka_unit_test(test_forms_in_turn),
		cmocka_unit_test(test_events_again), cmocka_unit_test(test_notices_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "test.h"

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

	assert_int_equal(line->cls, cls);
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

/* A notice is for everybody, whatever they asked for. */
static void test_notice(void **state)
{
	struct history *history = calloc(1, sizeof(*history));
	struct notice notice = { .node = "n", .message = "m" };

	(void)state;
	assert_non_null(history);
	add(history, HP_CLASS_SCOPE, 1);
	assert_true(line_is_of(history_add_notice(history, &notice), 1U << HP_CLASS_RETIRED));
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

/* What is kept is told as it was at once, though the event is another one by then. */
static void test_forms_again(void **state)
{
	struct history *history = calloc(1, sizeof(*history));
	struct event *event = calloc(1, sizeof(*event));
	struct notice notice = { .node = "n", .message = "m" };
	char *event_forms[FORM_MAX], *notice_forms[FORM_MAX];
	struct line *line;

	(void)state;
	assert_non_null(history);
	assert_non_null(event);
	event->count = 3;
	event->node = "n";
	event->cls = HP_CLASS_SCOPE;
	event->family = 4;
	event->port = 80;
	(void)strcpy(event->cgroup, "/a.slice/b.service");
	workload_parse(event->cgroup, &event->workload);
	event->entry_layer = "layer";
	event->entry_team = "team";
	line = history_add(history, event);
	for (enum form form = 0; form < FORM_MAX; form++)
		event_forms[form] = strdup(line_form(line, form)->data);
	line = history_add_notice(history, &notice);
	for (enum form form = 0; form < FORM_MAX; form++)
		notice_forms[form] = strdup(line_form(line, form)->data);
	memset(event, 0xff, sizeof(*event));
	notice.message = "another";
	for (enum form form = 0; form < FORM_MAX; form++) {
		check_text("an event", line_form(history_back(history, 0, 1), form)->data,
			   event_forms[form]);
		check_text("a notice", line_form(history_back(history, 0, 0), form)->data,
			   notice_forms[form]);
		free(event_forms[form]);
		free(notice_forms[form]);
	}
	history_free(history);
	free(history);
	free(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_forms_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* Clients that tail: quick, slow, half closed, and too many. */
#include "clients_fixture.h"

static void test_tail(void **state)
{
	struct fixture *f = *state;
	size_t all, scope, idle = connect_client(f, NULL);

	(void)add_line(f, HP_CLASS_SCOPE, 1);
	all = ask(f, TAIL);
	scope = ask(f, "{\"verb\":\"tail\",\"classes\":[\"scope\"]}\n");
	skip_answer(f, all);
	skip_answer(f, scope);
	check_u64("tails", tails(f), 2);
	tell(f, HP_CLASS_SCOPE, 2);
	tell(f, HP_CLASS_RETIRED, 3);
	tell(f, HP_CLASS_SCOPE, 4);
	check_ports(f, all, "all", (const long[]) { 2, 3, 4 }, 3);
	check_ports(f, scope, "a class", (const long[]) { 2, 4 }, 2);
	check_sent(f, idle, "one that has not asked", "", true);
	check_u64("no document", f->asked, 0);
	check_u64("nothing lost", lost(f), 0);
}

/* Earlier lines come first, in their order, and as many as are asked for of the classes. */
static void test_replay(void **state)
{
	static const struct {
		const char *name, *request;
		long want[4];
		size_t len;
	} cases[] = {
		{ "none", TAIL, { 0 }, 0 },
		{ "one", "{\"verb\":\"tail\",\"replay\":1}\n", { 5 }, 1 },
		{ "three", "{\"verb\":\"tail\",\"replay\":3}\n", { 3, 4, 5 }, 3 },
		{ "of a class",
		  "{\"verb\":\"tail\",\"replay\":3,\"classes\":[\"retired\"]}\n",
		  { 2, 4 },
		  2 },
		{ "more than there are",
		  "{\"verb\":\"tail\",\"replay\":100,\"classes\":[\"scope\"]}\n",
		  { 1, 3, 5 },
		  3 },
	};
	struct fixture *f = *state;

	for (uint16_t port = 1; port <= 5; port++)
		(void)add_line(f, port % 2 ? HP_CLASS_SCOPE : HP_CLASS_RETIRED, port);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t client = ask(f, cases[i].request);

		skip_answer(f, client);
		check_ports(f, client, cases[i].name, cases[i].want, cases[i].len);
	}
}

static void test_forms(void **state)
{
	static const char *const requests[] = {
		TAIL,
		"{\"verb\":\"tail\",\"form\":\"json\"}\n",
		"{\"verb\":\"tail\",\"form\":\"text\"}\n",
		"{\"verb\":\"tail\",\"form\":\"colour\"}\n",
	};
	static const enum form forms[] = { FORM_JSON, FORM_JSON, FORM_TEXT, FORM_COLOUR };
	struct fixture *f = *state;
	size_t clients[ARRAY_LEN(requests)];
	struct line *line;

	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		clients[i] = ask(f, requests[i]);
	line = add_line(f, HP_CLASS_SCOPE, 7);
	clients_tell(&f->clients, line);
	clients_flush(&f->clients);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		_cleanup_buf_ struct buf want = { 0 };

		buf_puts(&want, line_form(line, forms[i])->data);
		buf_putc(&want, '\n');
		skip_answer(f, clients[i]);
		check_sent(f, clients[i], requests[i], want.data, true);
	}
}

static void test_too_many_tails(void **state)
{
	struct fixture *f = *state;

	for (unsigned int i = 0; i < CONTROL_TAILS_MAX; i++)
		skip_answer(f, ask(f, TAIL));
	check_u64("tails", tails(f), CONTROL_TAILS_MAX);
	check_sent(f, ask(f, TAIL), "one more", "{\"error\":\"too many clients tail\"}\n", false);
	check_u64("tails as before", tails(f), CONTROL_TAILS_MAX);
	buf_puts(&f->document, "{}");
	check_sent(f, ask(f, STATUS), "a document", OK "{}\n", false);
	hang_up(f, 3);
	fake_settle(f->loop);
	check_u64("one has gone", tails(f), CONTROL_TAILS_MAX - 1);
	skip_answer(f, ask(f, TAIL));
}

/* A slow reader loses lines, and is told so in its own form; a quick one beside it gets all. */
static void check_slow(struct fixture *f, const char *request, const char *report)
{
	_cleanup_buf_ struct buf got = { 0 };
	size_t slow = ask(f, request), quick = ask(f, TAIL);
	uint64_t before = lost(f), told = 0;

	skip_answer(f, quick);
	while (lost(f) < before + 2) {
		long port = ++told % 60000;

		assert_true(told < 100000);
		tell(f, HP_CLASS_SCOPE, (uint16_t)port);
		check_ports(f, quick, "the quick one", &port, 1);
	}
	check_u64("it waits for room, too", source_of(f, slow)->events, EPOLLIN | EPOLLOUT);
	for (unsigned int i = 0; i < 100; i++) {
		assert_false(receive(f, slow, &got));
		fake_settle(f->loop);
	}
	check_u64("it waits for its end alone", source_of(f, slow)->events, EPOLLIN);
	check_text("the end", got.data + got.len - strlen(report), report);
	check_u64("the rest came", ports_in(&got, NULL, 0), 1 + told - 2 + 1);
	check_u64("of one reader", lost(f), before + 2);
	hang_up(f, slow);
	hang_up(f, quick);
	fake_settle(f->loop);
	check_u64("still counted when it is gone", lost(f), before + 2);
	check_u64("gone", f->clients.len, 0);
}

static void test_slow(void **state)
{
	check_slow(*state, TAIL, "\n{\"lost\":2}\n");
	check_slow(*state, "{\"verb\":\"tail\",\"form\":\"text\"}\n",
		   "\n# 2 lines lost: read too slowly\n");
}

/* What a client that tails sends is dropped, however much it is. */
static void check_talks(struct fixture *f, const char *request)
{
	static char noise[10000];
	size_t client = ask(f, request);

	memset(noise, '\n', sizeof(noise));
	for (unsigned int i = 0; i < 10; i++) {
		send_text(f, client, noise, sizeof(noise));
		fake_settle(f->loop);
	}
	skip_answer(f, client);
	tell(f, HP_CLASS_SCOPE, 9);
	check_ports(f, client, "it tails", (const long[]) { 9 }, 1);
	check_u64("no document", f->asked, 0);
}

static void test_talks(void **state)
{
	char longest[REQUEST_MAX + 1];

	check_talks(*state, TAIL);
	(void)snprintf(longest, sizeof(longest), "%-*s\n", REQUEST_MAX - 1, "{\"verb\":\"tail\"}");
	check_talks(*state, longest);
}

/* A client that has closed its direction gets what waits for it, and nothing later. */
static void test_half_closed(void **state)
{
	struct fixture *f = *state;
	size_t client = ask(f, TAIL), silent = connect_client(f, NULL);

	clients_tell(&f->clients, add_line(f, HP_CLASS_SCOPE, 1)); /* queued, not written */
	assert_int_equal(shutdown(f->peers[client], SHUT_WR), 0);
	assert_int_equal(shutdown(f->peers[silent], SHUT_WR), 0);
	fake_settle(f->loop);
	check_u64("nobody tails", tails(f), 0);
	tell(f, HP_CLASS_SCOPE, 2);
	skip_answer(f, client);
	{
		_cleanup_buf_ struct buf got = { 0 };
		long port = 0;

		assert_true(receive(f, client, &got));
		check_u64("one line", ports_in(&got, &port, 1), 1);
		check_int("the first", port, 1);
	}
	check_sent(f, silent, "one that never asked", "", false);
	check_u64("both are gone", f->clients.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many_tails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_talks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_closed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

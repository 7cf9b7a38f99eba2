// SPDX-License-Identifier: MIT
/* Clients that ask for a document, and how long one may take. */
#include "clients_fixture.h"

static void test_document(void **state)
{
	struct fixture *f = *state;
	size_t client;

	buf_puts(&f->document, "{\"a\":1}");
	client = ask(f, STATUS);
	check_sent(f, client, "status", OK "{\"a\":1}\n", false);
	check_u64("asked once", f->asked, 1);
	check_u64("the verb", f->request.verb, REQUEST_STATUS);
	check_u64("the client's pid", f->request.pid, (uint64_t)getpid());
	check_u64("its user", f->request.uid, geteuid());
	check_u64("it is gone", f->clients.len, 0);
	check_sent(f, ask(f, "{\"verb\":\"reload\",\"shrink\":true}\n"), "another",
		   OK "{\"a\":1}\n", false);
	check_u64("its verb", f->request.verb, REQUEST_RELOAD);
	assert_true(f->request.shrink);
}

/* A request may come in parts, and with more behind it, which counts for nothing. */
static void test_parts(void **state)
{
	struct fixture *f = *state;
	size_t client = connect_client(f, NULL);

	buf_puts(&f->document, "{}");
	for (const char *at = STATUS; *at; at++) {
		check_sent(f, client, "not yet", "", true);
		send_text(f, client, at, 1);
		fake_settle(f->loop);
	}
	check_sent(f, client, "whole", OK "{}\n", false);
	check_sent(f, ask(f, STATUS STATUS "x"), "more behind it", OK "{}\n", false);
	check_u64("asked once each", f->asked, 2);
}

/* The line with its end may have REQUEST_MAX bytes. */
static void test_long_requests(void **state)
{
	struct fixture *f = *state;
	char request[REQUEST_MAX + 2];
	size_t client;

	buf_puts(&f->document, "{}");
	(void)snprintf(request, sizeof(request), "%-*s", REQUEST_MAX - 1, "{\"verb\":\"status\"}");
	request[REQUEST_MAX - 1] = '\n';
	request[REQUEST_MAX] = '\0';
	check_sent(f, ask(f, request), "fits", OK "{}\n", false);
	check_u64("asked", f->asked, 1);
	request[REQUEST_MAX - 1] = ' ';
	client = ask(f, request);
	check_sent(f, client, "does not fit", "{\"error\":\"the request is too long\"}\n", false);
	request[REQUEST_MAX - 1] = '\0';
	client = ask(f, request);
	check_sent(f, client, "may still end", "", true);
	check_u64("not asked", f->asked, 1);
}

static void test_errors(void **state)
{
	static const struct {
		const char *name, *request, *document;
		int result;
		bool fails;
		const char *want;
		unsigned int asked;
	} cases[] = {
		{ "no such verb", "{\"verb\":\"fly\"}\n", "", 0, false,
		  "{\"error\":\"verb: fly: not known to this agent\"}\n", 0 },
		{ "a sentence", STATUS, "it \"can't\"", -EINVAL, false,
		  "{\"error\":\"it \\\"can't\\\"\"}\n", 1 },
		{ "no sentence", STATUS, "", -EINVAL, false, "{\"error\":\"Invalid argument\"}\n",
		  1 },
		{ "another error", STATUS, "", -EAGAIN, false,
		  "{\"error\":\"Resource temporarily unavailable\"}\n", 1 },
		{ "no memory", STATUS, "{}", 0, true, "{\"error\":\"Cannot allocate memory\"}\n",
		  1 },
		{ "no memory for the sentence", STATUS, "it ca", -EINVAL, true,
		  "{\"error\":\"Cannot allocate memory\"}\n", 1 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		f->asked = 0;
		f->result = cases[i].result;
		f->fails = cases[i].fails;
		buf_reset(&f->document);
		buf_puts(&f->document, cases[i].document);
		check_sent(f, ask(f, cases[i].request), cases[i].name, cases[i].want, false);
		check_u64(cases[i].name, f->asked, cases[i].asked);
		check_u64(cases[i].name, f->clients.len, 0);
	}
	assert_int_equal(send(f->peers[connect_client(f, NULL)], "\n", 1, 0), 1);
	fake_settle(f->loop);
	check_u64("an empty line is refused", f->clients.len, 0);
}

static void fill_document(struct fixture *f, size_t len)
{
	buf_reset(&f->document);
	assert_true(buf_reserve(&f->document, len));
	memset(f->document.data, 'd', len);
	f->document.data[len] = '\0';
	f->document.len = len;
}

/* A document of the largest size reaches a client that reads; a larger one is refused. */
static void test_long_documents(void **state)
{
	_cleanup_buf_ struct buf got = { 0 };
	struct fixture *f = *state;
	size_t client;

	fill_document(f, CONTROL_DOCUMENT_MAX + 1);
	check_sent(f, ask(f, STATUS), "too long", "{\"error\":\"the answer is too long\"}\n",
		   false);
	fill_document(f, CONTROL_DOCUMENT_MAX);
	client = ask(f, STATUS);
	check_u64("it waits for the client", f->clients.len, 1);
	check_u64("for room alone", source_of(f, client)->events, EPOLLOUT);
	for (unsigned int i = 0; i < 10000 && !receive(f, client, &got); i++)
		fake_settle(f->loop);
	check_u64("all of it", got.len, strlen(OK) + CONTROL_DOCUMENT_MAX + 1);
	assert_int_equal(memcmp(got.data, OK, strlen(OK)), 0);
	assert_int_equal(got.data[got.len - 1], '\n');
	check_u64("it is gone", f->clients.len, 0);
}

/* Clients that don't read can't make the agent keep more than four documents for them all. */
static void test_many_documents(void **state)
{
	struct fixture *f = *state;

	fill_document(f, CONTROL_DOCUMENT_MAX);
	for (unsigned int i = 0; i < 4; i++)
		(void)ask(f, STATUS);
	check_u64("they wait", f->clients.len, 4);
	fill_document(f, 4 * CONTROL_DOCUMENT_MAX / 64);
	check_sent(f, ask(f, STATUS), "one more that is as long as what was sent",
		   "{\"error\":\"the answer is too long\"}\n", false);
	fill_document(f, 10);
	check_sent(f, ask(f, STATUS), "a short one", OK "dddddddddd\n", false);
	hang_up(f, 0);
	fake_settle(f->loop);
	check_u64("one has gone", f->clients.len, 3);
	fill_document(f, CONTROL_DOCUMENT_MAX / 2);
	(void)ask(f, STATUS);
	check_u64("there is room again", f->clients.len, 4);
}

static void test_refusal(void **state)
{
	struct fixture *f = *state;
	size_t client = connect_client(f, "only root may ask");

	check_sent(f, client, "at once", "{\"error\":\"only root may ask\"}\n", false);
	check_u64("gone", f->clients.len, 0);
	check_u64("not asked", f->asked, 0);
}

static void test_no_request(void **state)
{
	struct fixture *f = *state;
	size_t client = connect_client(f, NULL);

	check_u64("the timer runs", f->clients.timer->every_ms, 1000);
	send_text(f, client, "{\"verb\":", 8);
	fake_settle(f->loop);
	fake_pass_ms(CONTROL_REQUEST_S * 1000 - 1000);
	assert_true(clients_expire(&f->clients));
	check_sent(f, client, "there is time yet", "", true);
	fake_pass_ms(1000);
	(void)clients_expire(&f->clients);
	check_sent(f, client, "too late", "{\"error\":\"no request came in time\"}\n", false);
	assert_false(clients_expire(&f->clients));
}

/* A request that came in time is served, though the agent was held up until after it. */
static void test_held_up(void **state)
{
	struct fixture *f = *state;
	size_t first = connect_client(f, NULL), second = connect_client(f, NULL);
	size_t third = connect_client(f, NULL), gone = connect_client(f, NULL);

	buf_puts(&f->document, "{}");
	send_text(f, first, STATUS, strlen(STATUS));
	send_text(f, second, TAIL, strlen(TAIL));
	assert_int_equal(shutdown(f->peers[gone], SHUT_WR), 0);
	fake_pass_ms(CONTROL_REQUEST_S * 1000);
	assert_true(clients_expire(&f->clients));
	check_sent(f, first, "a document", OK "{}\n", false);
	check_sent(f, second, "a tail", OK, true);
	check_sent(f, third, "no request", "{\"error\":\"no request came in time\"}\n", false);
	check_sent(f, gone, "one that is gone", "{\"error\":\"no request came in time\"}\n", false);
	assert_false(clients_expire(&f->clients));
	check_u64("the tail stays", f->clients.len, 1);
}

/* A document may tell new lines; a reader of them that is gone is dropped, whoever is next. */
static int tell_and_answer(void *data, const struct request *request, struct buf *out)
{
	struct fixture *f = data;

	tell(f, HP_CLASS_SCOPE, 1);
	return make_document(data, request, out);
}

static void test_gone_meanwhile(void **state)
{
	struct fixture *f = *state;
	size_t last = connect_client(f, NULL), gone = ask(f, TAIL);
	size_t first = connect_client(f, NULL); /* the newest is looked at first */

	buf_puts(&f->document, "{}");
	f->clients.document = tell_and_answer;
	send_text(f, first, STATUS, strlen(STATUS));
	hang_up(f, gone);
	fake_pass_ms(CONTROL_REQUEST_S * 1000);
	(void)clients_expire(&f->clients);
	check_sent(f, first, "a document", OK "{}\n", false);
	check_sent(f, last, "the last", "{\"error\":\"no request came in time\"}\n", false);
	check_u64("all are gone", f->clients.len, 0);
}

/* Who does not read a document has half a minute; who tails has no end. */
static void test_unread(void **state)
{
	struct fixture *f = *state;
	size_t tail = ask(f, TAIL), slow;

	skip_answer(f, tail);
	fill_document(f, CONTROL_DOCUMENT_MAX);
	fake_pass_ms(5000);
	slow = ask(f, STATUS);
	fake_pass_ms(CONTROL_ANSWER_S * 1000 - 1000);
	assert_true(clients_expire(&f->clients));
	check_u64("both are there", f->clients.len, 2);
	fake_pass_ms(1000);
	(void)clients_expire(&f->clients);
	check_u64("the tail is there", f->clients.len, 1);
	assert_null(source_of(f, slow));
	assert_false(clients_expire(&f->clients));
	tell(f, HP_CLASS_SCOPE, 3);
	check_ports(f, tail, "it goes on", (const long[]) { 3 }, 1);
}

/* A tail that closed its direction and does not read what waits has half a minute from then. */
static void test_half_closed_unread(void **state)
{
	struct fixture *f = *state;
	size_t client = ask(f, TAIL);

	while (!lost(f))
		tell(f, HP_CLASS_SCOPE, 1);
	f->clients.timing = false; /* as it is when all that are there tail */
	fake_pass_ms(100 * 1000);
	assert_int_equal(shutdown(f->peers[client], SHUT_WR), 0);
	source_of(f, client)->events = EPOLLIN;
	fake_fire(source_of(f, client), EPOLLIN);
	check_int("the timer runs again", f->clients.timing, true);
	check_u64("it tails no more", tails(f), 0);
	check_u64("it is there", f->clients.len, 1);
	fake_pass_ms(CONTROL_ANSWER_S * 1000 - 1000);
	assert_true(clients_expire(&f->clients));
	check_u64("it is there yet", f->clients.len, 1);
	fake_pass_ms(1000);
	(void)clients_expire(&f->clients);
	check_u64("it is gone", f->clients.len, 0);
}

/* A client that the loop does not take is closed, and not counted. */
static void test_not_added(void **state)
{
	struct fixture *f = *state;
	char byte;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	f->loop->error = -ENOSPC;
	assert_int_equal(clients_add(&f->clients, fds[1], NULL), -ENOSPC);
	f->loop->error = 0;
	check_u64("none", f->clients.len, 0);
	assert_int_equal(recv(fds[0], &byte, 1, 0), 0);
	(void)close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_document, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_documents, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_held_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unread, setup, teardown),
		cmocka_unit_test_setup_teardown(test_half_closed_unread, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_added, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

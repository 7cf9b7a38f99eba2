// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/stream/request.h"

struct good_case {
	const char *text;
	struct request want;
};

static const struct good_case good_cases[] = {
	{ "{\"verb\":\"listeners\"}", { .verb = REQUEST_LISTENERS, .form = FORM_JSON } },
	{ "{\"verb\":\"status\"}", { .verb = REQUEST_STATUS, .form = FORM_JSON } },
	{ "{\"verb\":\"selftest\"}", { .verb = REQUEST_SELFTEST, .form = FORM_JSON } },
	{ "{\"verb\":\"pods\"}", { .verb = REQUEST_PODS, .form = FORM_JSON } },
	{ "{\"verb\":\"impact\"}", { .verb = REQUEST_IMPACT, .form = FORM_JSON } },
	{ "{\"verb\":\"detach\"}", { .verb = REQUEST_DETACH, .form = FORM_JSON } },
	{ "{\"verb\":\"reload\"}", { .verb = REQUEST_RELOAD, .form = FORM_JSON } },
	{ "{\"verb\":\"reload\",\"shrink\":true}",
	  { .verb = REQUEST_RELOAD, .form = FORM_JSON, .shrink = true } },
	{ "{\"verb\":\"reload\",\"shrink\":false}", { .verb = REQUEST_RELOAD, .form = FORM_JSON } },
	{ "{\"verb\":\"mode\",\"mode\":\"audit\"}",
	  { .verb = REQUEST_MODE, .form = FORM_JSON, .mode = HP_MODE_AUDIT } },
	{ "{\"verb\":\"mode\",\"mode\":\"enforce\",\"yes\":false}",
	  { .verb = REQUEST_MODE, .form = FORM_JSON, .mode = HP_MODE_ENFORCE } },
	{ "{\"verb\":\"mode\",\"mode\":\"enforce\",\"yes\":true}",
	  { .verb = REQUEST_MODE, .form = FORM_JSON, .mode = HP_MODE_ENFORCE, .yes = true } },
	{ "{\"verb\":\"tail\",\"unit\":\"w*\",\"verdicts\":[\"denied\",\"audited\"],\"ports\":[1,"
	  "80],"
	  "\"protocol\":\"udp\",\"since\":1700000000}",
	  { .verb = REQUEST_TAIL,
	    .form = FORM_JSON,
	    .unit = "w*",
	    .verdicts = 1U << HP_VERDICT_DENIED | 1U << HP_VERDICT_AUDITED,
	    .first = 1,
	    .last = 80,
	    .has_proto = true,
	    .proto = HP_PROTO_UDP,
	    .since = 1700000000 } },
	{ "{\"verb\":\"status\",\"mode\":7}", { .verb = REQUEST_STATUS, .form = FORM_JSON } },
	{ "{\"verb\":\"tail\"}", { .verb = REQUEST_TAIL, .form = FORM_JSON } },
	{ "{\"verb\":\"tail\",\"form\":\"text\"}", { .verb = REQUEST_TAIL, .form = FORM_TEXT } },
	{ "{\"verb\":\"tail\",\"form\":\"colour\",\"replay\":7}",
	  { .verb = REQUEST_TAIL, .form = FORM_COLOUR, .replay = 7 } },
	{ "{\"verb\":\"tail\",\"pod\":\"shop/web-*\"}",
	  { .verb = REQUEST_TAIL, .form = FORM_JSON, .pod = "shop/web-*" } },
	{ "{\"verb\":\"tail\",\"replay\":1000000}",
	  { .verb = REQUEST_TAIL, .form = FORM_JSON, .replay = REPLAY_MAX } },
	{ "{\"verb\":\"tail\",\"classes\":[\"scope\",\"retired\"]}",
	  { .verb = REQUEST_TAIL,
	    .form = FORM_JSON,
	    .classes = 1U << HP_CLASS_SCOPE | 1U << HP_CLASS_RETIRED } },
	{ "{\"verb\":\"tail\",\"classes\":[],\"later\":\"member\"}",
	  { .verb = REQUEST_TAIL, .form = FORM_JSON } },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good_cases); i++) {
		const struct good_case *c = &good_cases[i];
		_cleanup_buf_ struct buf err = { 0 };
		struct request got;

		check_int(c->text, request_parse(c->text, strlen(c->text), &got, &err), 0);
		check_int(c->text, got.verb, c->want.verb);
		check_int(c->text, got.form, c->want.form);
		check_u64(c->text, got.classes, c->want.classes);
		check_u64(c->text, got.replay, c->want.replay);
		check_text(c->text, got.pod, c->want.pod);
		check_text(c->text, got.unit, c->want.unit);
		check_u64(c->text, got.verdicts, c->want.verdicts);
		check_int(c->text, got.first, c->want.first);
		check_int(c->text, got.last, c->want.last);
		check_int(c->text, got.has_proto, c->want.has_proto);
		check_int(c->text, got.proto, c->want.proto);
		check_u64(c->text, got.since, c->want.since);
		check_int(c->text, got.shrink, c->want.shrink);
		check_u64(c->text, got.mode, c->want.mode);
		check_int(c->text, got.yes, c->want.yes);
		check_u64(c->text, got.pid + got.uid, 0);
	}
}

static const struct {
	const char *text, *says;
} bad_cases[] = {
	{ "", NULL },
	{ "tail", NULL },
	{ "{\"verb\":\"tail\"", NULL },
	{ "{\"verb\":\"tail\"} x", NULL },
	{ "[\"tail\"]", "verb: : not known to this agent" },
	{ "{}", "verb: : not known to this agent" },
	{ "{\"verb\":\"attach\"}", "verb: attach: not known to this agent" },
	{ "{\"verb\":\"tail\",\"form\":\"xml\"}", "form: xml: not known to this agent" },
	{ "{\"verb\":\"tail\",\"form\":1}", "form: : not known to this agent" },
	{ "{\"verb\":\"tail\",\"classes\":\"retired\"}", "classes: not a list" },
	{ "{\"verb\":\"tail\",\"pod\":\"a/b/c\"}", "pod: not a pod: NAMESPACE/NAME, NAME or UID" },
	{ "{\"verb\":\"tail\",\"pod\":7}", "pod: not a pod: NAMESPACE/NAME, NAME or UID" },
	{ "{\"verb\":\"tail\",\"replay\":-1}", "replay: not a number of events" },
	{ "{\"verb\":\"tail\",\"replay\":\"many\"}", "replay: not a number of events" },
	{ "{\"verb\":\"tail\",\"classes\":[\"none\"]}", "classes: none: no such class" },
	{ "{\"verb\":\"tail\",\"classes\":[7]}", "classes: : no such class" },
	{ "{\"verb\":\"tail\",\"unit\":\"\"}", "unit: not a text of 1 to 255 bytes" },
	{ "{\"verb\":\"tail\",\"unit\":[]}", "unit: not a text of 1 to 255 bytes" },
	{ "{\"verb\":\"tail\",\"verdicts\":\"denied\"}", "verdicts: not a list" },
	{ "{\"verb\":\"tail\",\"verdicts\":[\"none\"]}", "verdicts: none: no such verdict" },
	{ "{\"verb\":\"tail\",\"ports\":[1]}", "ports: not [FIRST,LAST]" },
	{ "{\"verb\":\"tail\",\"ports\":80}", "ports: not [FIRST,LAST]" },
	{ "{\"verb\":\"tail\",\"ports\":[0,1]}", "ports: not [FIRST,LAST]" },
	{ "{\"verb\":\"tail\",\"ports\":[2,1]}", "ports: not [FIRST,LAST]" },
	{ "{\"verb\":\"tail\",\"ports\":[1,65536]}", "ports: not [FIRST,LAST]" },
	{ "{\"verb\":\"tail\",\"protocol\":\"icmp\"}", "protocol: icmp: no such protocol" },
	{ "{\"verb\":\"tail\",\"since\":-1}", "since: not a number of seconds" },
	{ "{\"verb\":\"reload\",\"shrink\":1}", "shrink: not true or false" },
	{ "{\"verb\":\"reload\",\"shrink\":\"yes\"}", "shrink: not true or false" },
	{ "{\"verb\":\"mode\"}", "mode: : not audit or enforce" },
	{ "{\"verb\":\"mode\",\"mode\":1}", "mode: : not audit or enforce" },
	{ "{\"verb\":\"mode\",\"mode\":\"unset\"}", "mode: unset: not audit or enforce" },
	{ "{\"verb\":\"mode\",\"mode\":\"enforce\",\"yes\":1}", "yes: not true or false" },
	{ "{\"verb\":\"mode\",\"mode\":\"enforce\",\"yes\":null}", "yes: not true or false" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_cases); i++) {
		const char *text = bad_cases[i].text;
		_cleanup_buf_ struct buf err = { 0 };
		struct request got = { .replay = 42 };

		check_int(text, request_parse(text, strlen(text), &got, &err), -EINVAL);
		check_u64(text, got.replay, 42);
		if (bad_cases[i].says)
			check_text(text, err.data, bad_cases[i].says);
		else
			check_int(text, err.len > 0, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

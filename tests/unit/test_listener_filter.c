// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../bpf/abi.h"
#include "../../user/base/cleanup.h"
#include "../../user/ctl/listener_filter.h"

#define LISTENER(rest) "{\"protocol\":\"tcp\",\"port\":80," rest "}"
#define UNIT                                                                                       \
	LISTENER("\"verdict\":\"audited\",\"class\":\"scope\","                                    \
		 "\"workload\":{\"kind\":\"unit\",\"unit\":\"web.service\"}")
#define POD                                                                                        \
	LISTENER("\"verdict\":\"allowed\",\"class\":\"none\","                                     \
		 "\"workload\":{\"kind\":\"pod\",\"namespace\":\"shop\",\"pod\":\"web-1\"}")
#define DENIED	 LISTENER("\"verdict\":\"denied\",\"class\":\"unregistered\"")
#define EXCEPTED LISTENER("\"verdict\":\"excepted\",\"class\":\"unregistered\"")

#define BIT(c)	 (1U << HP_CLASS_##c)

static const struct {
	const char *name;
	struct listener_filter filter;
	bool unit, pod, denied, excepted;
} cases[] = {
	{ "all", { 0 }, true, true, true, true },
	{ "violations", { .violations = true }, true, false, true, false },
	{ "a class", { .classes = BIT(SCOPE) }, true, false, false, false },
	{ "two classes", { .classes = BIT(SCOPE) | BIT(UNREGISTERED) }, true, false, true, true },
	{ "tcp", { .protocol = "tcp" }, true, true, true, true },
	{ "udp", { .protocol = "udp" }, false, false, false, false },
	{ "port", { .port = { .first = 80, .last = 80 } }, true, true, true, true },
	{ "ports above", { .port = { .first = 81, .last = 90 } }, false, false, false, false },
	{ "ports below", { .port = { .first = 1, .last = 79 } }, false, false, false, false },
	{ "80/tcp",
	  { .port = { 80, 80, .has_proto = true, .proto = HP_PROTO_TCP } },
	  true,
	  true,
	  true,
	  true },
	{ "80/udp",
	  { .port = { 80, 80, .has_proto = true, .proto = HP_PROTO_UDP } },
	  false,
	  false,
	  false,
	  false },
	{ "a unit", { .unit = "web.service" }, true, false, false, false },
	{ "units", { .unit = "w*" }, true, false, false, false },
	{ "another unit", { .unit = "web" }, false, false, false, false },
	{ "any unit", { .unit = "*" }, true, false, false, false },
	{ "a pod", { .pod = "shop/web-1" }, false, true, false, false },
	{ "pods", { .pod = "web-*" }, false, true, false, false },
	{ "another pod", { .pod = "shoe/*" }, false, false, false, false },
	{ "all must hold",
	  { .violations = true, .unit = "web.service" },
	  true,
	  false,
	  false,
	  false },
	{ "not all hold", { .violations = true, .pod = "web-1" }, false, false, false, false },
};

static bool has(const struct listener_filter *filter, const char *document)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };

	assert_int_equal(json_parse(document, strlen(document), &err, &json), 0);
	return listener_filter_has(filter, json);
}

static void test_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_int(cases[i].name, has(&cases[i].filter, UNIT), cases[i].unit);
		check_int(cases[i].name, has(&cases[i].filter, POD), cases[i].pod);
		check_int(cases[i].name, has(&cases[i].filter, DENIED), cases[i].denied);
		check_int(cases[i].name, has(&cases[i].filter, EXCEPTED), cases[i].excepted);
		check_int(cases[i].name, listener_filter_is_empty(&cases[i].filter), i == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

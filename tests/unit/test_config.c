// SPDX-License-Identifier: MIT
/* The agent's options that have bounds or units of their own: what is taken, and what is refused
 * why. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/agent/config.h"

static int parse(const char *word, struct config *config, struct buf *err)
{
	char *argv[] = { (char[]) { "hostportd" }, (char *)word, NULL };

	return config_parse(word ? 2 : 1, argv, config, err);
}

static void test_defaults(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_u64("fold", config.fold_ns, 1000000000);
	check_u64("ring-size", config.ring_bytes, 0);
	check_u64("sweep", config.sweep_s, 30);
}

struct taken {
	const char *value;
	uint64_t want;
};

static const struct taken folds[] = {
	{ "0", 0 },	      { "0.0", 0 },	   { "0.5", 500000000 },
	{ "0.000000001", 1 }, { "1", 1000000000 }, { "3600", 3600000000000 },
};

static const struct taken rings[] = {
	{ "auto", 0 },	   { "64K", 65536 },	 { "65536", 65536 },  { "256K", 262144 },
	{ "1M", 1048576 }, { "1024K", 1048576 }, { "64M", 67108864 }, { "65536K", 67108864 },
};

static void take(const char *option, const struct taken *cases, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;
		bool ring = strcmp(option, "ring-size") == 0;
		char word[64];

		(void)snprintf(word, sizeof(word), "--%s=%s", option, cases[i].value);
		check_int(word, parse(word, &config, &err), OPTIONS_OK);
		check_u64(word, ring ? config.ring_bytes : config.fold_ns, cases[i].want);
	}
}

static void test_taken(void **state)
{
	(void)state;
	take("fold", folds, ARRAY_LEN(folds));
	take("ring-size", rings, ARRAY_LEN(rings));
}

static const char *const not_folds[] = { "", "-1", "1s", "3600.1", "3601", ".5", "0,5", "auto" };
static const char *const not_rings[] = { "",	  "0",		 "1",	"32K", "63K",
					 "65537", "96K",	 "65M", "1G",  "128M",
					 "64KiB", "4294967296K", "AUTO" };

static void refuse(const char *option, const char *const *values, size_t len, const char *why)
{
	for (size_t i = 0; i < len; i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;
		char word[64], want[160];

		(void)snprintf(word, sizeof(word), "--%s=%s", option, values[i]);
		(void)snprintf(want, sizeof(want), "hostportd: bad value: %s: %s", word, why);
		check_int(word, parse(word, &config, &err), -EINVAL);
		check_text(word, err.data, want);
	}
}

static void test_refused(void **state)
{
	(void)state;
	refuse("fold", not_folds, ARRAY_LEN(not_folds),
	       "not a number of seconds from 0 to 3600, such as 0.5");
	refuse("ring-size", not_rings, ARRAY_LEN(not_rings),
	       "not auto, nor a power of two from 64K to 64M");
}

/* Each word of an option, and the number that it is kept as. */
static const struct {
	const char *word;
	size_t offset, size;
	int value;
} words[] = {
#define WORD(text, field, number)                                                                  \
	{                                                                                          \
		text, offsetof(struct config, field), sizeof(((struct config *)0)->field), number  \
	}
	WORD("--mode=audit", node.mode, HP_MODE_AUDIT),
	WORD("--mode=enforce", node.mode, HP_MODE_ENFORCE),
	WORD("--role=control-plane", node.role, REG_ROLE_CONTROL_PLANE),
	WORD("--role=worker", node.role, REG_ROLE_WORKER),
	WORD("--role=any", node.role, REG_ROLE_ANY),
	WORD("--errno=EPERM", errno_code, EPERM),
	WORD("--errno=EACCES", errno_code, EACCES),
	WORD("--errno=EADDRINUSE", errno_code, EADDRINUSE),
	WORD("--listen=auto", listen, KERNEL_LISTEN_AUTO),
	WORD("--listen=fexit", listen, KERNEL_LISTEN_FEXIT),
	WORD("--listen=sockops", listen, KERNEL_LISTEN_SOCKOPS),
	WORD("--listen=off", listen, KERNEL_LISTEN_NONE),
	WORD("--existing=report", close_existing, false),
	WORD("--existing=close", close_existing, true),
	WORD("--on-exit=detach", on_exit, ON_EXIT_DETACH),
	WORD("--on-exit=keep", on_exit, ON_EXIT_KEEP),
	WORD("--log=text", log_json, 0),
	WORD("--log=json", log_json, 1),
	WORD("--deny-kernel", deny_kernel, true),
	WORD("--deny-essential", deny_essential, true),
	WORD("--deny-kernel", deny_essential, false),
	WORD("--reserve-ports", reserve_ports, RESERVE_PORTS_YES),
	WORD("--reserve-ports=yes", reserve_ports, RESERVE_PORTS_YES),
	WORD("--reserve-ports=1", reserve_ports, RESERVE_PORTS_YES),
	WORD("--reserve-ports=True", reserve_ports, RESERVE_PORTS_YES),
	WORD("--reserve-ports=no", reserve_ports, RESERVE_PORTS_NO),
	WORD("--reserve-ports=0", reserve_ports, RESERVE_PORTS_NO),
	WORD("--reserve-ports=false", reserve_ports, RESERVE_PORTS_NO),
	WORD("--reserve-ports=auto", reserve_ports, RESERVE_PORTS_AUTO),
	WORD("--deny-kernel", reserve_ports, RESERVE_PORTS_AUTO),
	WORD("--pods=/d", pods_len, 1),
	WORD("--pods=not/there", pods_len, 1),
	WORD("--pods=none", pods_len, 0),
	WORD("--pods=apiserver", pods_len, 1),
	WORD("--pods=kubelet", pods_len, 1),
	WORD("--kube-events=off", kube_events, false),
	WORD("--sweep=0", sweep_s, 0),
	WORD("--sweep=86400", sweep_s, 86400),
	WORD("--enforce=scope", node.denies, 1 << HP_CLASS_SCOPE),
	WORD("--enforce=default", node.denies, POLICY_DENIES_DEFAULT),
#undef WORD
};

static int member_of(const struct config *config, size_t offset, size_t size)
{
	const void *member = (const char *)config + offset;

	switch (size) {
	case sizeof(bool):
		return *(const bool *)member;
	case sizeof(int):
		return *(const int *)member;
	default:
		assert_int_equal(size, sizeof(size_t));
		return (int)*(const size_t *)member;
	}
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;

		check_int(words[i].word, parse(words[i].word, &config, &err), OPTIONS_OK);
		check_int(words[i].word, member_of(&config, words[i].offset, words[i].size),
			  words[i].value);
	}
}

/* What is wrong with a value, and a combination that is refused. */
static const char *const refused[][2] = {
	{ "--mode=x", "bad value: --mode=x: not audit or enforce" },
	{ "--mode=unset", "bad value: --mode=unset: not audit or enforce" },
	{ "--role=auto", "--role=auto: needs --pods=apiserver, which says what this "
			 "node is" },
	{ "--role=x", "bad value: --role=x: not control-plane, worker, any or auto" },
	{ "--errno=1", "bad value: --errno=1: not EPERM, EACCES or EADDRINUSE" },
	{ "--listen=none", "bad value: --listen=none: not auto, fexit, sockops or off" },
	{ "--existing=", "bad value: --existing=: not report or close" },
	{ "--on-exit=by-mode", "bad value: --on-exit=by-mode: not detach or keep" },
	{ "--log=xml", "bad value: --log=xml: not text or json" },
	{ "--sweep=86401", "bad value: --sweep=86401: not a number from 0 to 86400" },
	{ "--sweep=0.5", "bad value: --sweep=0.5: not a number from 0 to 86400" },
	{ "--cluster-version=4",
	  "bad value: --cluster-version=4: not a version: X.Y, such as 4.16" },
	{ "--enforce=scope,x",
	  "bad value: --enforce=scope,x: x: not one of default, unregistered, retired, inactive, "
	  "scope, owner, undeclared, ephemeral" },
	{ "--role=workers",
	  "bad value: --role=workers: not control-plane, worker, any or auto; did you mean "
	  "worker?" },
	{ "--unknown-pods=x", "bad value: --unknown-pods=x: not allow or deny" },
	{ "--reserve-ports=", "bad value: --reserve-ports=: not yes, no or auto" },
	{ "--reserve-ports=2", "bad value: --reserve-ports=2: not yes, no or auto" },
	{ "--kubelet-ca=", "bad value: --kubelet-ca=: empty" },
	{ "--pods=apisever",
	  "bad value: --pods=apisever: not apiserver, kubelet, a file, a directory or "
	  "none (a path that is not"
	  " there yet has a /)" },
	{ "--kube-events=yes", "bad value: --kube-events=yes: not on or off" },
	{ "--kube-events=on", "--kube-events=on: needs --pods=apiserver, whose process sends "
			      "them" },
	{ "--kubeconfig=", "bad value: --kubeconfig=: empty" },
	{ "--node-name=", "bad value: --node-name=: empty" },
	{ "--metrics=",
	  "bad value: --metrics=: not an address with a port, such as 127.0.0.1:9937 or "
	  "[::]:9937, nor off" },
	{ "--metrics=9937", "bad value: --metrics=9937: not an address with a port, such as "
			    "127.0.0.1:9937 or [::]:9937, nor off" },
	{ "--metrics=localhost:9937",
	  "bad value: --metrics=localhost:9937: not an address with a port, such as "
	  "127.0.0.1:9937 or [::]:9937, nor off" },
	{ "--pin=here", "bad value: --pin=here: not an absolute path, or none" },
	{ "operand", "unexpected argument: operand: try --help" },
};

static void test_refused_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct config config;

		check_int(refused[i][0], parse(refused[i][0], &config, &err), -EINVAL);
		assert_memory_equal(err.data, "hostportd: ", 11);
		check_text(refused[i][0], err.data + 11, refused[i][1]);
	}
}

static void test_pods(void **state)
{
	char sources[POD_SOURCES_MAX + 1][20];
	char *argv[POD_SOURCES_MAX + 3] = { (char[]) { "hostportd" } };
	_cleanup_buf_ struct buf err = { 0 }, again = { 0 }, both = { 0 };
	struct config config;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		(void)snprintf(sources[i], sizeof(sources[i]), "--pods=/%zu", i);
		argv[i + 1] = sources[i];
	}
	check_int("too many", config_parse(ARRAY_LEN(argv) - 1, argv, &config, &err), -EINVAL);
	check_text("why", err.data, "hostportd: bad value: --pods=/8: more than 8 sources");
	check_int("most", config_parse(ARRAY_LEN(argv) - 2, argv, &config, &err), OPTIONS_OK);
	check_u64("most", config.pods_len, POD_SOURCES_MAX);
	(void)strcpy(sources[1], "--pods=/0");
	check_int("twice", config_parse(3, argv, &config, &again), -EINVAL);
	check_text("why", again.data, "hostportd: bad value: --pods=/0: given twice");
	(void)strcpy(sources[0], "--pods=apiserver");
	(void)strcpy(sources[1], "--kube-events=on");
	check_int("Events", config_parse(3, argv, &config, &again), OPTIONS_OK);
	check_int("Events", config.kube_events, true);
	(void)strcpy(sources[1], "--pods=kubelet");
	check_int("both", config_parse(3, argv, &config, &both), -EINVAL);
	check_text("why", both.data,
		   "hostportd: --pods=kubelet: not with --pods=apiserver: only one of them can be "
		   "asked");
	(void)strcpy(sources[0], "--pods=/0");
	(void)strcpy(sources[1], "--pods=none");
	check_int("none", config_parse(4, argv, &config, &err), OPTIONS_OK);
	check_u64("those after it", config.pods_len, 1);
	check_text("path", config.pods[0], "/2");
}

static void test_node_name(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(unsetenv("NODE_NAME"), 0);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_text("not given", config.node_name, NULL);
	assert_int_equal(setenv("NODE_NAME", "", 1), 0);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_text("empty", config.node_name, NULL);
	assert_int_equal(setenv("NODE_NAME", "n1", 1), 0);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_text("of the pod", config.node_name, "n1");
	assert_int_equal(parse("--node-name=n2", &config, &err), OPTIONS_OK);
	check_text("the option", config.node_name, "n2");
	assert_int_equal(unsetenv("NODE_NAME"), 0);
}

static void test_pin(void **state)
{
	char *argv[] = { (char[]) { "hostportd" }, (char[]) { "--on-exit=keep" },
			 (char[]) { "--pin=none" }, NULL };
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_text("default", config.pin, PINS_DEFAULT);
	assert_false(config.pin_given);
	assert_int_equal(parse("--pin=/sys/fs/bpf/x", &config, &err), OPTIONS_OK);
	check_text("given", config.pin, "/sys/fs/bpf/x");
	assert_true(config.pin_given);
	assert_int_equal(parse("--pin=none", &config, &err), OPTIONS_OK);
	check_text("none", config.pin, NULL);
	assert_false(config.pin_given);
	assert_int_equal(config_parse(3, argv, &config, &err), -EINVAL);
	check_text("kept nowhere", err.data,
		   "hostportd: --on-exit=keep: nothing can stay with --pin=none");
}

static void test_metrics(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_text("default", config.metrics, NULL);
	assert_int_equal(parse("--metrics=[::1]:9937", &config, &err), OPTIONS_OK);
	check_text("given", config.metrics, "[::1]:9937");
	check_int("family", config.metrics_at.family, 6);
	check_int("port", config.metrics_at.port, 9937);
	(void)setenv("HOSTPORTD_METRICS", "127.0.0.1:1", 1);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_int("HOSTPORTD_METRICS", config.metrics_at.port, 1);
	assert_int_equal(parse("--metrics=off", &config, &err), OPTIONS_OK);
	check_text("off", config.metrics, NULL);
	(void)unsetenv("HOSTPORTD_METRICS");
}

/* As with any option, the command line goes before the environment. */
static void test_environment(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct config config;

	(void)state;
	(void)setenv("HOSTPORTD_FOLD", "0", 1);
	(void)setenv("HOSTPORTD_RING_SIZE", "4M", 1);
	assert_int_equal(parse(NULL, &config, &err), OPTIONS_OK);
	check_u64("HOSTPORTD_FOLD", config.fold_ns, 0);
	check_u64("HOSTPORTD_RING_SIZE", config.ring_bytes, 4 << 20);
	assert_int_equal(parse("--fold=2", &config, &err), OPTIONS_OK);
	check_u64("--fold before HOSTPORTD_FOLD", config.fold_ns, 2000000000);
	(void)unsetenv("HOSTPORTD_FOLD");
	(void)setenv("HOSTPORTD_RING_SIZE", "many", 1);
	assert_int_equal(parse(NULL, &config, &err), -EINVAL);
	check_text("HOSTPORTD_RING_SIZE=many", err.data,
		   "hostportd: bad value: HOSTPORTD_RING_SIZE=many: not auto, nor a power of two"
		   " from 64K to 64M");
	(void)unsetenv("HOSTPORTD_RING_SIZE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),      cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),	      cmocka_unit_test(test_words),
		cmocka_unit_test(test_refused_words), cmocka_unit_test(test_pods),
		cmocka_unit_test(test_node_name),     cmocka_unit_test(test_pin),
		cmocka_unit_test(test_metrics),	      cmocka_unit_test(test_environment),
	};

	(void)unsetenv("KUBERNETES_SERVICE_HOST"); /* the tests may themselves run in a pod */
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * What is given up, and what is said of it: in children, because nothing comes back. A test without
 * privileges keeps none, and checks the rest.
 */
#include "test.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_log.h"

#include "../../user/agent/privilege.h"
#include "../../user/agent/sandbox.h"
#include "../../user/base/json.h"

#define TEXT_MAX 8192

/* In place of the libraries': the one of this name fails, as a kernel's refusal would make it. */
static const char *failing;

int seccomp_load(void *filter);

static bool fails(const char *name)
{
	if (!failing || strcmp(failing, name) != 0)
		return false;
	errno = EBUSY;
	return true;
}

int cap_reset_ambient(void)
{
	int (*real)(void) = dlsym(RTLD_NEXT, "cap_reset_ambient");

	return fails("cap_reset_ambient") ? -1 : real();
}

int cap_set_proc(cap_t caps)
{
	int (*real)(cap_t) = dlsym(RTLD_NEXT, "cap_set_proc");

	return fails("cap_set_proc") ? -1 : real(caps);
}

int prctl(int what, ...)
{
	unsigned long args[4];
	va_list ap;

	va_start(ap, what);
	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		args[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (what == PR_SET_NO_NEW_PRIVS && fails("no_new_privs"))
		return -1;
	return (int)syscall(SYS_prctl, what, args[0], args[1], args[2], args[3]);
}

int seccomp_load(void *filter)
{
	int (*real)(void *) = dlsym(RTLD_NEXT, "seccomp_load");

	return fails("seccomp_load") ? -EBUSY : real(filter);
}

/* What a child reports. */
struct report {
	char json[TEXT_MAX]; /* by privilege_put() */
	char log[256];
	uint64_t permitted, effective, inheritable, bounding;
	int r;
};

static const unsigned int needed[] = { CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_DAC_READ_SEARCH,
				       CAP_SYS_PTRACE };

static uint64_t caps_of(cap_flag_t flag)
{
	cap_t now = cap_get_proc();
	uint64_t set = 0;

	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++) {
		cap_flag_value_t value = CAP_CLEAR;

		if (cap_get_flag(now, cap, flag, &value) == 0 && value == CAP_SET)
			set |= 1ULL << cap;
	}
	(void)cap_free(now);
	return set;
}

static uint64_t bounding(void)
{
	uint64_t set = 0;

	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++)
		set |= (uint64_t)(prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1) << cap;
	return set;
}

static void put_text(const struct privilege *privilege, char text[TEXT_MAX])
{
	_cleanup_buf_ struct buf out = { 0 };
	struct jsonw w = { .out = &out };

	jsonw_object(&w, NULL);
	privilege_put(privilege, &w);
	jsonw_object_end(&w);
	(void)snprintf(text, TEXT_MAX, "%s", out.data);
}

static void drop(struct report *report, bool enters_netns)
{
	struct privilege privilege = { .unfiltered = "not tried" };

	report->r = privilege_drop(enters_netns, &privilege);
	report->permitted = caps_of(CAP_PERMITTED);
	report->effective = caps_of(CAP_EFFECTIVE);
	report->inheritable = caps_of(CAP_INHERITABLE);
	report->bounding = bounding();
	put_text(&privilege, report->json);
	(void)snprintf(report->log, sizeof(report->log), "%s", fake_log.data ? fake_log.data : "");
}

static void drop_plain(struct report *report)
{
	drop(report, false);
}

static void drop_entering(struct report *report)
{
	drop(report, true);
}

/* One that lacks some of what is needed keeps the rest. */
static void drop_after_some(struct report *report)
{
	static const cap_value_t some[] = { CAP_BPF, CAP_SYS_PTRACE };
	cap_t now = cap_get_proc();

	(void)cap_set_flag(now, CAP_EFFECTIVE, 2, some, CAP_CLEAR);
	(void)cap_set_flag(now, CAP_PERMITTED, 2, some, CAP_CLEAR);
	(void)cap_set_proc(now);
	(void)cap_free(now);
	drop(report, false);
}

static struct report *in_child(void (*fn)(struct report *))
{
	struct report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)alarm(60);
		fn(report);
		_exit(0);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	check_int("the child", status, 0);
	return report;
}

static uint64_t kept(uint64_t before, bool enters_netns)
{
	uint64_t set = enters_netns ? 1ULL << CAP_SYS_ADMIN : 0;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		set |= 1ULL << needed[i];
	return set & before;
}

/* The document names what is there. */
static void check_json(const char *name, const struct report *report)
{
	_cleanup_(json_freep) struct json *json = NULL;
	_cleanup_buf_ struct buf err = { 0 };
	const struct json *p, *list;
	size_t n = 0;

	assert_int_equal(json_parse(report->json, strlen(report->json), &err, &json), 0);
	p = json_member(json, "privileges");
	check_u64(name, json_member_u64(p, "uid", 99), geteuid());
	assert_true(json_member_bool(p, "no_new_privs", false));
	if (sandbox_is_built_in())
		assert_true(json_member_bool(p, "seccomp", false));
	else
		check_text(name, json_member_text(p, "seccomp", ""), "built with AddressSanitizer");
	list = json_member(p, "capabilities");
	for (cap_value_t cap = 0; CAP_IS_SUPPORTED(cap); cap++) {
		char want[64];
		char *text;

		if (!(report->permitted & 1ULL << cap))
			continue;
		text = cap_to_name(cap);
		(void)snprintf(want, sizeof(want), "%s", text);
		(void)cap_free(text);
		for (char *c = want; *c; c++)
			*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		check_text(name, json_text(json_at(list, n++), ""), want);
	}
	check_u64(name, json_len(list), n);
}

static void check_drop(const char *name, void (*fn)(struct report *), uint64_t before,
		       bool enters_netns)
{
	struct report *report = in_child(fn);
	uint64_t want = kept(before, enters_netns);

	check_int(name, report->r, 0);
	check_u64(name, report->permitted, want);
	check_u64(name, report->effective, want);
	check_u64(name, report->inheritable, 0);
	/* without CAP_SETPCAP the bounding set stays */
	check_u64(name, report->bounding,
		  before & 1ULL << CAP_SETPCAP ? bounding() & want : bounding());
	check_json(name, report);
	(void)munmap(report, sizeof(*report));
}

static void test_drop(void **state)
{
	uint64_t before = caps_of(CAP_PERMITTED);

	(void)state;
	check_drop("plain", drop_plain, before, false);
	check_drop("entering a namespace", drop_entering, before, true);
	check_drop("some were missing", drop_after_some,
		   before & ~(1ULL << CAP_BPF | 1ULL << CAP_SYS_PTRACE), false);
	check_u64("of this process", caps_of(CAP_PERMITTED), before);
}

/* What is refused ends the drop, but for the filter: that is said, and the agent goes on. */
static void test_refused(void **state)
{
	static const struct {
		const char *failing;
		int r;
		const char *seccomp, *log;
	} cases[] = {
		{ "cap_reset_ambient", -EBUSY, "not tried", "" },
		{ "cap_set_proc", -EBUSY, "not tried", "" },
		{ "no_new_privs", -EBUSY, "not tried", "" },
		{ "seccomp_load", 0, "Device or resource busy",
		  "warning: system calls are not filtered: Device or resource busy\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct buf want = { 0 };
		struct report *report;

		if (strcmp(cases[i].failing, "seccomp_load") == 0 && !sandbox_is_built_in())
			continue;
		failing = cases[i].failing;
		report = in_child(drop_plain);
		failing = NULL;
		check_int(cases[i].failing, report->r, cases[i].r);
		check_text(cases[i].failing, report->log, cases[i].log);
		buf_printf(&want, "\"seccomp\":\"%s\"}}", cases[i].seccomp);
		if (!strstr(report->json, want.data))
			fail_msg("%s: no %s in %s", cases[i].failing, want.data, report->json);
		(void)munmap(report, sizeof(*report));
	}
}

/* A filter of somebody else's, such as a container runtime's, is not the agent's. */
static void put_in_container(struct report *report)
{
	const struct privilege unfiltered = { .unfiltered = "no such call" };
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog filter = { .len = 1, .filter = &allow };

	report->r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	report->r += prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
	put_text(&unfiltered, report->json);
}

static void test_put_in_container(void **state)
{
	struct report *report = in_child(put_in_container);

	(void)state;
	assert_int_equal(report->r, 0);
	assert_non_null(
		strstr(report->json, "\"no_new_privs\":true,\"seccomp\":\"no such call\"}}"));
	(void)munmap(report, sizeof(*report));
}

/* What is so before anything was given up, and what was meant to be. */
static void test_put(void **state)
{
	const struct privilege filtered = { 0 }, unfiltered = { .unfiltered = "no such call" };
	char text[TEXT_MAX];

	(void)state;
	put_text(&filtered, text);
	assert_non_null(strstr(text, "\"no_new_privs\":false,\"seccomp\":\"off\"}}"));
	put_text(&unfiltered, text);
	assert_non_null(strstr(text, "\"no_new_privs\":false,\"seccomp\":\"no such call\"}}"));
}

static void say_missing(struct report *report)
{
	privilege_say_missing();
	(void)snprintf(report->json, sizeof(report->json), "%s",
		       fake_log.data ? fake_log.data : "");
}

static void say_missing_without(struct report *report)
{
	cap_value_t cap = CAP_SYS_PTRACE;
	cap_t now = cap_get_proc();

	(void)cap_set_flag(now, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR);
	(void)cap_set_flag(now, CAP_PERMITTED, 1, &cap, CAP_CLEAR);
	(void)cap_set_proc(now);
	(void)cap_free(now);
	say_missing(report);
}

static void test_says(void **state)
{
	struct report *without = in_child(say_missing_without), *with = in_child(say_missing);

	(void)state;
	assert_non_null(strstr(without->json, "warning: CAP_SYS_PTRACE is missing: events do not"));
	if (caps_of(CAP_PERMITTED) & 1ULL << CAP_SYS_PTRACE)
		check_text("nothing is missing", with->json, "");
	(void)munmap(without, sizeof(*without));
	(void)munmap(with, sizeof(*with));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_put),  cmocka_unit_test(test_put_in_container),
		cmocka_unit_test(test_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

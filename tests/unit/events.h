/* SPDX-License-Identifier: MIT */
/* Events for the tests of their forms. */
#pragma once

#include <arpa/inet.h>

#include "test.h"

#include "../../user/event/event.h"

#define TIME  "2026-11-22T20:11:31.123456789Z"
#define FIRST "2026-11-22T20:11:30.000000001Z"
#define ID    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID   "0b6e1f2a-1111-4222-8333-444455556666"

/* An event with nothing but what is always known. */
static inline struct event bare(void)
{
	return (struct event) {
		.time = { 1795378291, 123456789 },
		.first = { 1795378290, 1 },
		.count = 1,
		.mode = HP_MODE_AUDIT,
		.verdict = HP_VERDICT_AUDITED,
		.cls = HP_CLASS_UNREGISTERED,
		.proto = HP_PROTO_TCP,
		.how = HP_HOW_BIND,
		.family = 4,
		.port = 8080,
	};
}

static inline struct event full(void)
{
	struct event e = bare();

	e.node = "n1";
	e.pid = 4711;
	e.uid = 0;
	(void)strcpy(e.comm, "nginx");
	e.exe = "/usr/sbin/nginx";
	e.cgroup = "/kubepods.slice/x";
	e.workload.kind = WORKLOAD_POD;
	(void)strcpy(e.workload.uid, UID);
	(void)strcpy(e.workload.container_id, ID);
	(void)strcpy(e.workload.runtime, "crio");
	e.entry_layer = "openshift";
	e.entry_process = "kubelet";
	e.entry_team = "node";
	return e;
}

struct address_case {
	uint8_t family;
	const char *text;
};

static const struct address_case address_cases[] = {
	{ 4, "0.0.0.0" },
	{ 4, "127.0.0.1" },
	{ 4, "255.255.255.255" },
	{ 4, "10.20.30.4" },
	{ 4, "9.99.100.109" },
	{ 4, "192.168.0.200" },
	{ 6, "::" },
	{ 6, "::1" },
	{ 6, "::ffff:127.0.0.1" },
	{ 6, "::ffff:0.0.0.0" },
	{ 6, "2001:db8::1" },
	{ 6, "fe80::1" },
	{ 6, "2001:db8:1:2:3:4:5:6" },
};

static inline void set_address(struct event *e, const struct address_case *c)
{
	e->family = c->family;
	assert_int_equal(inet_pton(c->family == 4 ? AF_INET : AF_INET6, c->text, e->addr), 1);
}

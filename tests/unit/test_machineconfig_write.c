// SPDX-License-Identifier: MIT
/* A MachineConfig: the whole of it, and when there is none. */
#include "export_cases.h"

#include <errno.h>

#include "../../user/base/uri.h"
#include "../../user/formats/machine.h"

#define ONE "entries: [" SSH "]"
#define TWO "entries: [" SSH ", {ports: 60000, protocol: tcp, process: p}]"

static void want_file(const char *path, int mode, const struct buf *text, struct buf *want)
{
	buf_printf(
		want,
		"{\"path\":\"%s\",\"mode\":%d,\"overwrite\":true,\"contents\":{\"source\":\"data:,",
		path, mode);
	uri_put(text->data, "", want);
	buf_puts(want, "\"}}");
}

static void test_whole(void **state)
{
	static const struct {
		enum reg_role role;
		const char *pool, *lists;
	} cases[] = {
		{ REG_ROLE_WORKER, "worker", ONE },
		{ REG_ROLE_CONTROL_PLANE, "master", TWO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct node_facts facts = { .role = cases[i].role };
		_cleanup_exported_ struct exported e =
			export_lists("machineconfig", cases[i].lists, &facts);
		_cleanup_exported_ struct exported nft =
			export_lists("nft", cases[i].lists, &facts);
		_cleanup_exported_ struct exported ports =
			export_lists("reserved-ports", cases[i].lists, &facts);
		_cleanup_free_ char *config = NULL;
		_cleanup_buf_ struct buf want = { 0 };

		check_int(cases[i].pool, e.r, 0);
		config = between(e.out.data, "{\"apiVersion\":", "},\"systemd\":");
		buf_printf(
			&want,
			"\"machineconfiguration.openshift.io/v1\",\"kind\":"
			"\"MachineConfig\",\"metadata\":{\"name\":\"98-%s-hostportd\",\"labels\":{"
			"\"machineconfiguration.openshift.io/role\":\"%s\"}},\"spec\":{\"config\":{"
			"\"ignition\":{\"version\":\"3.2.0\"},\"storage\":{\"files\":[",
			cases[i].pool, cases[i].pool);
		want_file("/etc/hostportd/firewall.nft", 384, &nft.out, &want);
		if (i == 1) {
			buf_putc(&want, ',');
			want_file("/etc/sysctl.d/98-hostportd.conf", 420, &ports.out, &want);
		}
		buf_putc(&want, ']');
		check_text(cases[i].pool, config, want.data);
		assert_non_null(
			strstr(e.out.data,
			       "\"systemd\":{\"units\":[{\"name\":\"hostportd-firewall.service\","
			       "\"enabled\":true,\"contents\":\"[Unit]\\u000aDescription="));
		assert_non_null(strstr(e.out.data, "WantedBy=multi-user.target\\u000a\"}]}}}}\n"));
	}
}

static void test_none(void **state)
{
	static const struct {
		const char *name, *lists;
		enum reg_role role;
	} cases[] = {
		{ "no role", ONE, REG_ROLE_ANY },
		{ "no rules", "", REG_ROLE_WORKER },
		{ "no port would be left", "entries: [{ports: 1-65535, protocol: tcp, process: p}]",
		  REG_ROLE_WORKER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct node_facts facts = { .role = cases[i].role };
		_cleanup_exported_ struct exported e =
			export_lists("machineconfig", cases[i].lists, &facts);

		check_int(cases[i].name, e.r, -EINVAL);
		check_u64(cases[i].name, e.out.len, 0);
		check_int(cases[i].name, e.said.len > 0, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/* A MachineConfig: its head, its files, and for which clusters there is one. */
#include "export_cases.h"

#include <errno.h>

#define ONE "entries: [" SSH ", {ports: 60000, protocol: tcp, process: p}]"

static void test_butane(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported e = export_lists("butane", ONE, &worker);
	_cleanup_exported_ struct exported bare =
		export_lists("butane", "entries: [" SSH "]", &worker);
	_cleanup_free_ char *head = NULL, *rules = NULL;

	(void)state;
	check_int("written", e.r, 0);
	head = between(e.out.data, "variant", "inline");
	check_text(
		"its head", head,
		": openshift\nversion: 4.14.0\nmetadata:\n  name: 98-worker-hostportd\n  labels:\n"
		"    machineconfiguration.openshift.io/role: worker\nstorage:\n  files:\n"
		"    - path: /etc/hostportd/firewall.nft\n      mode: 0600\n      overwrite: true\n"
		"      contents:\n        ");
	rules = between(e.out.data, "inline: |\n", "    - path: /etc/sysctl.d/98-hostportd.conf\n");
	assert_non_null(strstr(rules, "          \t\t\t22, # sshd, layer t\n"));
	assert_non_null(strstr(e.out.data, "ip_local_reserved_ports = 60000\n"));
	assert_non_null(strstr(e.out.data,
			       "        ExecStart=/usr/sbin/nft -f /etc/hostportd/firewall.nft\n"));
	assert_null(strstr(bare.out.data, "sysctl"));
}

struct spec_case {
	const char *name;
	struct node_facts facts;
	int r;
	const char *want;
};

static void test_butane_specs(void **state)
{
	static const struct spec_case cases[] = {
		{ "no role", { 0 }, -EINVAL, NULL },
		{ "control plane", { .role = REG_ROLE_CONTROL_PLANE }, 0, "98-master-hostportd" },
		{ "its role", { .role = REG_ROLE_CONTROL_PLANE }, 0, "io/role: master\n" },
		{ "an older cluster",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 9 } },
		  0,
		  "version: 4.9.0\n" },
		{ "a newer one",
		  { .role = REG_ROLE_WORKER, .cluster = { 5, 0 } },
		  0,
		  "version: 4.14.0\n" },
		{ "too old", { .role = REG_ROLE_WORKER, .cluster = { 4, 7 } }, -EINVAL, NULL },
		{ "the first one",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 8 } },
		  0,
		  "version: 4.8.0\n" },
		{ "the last one",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 14 } },
		  0,
		  "version: 4.14.0\n" },
		{ "the one before",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 13 } },
		  0,
		  "version: 4.13.0\n" },
		{ "the one after",
		  { .role = REG_ROLE_WORKER, .cluster = { 4, 15 } },
		  0,
		  "version: 4.14.0\n" },
		{ "not given", { .role = REG_ROLE_WORKER }, 0, "version: 4.14.0\n" },
		{ "an odd version",
		  { .role = REG_ROLE_WORKER, .cluster = { 0, 9 } },
		  -EINVAL,
		  NULL },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_exported_ struct exported e = export_lists("butane", ONE, &cases[i].facts);

		check_int(cases[i].name, e.r, cases[i].r);
		if (cases[i].want && !strstr(e.out.data, cases[i].want))
			fail_msg("%s: %s is not in: %s", cases[i].name, cases[i].want, e.out.data);
		check_int(cases[i].name, e.said.len > 0, cases[i].r < 0);
	}
}

/* The whole document but for the rules, which are those of nft with ten blanks before each line. */
static void test_butane_whole(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported e = export_lists("butane", ONE, &worker);
	_cleanup_exported_ struct exported nft = export_lists("nft", ONE, &worker);
	_cleanup_exported_ struct exported reserved = export_lists("reserved-ports", ONE, &worker);
	_cleanup_free_ char *rules =
		between(e.out.data, "inline: |\n", "    - path: /etc/sysctl.d/98-hostportd.conf\n");
	_cleanup_free_ char *rest = between(e.out.data, "98-hostportd.conf\n", "systemd:\n");
	_cleanup_buf_ struct buf want = { 0 }, want_rest = { 0 };

	(void)state;
	for (const char *at = nft.out.data; *at; at = strchr(at, '\n') + 1)
		buf_printf(&want, "%s%.*s\n", *at == '\n' ? "" : "          ",
			   (int)strcspn(at, "\n"), at);
	check_text("rules", rules, want.data);
	buf_puts(&want_rest, "      mode: 0644\n      overwrite: true\n      contents:\n"
			     "        inline: |\n");
	for (const char *at = reserved.out.data; *at; at = strchr(at, '\n') + 1)
		buf_printf(&want_rest, "          %.*s\n", (int)strcspn(at, "\n"), at);
	check_text("reserved", rest, want_rest.data);
	check_text(
		"unit", strstr(e.out.data, "systemd:\n"),
		"systemd:\n  units:\n    - name: hostportd-firewall.service\n      enabled: true\n"
		"      contents: |\n        [Unit]\n"
		"        Description=Close the host ports that are not registered\n"
		"        Wants=network-pre.target\n        Before=network-pre.target\n\n"
		"        [Service]\n        Type=oneshot\n        RemainAfterExit=yes\n"
		"        ExecStart=/usr/sbin/nft -f /etc/hostportd/firewall.nft\n"
		"        ExecReload=/usr/sbin/nft -f /etc/hostportd/firewall.nft\n"
		"        ExecStop=/usr/sbin/nft delete table inet hostportd\n\n"
		"        [Install]\n        WantedBy=multi-user.target\n");
}

/* What nft or the kernel would not take makes no document. */
static void test_butane_parts(void **state)
{
	static const struct node_facts worker = { .role = REG_ROLE_WORKER };
	_cleanup_exported_ struct exported closed = export_lists("butane", "", &worker);
	_cleanup_exported_ struct exported starved = export_lists(
		"butane", "entries: [{ports: 1-65535, protocol: tcp, process: p}]", &worker);

	(void)state;
	check_int("all would be closed", closed.r, -EINVAL);
	check_text("all would be closed", closed.said.data,
		   "no registered port is external on this node: all would be closed\n");
	check_u64("nothing is written", closed.out.len, 0);
	check_int("no port would be left", starved.r, -EINVAL);
	check_u64("nothing is written", starved.out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_butane),
		cmocka_unit_test(test_butane_specs),
		cmocka_unit_test(test_butane_whole),
		cmocka_unit_test(test_butane_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../user/cluster/access.h"
#include "directory.h"

static void put_file(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

#define CONFIG(cluster, user)                                                                      \
	"current-context: c\n"                                                                     \
	"contexts:\n- {name: x, context: {cluster: y, user: z}}\n"                                 \
	"- {name: c, context: {cluster: k, user: u}}\n"                                            \
	"clusters:\n- {name: k, cluster: {" cluster "}}\nusers:\n- {name: u, user: {" user "}}\n"
#define SERVER "server: 'https://h:6443'"

static void test_good(void **state)
{
	struct access access = { 0 }, same = { 0 }, other = { 0 };
	_cleanup_buf_ struct buf err = { 0 };

	(void)state;
	assert_int_equal(mkdir("d", 0700), 0);
	put_file("d/ca.pem", "ca\n");
	put_file("d/token", "t1\n");
	put_file("d/config", CONFIG(SERVER ", certificate-authority: ca.pem",
				    "tokenFile: token, client-certificate-data: Yw==, "
				    "client-key-data: aw=="));
	check_int("read", access_read("d/config", &access, &err), 0);
	check_text("server", access.server.data, "https://h:6443");
	check_text("ca, from the file's directory", access.ca.data, "ca\n");
	check_text("token, without its line end", access.token.data, "t1");
	check_text("certificate", access.cert.data, "c");
	check_text("key", access.key.data, "k");
	check_int("again", access_read("d/config", &same, &err), 0);
	assert_true(access_same(&access, &same));
	put_file("d/token", "t2");
	check_int("another token", access_read("d/config", &other, &err), 0);
	assert_false(access_same(&access, &other));
	access_free(&access);
	access_free(&same);
	access_free(&other);
	put_file("plain", CONFIG("server: 'https://h:6443/a//'", "token: abc"));
	check_int("a token in it", access_read("plain", &access, &err), 0);
	check_text("token", access.token.data, "abc");
	check_text("a path can follow it", access.server.data, "https://h:6443/a");
	check_u64("the system's certificates", access.ca.len, 0);
	access_free(&access);
	check_u64("no errors", err.len, 0);
}

static const struct {
	const char *text, *why;
} faults[] = {
	{ "", "f: empty" },
	{ "a: b", "f: current-context: no context with a cluster and a user" },
	{ "a: [", "f: did not find expected" },
	{ "current-context: q\n", "f: current-context: no context" },
	{ CONFIG("server: 'http://h'", "token: t"), "f: server: not https://" },
	{ CONFIG("a: b", "token: t"), "f: server: not https://" },
	{ CONFIG(SERVER ", insecure-skip-tls-verify: true", "token: t"),
	  "f: insecure-skip-tls-verify: certificates are always verified" },
	{ CONFIG(SERVER ", proxy-url: 'http://p'", "token: t"),
	  "f: proxy-url: proxies are not used" },
	{ CONFIG(SERVER ", tls-server-name: n", "token: t"),
	  "f: tls-server-name: the certificate must have the name in server" },
	{ CONFIG(SERVER, "tokenFile: empty"), "empty: empty" },
	{ CONFIG(SERVER, "tokenFile: blank"), "blank: no token in it" },
	{ CONFIG(SERVER ", certificate-authority: empty", "token: t"), "empty: empty" },
	{ CONFIG(SERVER ", certificate-authority-data: '*'", "token: t"),
	  "f: certificate-authority-data: not base64" },
	{ CONFIG(SERVER ", certificate-authority: none", "token: t"),
	  "none: No such file or directory" },
	{ CONFIG(SERVER, "exec: {command: x}"), "f: exec, auth-provider: no other program" },
	{ CONFIG(SERVER, "username: x"), "f: user: neither a token nor a client certificate" },
	{ "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n",
	  "f: k: no such cluster" },
	{ "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
	  "clusters: [{name: k, cluster: {" SERVER "}}]\n",
	  "f: u: no such user" },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		_cleanup_buf_ struct buf err = { 0 };
		struct access access = { 0 };

		put_file("f", faults[i].text);
		put_file("empty", "");
		put_file("blank", " \n");
		check_int(faults[i].text, access_read("f", &access, &err), -EINVAL);
		check_u64("nothing", access.server.len, 0);
		if (!err.data || strncmp(err.data, faults[i].why, strlen(faults[i].why)) != 0)
			fail_msg("%s: says: %s", faults[i].text, err.data ? err.data : "nothing");
	}
}

static void test_in_cluster(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct access access;

	(void)state;
	assert_int_equal(unsetenv("KUBERNETES_SERVICE_HOST"), 0);
	check_int("no pod", access_read(NULL, &access, &err), -EINVAL);
	check_text("why", err.data,
		   "not in a pod (KUBERNETES_SERVICE_HOST is not set): see --kubeconfig");
}

/* What a pod's service account is, only a pod has: see tests/e2e/test_pods_server.sh. */
static void test_kubelet(void **state)
{
	_cleanup_buf_ struct buf err = { 0 };
	struct access access;

	(void)state;
	check_int("no authorities", access_read_kubelet("n1", "none", &access, &err), -EINVAL);
	check_text("why", err.data, "none: No such file or directory");
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, into_directory, out_of_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_good),
		IN_DIRECTORY(test_faults),
		cmocka_unit_test(test_in_cluster),
		IN_DIRECTORY(test_kubelet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

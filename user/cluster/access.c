// SPDX-License-Identifier: MIT
#include "access.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "../base/base64.h"
#include "../checks/manifest/yaml_query.h"
#include "../source/source_file.h"

#define KUBELET_PORT 10250

/* An empty file is being written, perhaps; no certificates would mean those of the system. */
static int read_file(const char *path, struct buf *out, struct buf *err)
{
	_cleanup_close_ int fd = source_open(AT_FDCWD, path);
	int r = fd < 0 ? fd : source_read(fd, ACCESS_FILE_MAX, out);

	if (r == -ENOMEM || (r == 0 && out->len))
		return r;
	buf_printf(err, "%s: %s", path, r < 0 ? strerror(-r) : "empty");
	return -EINVAL;
}

static void trim(struct buf *text, const char *chars)
{
	while (text->len && strchr(chars, text->data[text->len - 1]))
		text->data[--text->len] = '\0';
}

/* Its file may end with a line. */
static int read_token(const char *path, struct access *access, struct buf *err)
{
	int r = read_file(path, &access->token, err);

	trim(&access->token, " \r\n\t");
	if (r == 0 && !access->token.failed && !access->token.len) {
		buf_printf(err, "%s: no token in it", path);
		return -EINVAL;
	}
	return r;
}

/* ---- in a cluster -------------------------------------------------------------------------- */

static int read_in_cluster(struct access *access, struct buf *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");
	int r;

	if (!host || !*host || !port || !*port) {
		buf_puts(err,
			 "not in a pod (KUBERNETES_SERVICE_HOST is not set): see --kubeconfig");
		return -EINVAL;
	}
	buf_printf(&access->server, strchr(host, ':') ? "https://[%s]:%s" : "https://%s:%s", host,
		   port);
	r = read_file(ACCESS_SERVICE_ACCOUNT "/ca.crt", &access->ca, err);
	return r == 0 ? read_token(ACCESS_SERVICE_ACCOUNT "/token", access, err) : r;
}

/*
 * Its certificate has the node's name, and seldom 127.0.0.1. The name need not resolve: the agent
 * is on the host's network, as the kubelet is.
 */
static int read_kubelet(const char *node, const char *ca, struct access *access, struct buf *err)
{
	int r = read_file(ca ? ca : ACCESS_SERVICE_ACCOUNT "/ca.crt", &access->ca, err);

	buf_printf(&access->server, "https://%s:%d", node, KUBELET_PORT);
	access->is_local = true;
	return r == 0 ? read_token(ACCESS_SERVICE_ACCOUNT "/token", access, err) : r;
}

/* ---- kubeconfig ---------------------------------------------------------------------------- */

struct config {
	struct document doc;
	const struct yaml_node *root;
	const char *path;
	struct buf *err;
};

static int refuse(const struct config *config, const char *what, const char *why)
{
	buf_printf(config->err, "%s: %s: %s", config->path, what, why);
	return -EINVAL;
}

/* The mapping `inner` of the list's item with this name. */
static const struct yaml_node *find(struct config *config, const char *list, const char *name,
				    const char *inner)
{
	const struct yaml_node *item = yaml_query_first(&config->doc, config->root, list);

	for (; item; item = yaml_query_next(&config->doc, item)) {
		const char *text = yaml_query_text(&config->doc, item, "name");

		if (text && strcmp(text, name) == 0)
			return yaml_query(&config->doc, item, inner);
	}
	return NULL;
}

/* A path in the file is one from its directory. */
static bool put_path(const struct config *config, const char *path, struct buf *full)
{
	const char *slash = strrchr(config->path, '/');

	if (*path != '/' && slash)
		buf_add(full, config->path, (size_t)(slash - config->path) + 1);
	buf_puts(full, path);
	return !full->failed;
}

static int read_relative(const struct config *config, const char *path, struct buf *out)
{
	_cleanup_buf_ struct buf full = { 0 };

	return put_path(config, path, &full) ? read_file(full.data, out, config->err) : -ENOMEM;
}

static int read_token_file(const struct config *config, const char *path, struct access *access)
{
	_cleanup_buf_ struct buf full = { 0 };

	return put_path(config, path, &full) ? read_token(full.data, access, config->err) : -ENOMEM;
}

/* KEY-data has the bytes, KEY a path. */
static int read_pem(struct config *config, const struct yaml_node *mapping, const char *key,
		    const char *data_key, struct buf *out)
{
	const char *data = yaml_query_text(&config->doc, mapping, data_key);
	const char *path = yaml_query_text(&config->doc, mapping, key);

	if (data)
		return base64_decode(data, out) < 0 ? refuse(config, data_key, "not base64") : 0;
	return path ? read_relative(config, path, out) : 0;
}

static int read_cluster(struct config *config, const struct yaml_node *cluster,
			struct access *access)
{
	const char *server = yaml_query_text(&config->doc, cluster, "server");

	if (!server || strncmp(server, "https://", 8) != 0)
		return refuse(config, "server", "not https://");
	if (yaml_query_true(&config->doc, cluster, "insecure-skip-tls-verify"))
		return refuse(config, "insecure-skip-tls-verify",
			      "certificates are always verified");
	if (yaml_query(&config->doc, cluster, "proxy-url"))
		return refuse(config, "proxy-url", "proxies are not used");
	if (yaml_query(&config->doc, cluster, "tls-server-name"))
		return refuse(config, "tls-server-name",
			      "the certificate must have the name in server");
	buf_puts(&access->server, server);
	trim(&access->server, "/"); /* a path follows */
	return read_pem(config, cluster, "certificate-authority", "certificate-authority-data",
			&access->ca);
}

static int read_user(struct config *config, const struct yaml_node *user, struct access *access)
{
	const char *token = yaml_query_text(&config->doc, user, "token");
	const char *file = yaml_query_text(&config->doc, user, "tokenFile");
	int r = 0;

	if (yaml_query(&config->doc, user, "exec") ||
	    yaml_query(&config->doc, user, "auth-provider"))
		return refuse(config, "exec, auth-provider",
			      "no other program is asked: give a token");
	if (file)
		r = read_token_file(config, file, access);
	else if (token)
		buf_puts(&access->token, token);
	trim(&access->token, " \r\n\t");
	if (r == 0)
		r = read_pem(config, user, "client-certificate", "client-certificate-data",
			     &access->cert);
	if (r == 0)
		r = read_pem(config, user, "client-key", "client-key-data", &access->key);
	if (r == 0 && !access->token.len && !access->cert.len)
		return refuse(config, "user", "neither a token nor a client certificate");
	return r;
}

static int read_config(struct config *config, struct access *access)
{
	const char *name = yaml_query_text(&config->doc, config->root, "current-context");
	const struct yaml_node *context = name ? find(config, "contexts", name, "context") : NULL;
	const char *cluster = yaml_query_text(&config->doc, context, "cluster");
	const char *user = yaml_query_text(&config->doc, context, "user");
	const struct yaml_node *c, *u;
	int r;

	if (!cluster || !user)
		return refuse(config, "current-context", "no context with a cluster and a user");
	c = find(config, "clusters", cluster, "cluster");
	u = find(config, "users", user, "user");
	if (!c || !u)
		return refuse(config, c ? user : cluster, c ? "no such user" : "no such cluster");
	r = read_cluster(config, c, access);
	return r == 0 ? read_user(config, u, access) : r;
}

static int read_kubeconfig(const char *path, struct access *access, struct buf *err)
{
	_cleanup_(yaml_stream_freep) struct yaml_stream *stream = NULL;
	_cleanup_(yaml_tree_freep) struct yaml_tree *tree = NULL;
	struct config config = { .path = path, .err = err };
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int r = read_file(path, &text, err);

	if (r < 0)
		return r;
	r = yaml_stream_new(path, text.data ? text.data : "", text.len, &diags, &stream);
	if (r == 0)
		r = yaml_stream_next(stream, &tree);
	if (r == -ENOMEM)
		return r;
	if (r != 1) {
		buf_printf(err, "%s: %s", path, diags.len ? diags.items[0].message : "empty");
		return -EINVAL;
	}
	config.doc = (struct document) { .tree = tree, .steps = YAML_QUERY_STEPS_MAX };
	config.root = tree->nodes;
	return read_config(&config, access);
}

/* `r`: the result of reading it. */
static int give(struct access *access, int r, struct access *ret_access)
{
	if (r == 0 && (access->server.failed || access->ca.failed || access->cert.failed ||
		       access->key.failed || access->token.failed))
		r = -ENOMEM;
	if (r < 0)
		access_free(access);
	else
		*ret_access = *access;
	return r;
}

int access_read(const char *kubeconfig, struct access *ret_access, struct buf *err)
{
	struct access access = { 0 };

	return give(&access,
		    kubeconfig ? read_kubeconfig(kubeconfig, &access, err) :
				 read_in_cluster(&access, err),
		    ret_access);
}

int access_read_kubelet(const char *node, const char *ca, struct access *ret_access,
			struct buf *err)
{
	struct access access = { 0 };

	return give(&access, read_kubelet(node, ca, &access, err), ret_access);
}

bool access_same(const struct access *a, const struct access *b)
{
	return buf_same(&a->server, &b->server) && buf_same(&a->ca, &b->ca) &&
	       buf_same(&a->cert, &b->cert) && buf_same(&a->key, &b->key) &&
	       buf_same(&a->token, &b->token);
}

void access_free(struct access *access)
{
	buf_free(&access->server);
	buf_free(&access->ca);
	buf_free(&access->cert);
	buf_free(&access->key);
	buf_free(&access->token);
}

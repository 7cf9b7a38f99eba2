// SPDX-License-Identifier: MIT
#include "this_node.h"

#include <string.h>

#include "../base/parse.h"
#include "../registry/words.h"
#include "pod_key.h"

/* OpenShift 4.N is Kubernetes 1.(N + 13) since 4.3. */
#define OPENSHIFT_AHEAD	      13
#define OPENSHIFT_MINOR_FIRST 3

static void keep(char field[THIS_NODE_TEXT_MAX + 1], const char *text, size_t len)
{
	if (len > THIS_NODE_TEXT_MAX || memchr(text, '\0', len))
		len = 0;
	memcpy(field, text, len);
	field[len] = '\0';
}

void this_node_take(struct this_node_fields *fields, uint8_t key, const char *text, size_t len)
{
	const char *scheme_end;

	switch (key) {
	case POD_KEY_CONTROL_PLANE:
		fields->control_plane = true;
		break;
	case POD_KEY_OPENSHIFT:
		fields->openshift = true;
		break;
	case POD_KEY_PROVIDER: /* "aws:///zone/instance" */
		scheme_end = memmem(text, len, "://", 3);
		keep(fields->provider, text, scheme_end ? (size_t)(scheme_end - text) : 0);
		break;
	case POD_KEY_KUBELET:
		keep(fields->kubelet, text, len);
		break;
	default:
		break;
	}
}

/* Cloud providers that OpenShift, and so a registry, calls by another name. */
static const struct {
	const char *provider, *platform;
} platforms[] = {
	{ "baremetalhost", "baremetal" },
	{ "gce", "gcp" },
	{ "ibm", "ibmcloud" },
	{ "ibmpowervs", "powervs" },
};

/* What is no plain word is no provider. */
static const char *platform_of(const char *provider)
{
	if (provider[strspn(provider, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return "";
	for (size_t i = 0; i < ARRAY_LEN(platforms); i++)
		if (strcmp(platforms[i].provider, provider) == 0)
			return platforms[i].platform;
	return provider;
}

/* Of "v1.29.5+29c95f3"; 0.0 if it is not one. */
static struct reg_version openshift_version(const char *kubelet)
{
	struct reg_version version = { 0 };
	const char *minor = kubelet + strlen("v1.");
	uint64_t n;

	if (strncmp(kubelet, "v1.", strlen("v1.")) != 0 ||
	    parse_digits(minor, strspn(minor, "0123456789"),
			 OPENSHIFT_MINOR_FIRST + OPENSHIFT_AHEAD, UINT16_MAX, &n) < 0)
		return version;
	version.major = 4;
	version.minor = (uint16_t)(n - OPENSHIFT_AHEAD);
	return version;
}

struct this_node this_node_of(const struct this_node_fields *fields)
{
	struct this_node node = {
		.role = fields->control_plane ? REG_ROLE_CONTROL_PLANE : REG_ROLE_WORKER,
	};

	(void)strcpy(node.platform, platform_of(fields->provider));
	if (fields->openshift)
		node.cluster = openshift_version(fields->kubelet);
	return node;
}

void this_node_put(const struct this_node *node, struct buf *out)
{
	buf_puts(out, word_role(node->role));
	if (*node->platform)
		buf_printf(out, ", platform %s", node->platform);
	if (node->cluster.major)
		buf_printf(out, ", version %u.%u", node->cluster.major, node->cluster.minor);
}

bool this_node_same(const struct this_node *a, const struct this_node *b)
{
	return a->role == b->role && strcmp(a->platform, b->platform) == 0 &&
	       reg_version_compare(a->cluster, b->cluster) == 0;
}

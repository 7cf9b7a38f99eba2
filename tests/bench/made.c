// SPDX-License-Identifier: MIT
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PORTS 65535U

/* ---- registries ------------------------------------------------------------------------------ */

static void put_row(struct buf *out, const char *proto, unsigned int port)
{
	static const char *const teams[] = { "storage", "sdn", "node", "etcd", "monitoring" };

	buf_printf(out,
		   "  - {ports: %u, protocol: %s, scope: external, process: service-%u,"
		   " team: %s, since: \"4.%u\", notes: \"metrics\"}\n",
		   port, proto, port, teams[port % ARRAY_LEN(teams)], port % 20);
}

void made_registry(unsigned int rows, bool ranges, struct buf *out)
{
	unsigned int entries = ranges ? rows - 2 : rows;
	unsigned int tcp = (entries + 1) / 2 < PORTS ? (entries + 1) / 2 : PORTS;
	unsigned int udp = entries - tcp < PORTS ? entries - tcp : PORTS;

	buf_puts(out, "version: 1\nname: made\nsource: nowhere\n");
	if (ranges)
		buf_puts(out, "ranges:\n  - {protocol: tcp, ports: 1-65535}\n"
			      "  - {protocol: udp, ports: 1-65535}\n");
	buf_puts(out, "entries:\n");
	for (unsigned int i = 1; i <= tcp; i++)
		put_row(out, "tcp", i);
	for (unsigned int i = 1; i <= udp; i++)
		put_row(out, "udp", i);
	for (unsigned int i = 1; i <= entries - tcp - udp; i++)
		put_row(out, "sctp", i);
}

void made_small_registry(struct buf *out)
{
	buf_puts(out, "version: 1\nname: made\nentries:\n"
		      "  - {ports: 5000-5009, protocol: tcp, process: mine}\n"
		      "  - {ports: 5000-5009, protocol: udp, process: mine}\n");
}

int made_policy(unsigned int rows, struct policy **ret_policy)
{
	struct node_facts facts = { .today = { .year = 2026, .month = 1, .day = 1 } };
	_cleanup_(registry_freep) struct registry *reg = calloc(1, sizeof(*reg));
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	struct reg_layer *layer = NULL;
	int r;

	made_registry(rows, false, &text);
	if (!reg || text.failed)
		return -ENOMEM;
	r = layer_parse("made", text.data, text.len, &diags, &layer);
	if (r == 0)
		r = registry_add(reg, layer, &diags);
	return r < 0 ? r : policy_build(reg, &facts, ret_policy);
}

/* ---- manifests ------------------------------------------------------------------------------- */

#define DOCUMENTS_A_FILE 5
#define FILES_A_DIR	 50

/* A workload on the host's network. Some ports are registered, most are not. */
static void put_workload(FILE *f, unsigned int n)
{
	static const char *const kinds[] = { "DaemonSet", "Deployment", "StatefulSet" };
	unsigned int port = 9000 + n % 2000;

	(void)fprintf(f,
		      "apiVersion: apps/v1\nkind: %s\nmetadata:\n  name: work-%u\n"
		      "  namespace: team-%u\n  labels: {app: work-%u, tier: node}\nspec:\n"
		      "  selector:\n    matchLabels: {app: work-%u}\n  template:\n    metadata:\n"
		      "      labels: {app: work-%u}\n    spec:\n      hostNetwork: true\n"
		      "      priorityClassName: system-node-critical\n      containers:\n"
		      "        - name: main\n          image: registry.example.com/work:%u\n"
		      "          args: [\"--metrics-bind-address=0.0.0.0:%u\", \"--v=2\"]\n"
		      "          ports:\n            - {name: metrics, containerPort: %u,"
		      " hostPort: %u, protocol: TCP}\n          readinessProbe:\n"
		      "            httpGet: {path: /healthz, port: metrics}\n          resources:\n"
		      "            requests: {cpu: 10m, memory: 20Mi}\n",
		      kinds[n % ARRAY_LEN(kinds)], n, n % 100, n, n, n, n, port, port, port);
}

/* A pod with a network of its own. */
static void put_pod(FILE *f, unsigned int n)
{
	(void)fprintf(f,
		      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod-%u\n"
		      "  namespace: team-%u\nspec:\n  containers:\n    - name: main\n"
		      "      image: registry.example.com/pod:%u\n      ports:\n"
		      "        - containerPort: %u\n      env:\n"
		      "        - {name: LISTEN, value: \":%u\"}\n",
		      n, n % 100, n, 8000 + n % 1000, 8000 + n % 1000);
}

static void put_service(FILE *f, unsigned int n)
{
	(void)fprintf(f,
		      "apiVersion: v1\nkind: Service\nmetadata:\n  name: work-%u\n"
		      "  namespace: team-%u\nspec:\n  selector: {app: work-%u}\n  ports:\n"
		      "    - {name: metrics, port: 443, targetPort: metrics}\n",
		      n, n % 100, n);
}

static void put_configuration(FILE *f, unsigned int n)
{
	(void)fprintf(f,
		      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-%u\n"
		      "  namespace: team-%u\ndata:\n  config.yaml: |\n    listen: 127.0.0.1:%u\n"
		      "    level: info\n",
		      n, n % 100, 10000 + n % 5000);
}

static void put_manifest(FILE *f, unsigned int n)
{
	static void (*const put[])(FILE *, unsigned int) = {
		put_workload, put_pod, put_service, put_workload, put_configuration,
	};

	(void)fputs("---\n", f);
	put[n % ARRAY_LEN(put)](f, n);
}

int made_manifests(const char *dir, unsigned int manifests)
{
	char path[512];

	for (unsigned int file = 0; file * DOCUMENTS_A_FILE < manifests; file++) {
		_cleanup_fclose_ FILE *f = NULL;

		(void)snprintf(path, sizeof(path), "%s/%u", dir, file / FILES_A_DIR);
		if (file % FILES_A_DIR == 0 && mkdir(path, 0700) < 0)
			return -errno;
		(void)snprintf(path, sizeof(path), "%s/%u/%u.yaml", dir, file / FILES_A_DIR, file);
		f = fopen(path, "we");
		if (!f)
			return -errno;
		for (unsigned int n = 0; n < DOCUMENTS_A_FILE; n++)
			if (file * DOCUMENTS_A_FILE + n < manifests)
				put_manifest(f, file * DOCUMENTS_A_FILE + n);
		if (fflush(f) != 0)
			return -EIO;
	}
	return 0;
}

// SPDX-License-Identifier: MIT
/* A check of manifests while memory runs out. */
#include "memory_fault.h"

#include "manifest_cases.h"

#include "../../user/checks/manifest/check_state.h"

/* Something of everything that is read and found. */
static const char manifests[] =
	"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d, namespace: ns, annotations: "
	"{ignore.hostportd.io/retired-port: why, ignore.hostportd.io/nonsense: x}}\nspec: "
	"{template: "
	"{metadata: {labels: {app: a}}, spec: {" HOST
	"nodeSelector: {a: b}, affinity: {nodeAffinity: "
	"{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: "
	"[{key: k, operator: In, values: [x]}]}]}}, podAntiAffinity: "
	"{requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, "
	"namespaces: [o], labelSelector: {matchLabels: {l: m}}}]}}, "
	"containers: [{name: c, image: i, env: [{name: P, value: '7'}, {name: Q, value: '$(P)'}], "
	"args: ['--port=$(Q)', '--listen=:8', 'sh', '-c', 'x --port=9'], ports: [{containerPort: "
	"9100, name: m}, {containerPort: 9110}, {containerPort: 80}, {containerPort: 9101}, "
	"{containerPort: 9102}, {containerPort: 9107}, {containerPort: 8000}, {containerPort: "
	"7000}], livenessProbe: {httpGet: {port: x}}, readinessProbe: {tcpSocket: {port: "
	"6}}}]}}}\n---\n"
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns, ownerReferences: [{kind: "
	"DaemonSet, name: e, controller: true}]}\nspec: {" HOST
	"containers: [{name: c, image: i, ports: [{containerPort: 9100}, {containerPort: "
	"80}]}]}\n---\n"
	"apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns, ownerReferences: [{kind: "
	"DaemonSet, name: e, controller: true}]}\nspec: {" HOST
	"containers: [{name: c, image: i, ports: [{containerPort: 80}, {containerPort: "
	"0}]}]}\n---\n"
	"apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: ns}\nspec: {selector: {app: "
	"a}, ports: [{port: 1}, {port: 2, targetPort: n}]}\n---\na: ]\n---\n"
	"apiVersion: v1\nkind: PodList\nitems: [{metadata: {generateName: g-}, spec: {hostNetwork: "
	"true, containers: [{name: '${X}', image: i}]}}, {spec: {containers: []}}]\n";

/* Texts of findings may be missing; which there are, and where, may not. */
static int check_all(const void *ctx, struct buf *out)
{
	_cleanup_(check_freep) struct check *check = NULL;
	_cleanup_findings_ struct findings findings = { 0 };
	int r = check_new(ctx, &check);

	if (r == 0)
		r = check_file(check, "f", manifests, strlen(manifests));
	if (r == 0)
		r = check_finish(check, &findings);
	for (size_t i = 0; r == 0 && i < findings.len; i++)
		buf_printf(out, "%u:%u %s %u\n", findings.items[i].line, findings.items[i].column,
			   findings.items[i].rule->id, findings.items[i].port);
	return r;
}

static void test_check(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	(void)state;
	memory_try("check", check_all, &options);
}

#define CHUNK 65536 /* that an arena takes at once */

/* How much room one of the arenas needs; there is no second chunk of either. */
static size_t room_needed(struct check *check, struct arena *tight, struct arena *other)
{
	size_t room = 0;
	int r;

	do {
		_cleanup_findings_ struct findings findings = { 0 };

		check_reset(check);
		assert_non_null(arena_take(tight, CHUNK - room));
		assert_non_null(arena_take(other, 16));
		memory_largest = CHUNK - 1;
		r = check_file(check, "f", manifests, strlen(manifests));
		if (r == 0)
			r = check_finish(check, &findings);
		memory_largest = SIZE_MAX;
		room += 16;
		assert_true(r == 0 || r == -ENOMEM);
	} while (r < 0 && room < CHUNK);
	check_int("it fits in the end", r, 0);
	return room;
}

/* The room of an arena ends at each place in turn. */
static void test_arena(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);
	_cleanup_(check_freep) struct check *check = NULL;

	(void)state;
	assert_int_equal(check_new(&options, &check), 0);
	check_int("the model does not fit at first",
		  room_needed(check, &check->model.arena, &check->kept) > 1000, true);
	check_int("nor do the findings of replicas",
		  room_needed(check, &check->kept, &check->model.arena) > 100, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* Manifests as texts, and what is found in them as lines, for the tests of the check. */
#pragma once

#include "test.h"

#include "../../user/checks/manifest/check.h"
#include "../../user/registry/words.h"
#include "registry_cases.h"

/* Of each port what the tests want to know about it. */
static const char manifest_registry[] =
	"ranges:\n"
	"  - {ports: 9000-9999, protocol: tcp}\n"
	"  - {ports: 9000-9999, protocol: udp}\n"
	"entries:\n"
	"  - {ports: 9100, protocol: tcp, process: anybody}\n"
	"  - {ports: 9100, protocol: udp, process: anybody}\n"
	"  - {ports: 9101, protocol: tcp, process: cp, role: control-plane}\n"
	"  - {ports: 9102, protocol: tcp, process: local, scope: localhost}\n"
	"  - {ports: 9103, protocol: tcp, process: owned, owners: [{namespace: ns, pod: 'agent-*',"
	" container: c}]}\n"
	"  - {ports: 9104, protocol: tcp, process: aws, platforms: [aws]}\n"
	"  - {ports: 9105, protocol: tcp, process: new, since: '4.18'}\n"
	"  - {ports: 9106, protocol: tcp, process: worker, role: worker}\n"
	"  - {ports: 9113, protocol: tcp, process: odd, owners: [{pod: '[a-z]gent-*'}]}\n"
	"  - {ports: 9107, protocol: tcp, process: host, owners: [{unit: host.service}]}\n"
	"  - {ports: 9108, protocol: tcp, process: path, owners: [{exe: /bin/x}]}\n"
	"  - {ports: 9109, protocol: tcp, process: two, owners: [{unit: host.service}]}\n"
	"  - {ports: 9109, protocol: tcp, process: other, owners: [{container: c}]}\n"
	"  - {ports: 9112, protocol: tcp, process: default, owners: [{namespace: default}]}\n"
	"  - {ports: 9111, protocol: tcp, process: both, role: control-plane, scope: localhost}\n"
	"  - {ports: 9120-9999, protocol: tcp, process: many}\n"
	"  - {ports: 8000, protocol: tcp, process: outside}\n"
	"  - {ports: 8001, protocol: tcp, process: inside, scope: localhost}\n"
	"retired:\n"
	"  - {ports: 9110, protocol: tcp, process: old, removed: '4.10'}\n"
	"exceptions:\n"
	"  - {ports: 7000, protocol: tcp, class: unregistered, until: 2026-11-24, reason: late}\n"
	"  - {ports: 7001, protocol: tcp, class: unregistered, until: 2026-11-23, reason: over}\n"
	"  - {ports: 7002, protocol: tcp, class: unregistered, until: 2026-11-24, reason: mine,"
	" owners: [{namespace: ns}]}\n"
	"  - {ports: 7003, protocol: tcp, class: unregistered, until: 2026-11-24, reason: his,"
	" owners: [{namespace: his}]}\n"
	"  - {ports: 7004, protocol: tcp, class: undeclared, until: 2026-11-24, reason: soon}\n"
	"  - {ports: 9107, protocol: tcp, class: owner, until: 2026-11-24, reason: shared,"
	" owners: [{pod: 'guest-*'}]}\n";

/* What is checked, but for the registry. */
struct manifest_case {
	const char *name;
	const char *text; /* of one file */
	const char *want; /* a line for each finding, in the order of the file */
};

static inline struct manifest_options manifest_options(const struct registry *registry)
{
	return (struct manifest_options) {
		.registry = registry,
		.facts = { .today = { .year = 2026, .month = 11, .day = 24 } },
		.role = REG_ROLE_MAX,
		.namespace_ = "default",
	};
}

/* RULE[ PROTO/PORT][ PATH][ (accepted: REASON)] */
static inline void manifest_line(const struct finding *f, struct buf *out)
{
	buf_puts(out, f->rule->id);
	if (f->port)
		buf_printf(out, " %s/%u", word_proto(f->proto), f->port);
	if (f->path)
		buf_printf(out, " %s", f->path);
	if (f->accepted)
		buf_printf(out, " (accepted: %s)", f->accepted);
	buf_putc(out, '\n');
}

/* Check files, NULL: "1.yaml" and so on; the findings are the caller's. */
static inline void manifest_check_files(const struct manifest_options *options,
					const char *const *files, const char *const *texts,
					size_t n, struct findings *ret_findings,
					struct manifest_counts *ret_counts)
{
	_cleanup_(check_freep) struct check *check = NULL;
	char number[32];

	check_int("new", check_new(options, &check), 0);
	for (size_t i = 0; i < n; i++) {
		const char *file = files ? files[i] : number;

		(void)snprintf(number, sizeof(number), "%zu.yaml", i + 1);
		check_int(file, check_file(check, file, texts[i], strlen(texts[i])), 0);
	}
	check_int("finish", check_finish(check, ret_findings), 0);
	if (ret_counts)
		*ret_counts = check_counts(check);
}

static inline void manifest_check(const struct manifest_options *options, const char *const *texts,
				  size_t n, struct findings *ret_findings,
				  struct manifest_counts *ret_counts)
{
	manifest_check_files(options, NULL, texts, n, ret_findings, ret_counts);
}

static inline void manifest_lines(const struct manifest_options *options, const char *const *texts,
				  size_t n, struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };

	manifest_check(options, texts, n, &findings, NULL);
	buf_puts(out, "");
	for (size_t i = 0; i < findings.len; i++)
		manifest_line(&findings.items[i], out);
}

typedef void (*manifest_put_fn)(const struct finding *f, struct buf *out);

static inline void manifest_run_by(manifest_put_fn put, const struct manifest_case *cases, size_t n)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	for (size_t i = 0; i < n; i++) {
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		manifest_check(&options, &cases[i].text, 1, &findings, NULL);
		buf_puts(&out, "");
		for (size_t j = 0; j < findings.len; j++)
			put(&findings.items[j], &out);
		check_text(cases[i].name, out.data, cases[i].want);
	}
}

static inline void manifest_run(const struct manifest_case *cases, size_t n)
{
	manifest_run_by(manifest_line, cases, n);
}

/* The same with a line "LINE RULE: MESSAGE[ -> SUGGESTION]" for each finding. */
static inline void manifest_words(const struct finding *f, struct buf *out)
{
	buf_printf(out, "%u %s: %s%s%s\n", f->line, f->rule->id, f->message,
		   f->suggestion ? " -> " : "", f->suggestion ? f->suggestion : "");
}

static inline void manifest_run_words(const struct manifest_case *cases, size_t n)
{
	manifest_run_by(manifest_words, cases, n);
}

struct manifest_pair {
	const char *name;
	const char *first, *second; /* of two files */
	const char *want;
};

static inline void manifest_run_pairs(const struct manifest_pair *pairs, size_t n)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(manifest_registry);
	const struct manifest_options options = manifest_options(registry);

	for (size_t i = 0; i < n; i++) {
		const char *const texts[] = { pairs[i].first, pairs[i].second };
		_cleanup_buf_ struct buf out = { 0 };

		manifest_lines(&options, texts, ARRAY_LEN(texts), &out);
		check_text(pairs[i].name, out.data, pairs[i].want);
	}
}

/* Objects, with only the members that matter. */
#define OBJECT(api, kind, name, more)                                                              \
	"apiVersion: " api "\nkind: " kind "\nmetadata: {name: " name ", namespace: ns}\n" more "\n"
#define POD(spec)		   OBJECT("v1", "Pod", "p", "spec: {" spec "}")
#define HOST			   "hostNetwork: true, "
#define CONTAINER(name, more)	   "{name: " name ", image: i, " more "}"
#define ONE(more)		   "containers: [" CONTAINER("c", more) "]"
#define TEMPLATE(spec)		   "spec: {template: {metadata: {labels: {app: a}}, spec: {" spec "}}}"
#define WORKLOAD(kind, name, spec) OBJECT("apps/v1", kind, name, TEMPLATE(spec))
#define ON_CONTROL_PLANE	   "nodeSelector: {node-role.kubernetes.io/control-plane: ''}, "

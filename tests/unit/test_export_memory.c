// SPDX-License-Identifier: MIT
/* Exports, imports and reports while memory runs out. */
#include "memory_fault.h"

#include "export_cases.h"

#include "../../user/formats/html/page.h"
#include "../../user/formats/import.h"
#include "../../user/formats/layer_yaml.h"
#include "../../user/formats/listeners_openreports.h"
#include "../../user/formats/report.h"

/* Something of each kind of row, with each kind of list. */
static const char lists[] =
	"source: s\n"
	"entries:\n"
	"- {ports: 23, protocol: tcp, process: \"a|b,\", team: t, since: '4.1', platforms: [aws, "
	"gcp], "
	"owners: [{unit: u}, {namespace: n, pod: p}], notes: =x}\n"
	"- {ports: 40000, protocol: udp, process: q, scope: localhost, role: worker}\n"
	"retired: [{ports: 7, protocol: tcp, process: q, removed: '4.1'}]\n"
	"ranges: [{ports: 9000-9999, protocol: tcp, note: n}, {ports: 30000, protocol: tcp}]\n"
	"exceptions: [{ports: 3, protocol: tcp, class: scope, until: 2027-01-01, reason: r}]\n"
	"accept: [{rule: overlap, reason: r}]\n";

struct format_job {
	const struct export_format *format;
	struct export_job job;
};

static int export_one(const void *ctx, struct buf *out)
{
	const struct format_job *job = ctx;
	_cleanup_buf_ struct buf said = { 0 };
	int r = job->format->write(&job->job, out, &said);

	if (said.failed)
		check_int(job->format->name, r, -ENOMEM);
	/* texts of findings may be missing on the page: they are only words */
	if (strcmp(job->format->name, "html") == 0 && !out->failed)
		buf_reset(out);
	if (r == 0 && said.len)
		buf_puts(out, said.data);
	return r;
}

static void test_exports(void **state)
{
	static const struct node_facts facts = { .role = REG_ROLE_WORKER, .platform = "aws" };
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const struct export_format *formats;
	size_t n;

	(void)state;
	formats = export_formats(&n);
	assert_int_equal(policy_build(reg, &facts, &policy), 0);
	for (size_t i = 0; i < n; i++) {
		const struct format_job job = {
			.format = &formats[i],
			.job = { .registry = reg,
				 .facts = &facts,
				 .policy = policy,
				 .first = 32768,
				 .last = 60999 },
		};

		memory_try(formats[i].name, export_one, &job);
	}
}

/* ---- imports ------------------------------------------------------------------------------- */
struct import_job {
	enum import_format format;
	const char *text;
};

static int import_one(const void *ctx, struct buf *out)
{
	const struct import_job *job = ctx;
	const struct layer_source source = {
		.file = "f",
		.text = job->text,
		.len = strlen(job->text),
		.name = "t",
		.facts = "s",
	};
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	int r = import_read(job->format, &source, &diags, &layer);

	if (r == 0)
		layer_yaml(layer, out);
	return r;
}

static void test_imports(void **state)
{
	static const struct import_job jobs[] = {
		{ IMPORT_MARKDOWN, "# External\n## TCP\n| Port | Process | Protocol | "
				   "Control-plane only | Owning Team "
				   "| Since | Notes |\n|---|---|---|---|---|---|---|\n| 80 | p | H "
				   "| yes | t | 4.1 | "
				   "baremetal only |\n| 81-82 | q | | | | | localhost only |\n" },
		{ IMPORT_MATRIX,
		  "Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional\n"
		  "Ingress,UDP,53,ns,svc,dns,c,worker,TRUE\nIngress,UDP,53,o,\"s,t\",dns,,master,"
		  "FALSE\n"
		  "Ingress,TCP,22,Host system service,sshd,,,master,FALSE\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		memory_try("import", import_one, &jobs[i]);
}

/* ---- reports and the page ------------------------------------------------------------------ */
static const struct rule rule = { "r", SEVERITY_ERROR, "R1", "S", "H." };
static const struct rules rules = { &rule, 1 };

struct report_job {
	const struct findings *findings;
	enum report_format format;
};

static int report_one(const void *ctx, struct buf *out)
{
	static const char *const files[] = { "f", "/g", "builtin:h" };
	const struct report_job *job = ctx;
	const struct report report = {
		.tool = "t",
		.rules = &rules,
		.findings = job->findings,
		.files = files,
		.files_len = ARRAY_LEN(files),
	};

	report_put(&report, job->format, out);
	return 0;
}

static void fill(struct findings *findings)
{
	struct finding *f = findings_add(findings, &rule, "f", 1, 2, "%s", "m<>");

	finding_set_port(f, HP_PROTO_TCP, 80);
	finding_set_path(f, "$.a");
	finding_suggest(f, "%s", "do");
	finding_accept(findings_add(findings, &rule, "/g", 0, 0, "n"), "why");
}

static void test_reports(void **state)
{
	_cleanup_findings_ struct findings findings = { .left_out = 3 };

	(void)state;
	fill(&findings);
	for (int format = 0; format < REPORT_FORMAT_MAX; format++) {
		const struct report_job job = { &findings, (enum report_format)format };

		memory_try("report", report_one, &job);
	}
}

static int listeners_one(const void *ctx, struct buf *out)
{
	listeners_openreports(ctx, "n", out);
	return 0;
}

static void test_listeners(void **state)
{
	static const char text[] =
		"{\"listeners\":[{\"verdict\":\"denied\",\"class\":\"scope\",\"protocol\":\"tcp\","
		"\"port\":1,\"comm\":\"c\",\"documented\":false,\"workload\":{\"kind\":\"pod\","
		"\"namespace\":\"n\",\"pod\":\"p\"}}],\"left_out\":1}";
	_cleanup_buf_ struct buf err = { 0 };
	struct json *document = NULL;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), &err, &document), 0);
	memory_try("listeners", listeners_one, document);
	json_free(document);
}

static int page_one(const void *ctx, struct buf *out)
{
	html_page_put(ctx, out);
	return 0;
}

static void test_page(void **state)
{
	static const char text[] =
		"{\"listeners\":[{\"port\":1,\"workload\":{\"kind\":\"unit\",\"unit\":\"u\"}}]}";
	_cleanup_(registry_freep) struct registry *reg = registry_of_lists(lists);
	_cleanup_findings_ struct findings findings = { 0 };
	_cleanup_buf_ struct buf err = { 0 };
	struct json *listeners = NULL;

	(void)state;
	fill(&findings);
	assert_int_equal(json_parse(text, strlen(text), &err, &listeners), 0);
	memory_try("page", page_one,
		   &(struct page) { .registry = reg,
				    .title = "T",
				    .listeners = listeners,
				    .violations = json_member(listeners, "listeners"),
				    .findings = &findings });
	json_free(listeners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exports), cmocka_unit_test(test_imports),
		cmocka_unit_test(test_reports), cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

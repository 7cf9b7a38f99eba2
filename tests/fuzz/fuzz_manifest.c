// SPDX-License-Identifier: MIT
/*
 * Manifests: files with a byte 0xff between them. Whatever they hold, they are
 * checked; each finding is of a rule and at a place within its file, the same
 * files have the same findings, and the report of them is a document.
 */
#include "fuzz.h"

#include "../../user/checks/manifest/check.h"
#include "../../user/formats/report.h"

#define FILES_MAX 4

static const char layer[] =
	"{version: 1, name: t, ranges: [{ports: 9000-9999, protocol: tcp}], entries: ["
	"{ports: 9100, protocol: tcp, process: a}, {ports: 9101, protocol: tcp, process: b, role: "
	"control-plane}, {ports: 9102, protocol: tcp, process: c, scope: localhost}, {ports: 9103, "
	"protocol: tcp, process: d, owners: [{namespace: ns, pod: 'a*', container: c}]}, {ports: "
	"8000, protocol: udp, process: e}], retired: [{ports: 9110, protocol: tcp, process: f, "
	"removed: '4.10'}], exceptions: [{ports: 7000, protocol: tcp, class: unregistered, until: "
	"2030-01-01, reason: r}]}";

struct files {
	char *texts[FILES_MAX];
	size_t lens[FILES_MAX];
	char names[FILES_MAX][8];
	size_t n;
};

/* The policies are built once: that is most of the time. */
static struct check *check_of_layer(void)
{
	static struct check *check;
	static struct registry registry;
	struct manifest_options options = {
		.registry = &registry,
		.facts = { .today = { .year = 2026, .month = 11, .day = 24 } },
		.role = REG_ROLE_MAX,
		.namespace_ = "default",
	};
	_cleanup_diags_ struct diags diags = { 0 };
	struct reg_layer *parsed = NULL;

	if (check)
		return check;
	CHECK(layer_parse("t", layer, sizeof(layer) - 1, &diags, &parsed) == 0);
	CHECK(registry_add(&registry, parsed, &diags) == 0);
	CHECK(check_new(&options, &check) == 0);
	return check;
}

static void split(const uint8_t *data, size_t size, struct files *files)
{
	const uint8_t *end;
	size_t n;

	do {
		end = files->n < FILES_MAX - 1 && size ? memchr(data, 0xff, size) : NULL;
		n = end ? (size_t)(end - data) : size;
		files->texts[files->n] = fuzz_copy(data, n);
		files->lens[files->n] = n;
		(void)snprintf(files->names[files->n], sizeof(files->names[0]), "%zu", files->n);
		files->n++;
		data += n + (end != NULL);
		size -= n + (end != NULL);
	} while (end);
}

/* As many lines as there could be, whatever ends one. */
static size_t lines_of(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += strchr("\n\r\xc2\xe2", text[i]) && text[i];
	return lines;
}

static void check_finding(const struct finding *f, const struct files *files)
{
	unsigned long i = strtoul(f->file, NULL, 10);

	CHECK(f->rule && f->message && *f->message);
	CHECK(*f->file && i < files->n);
	CHECK((f->line == 0) == (f->column == 0));
	CHECK(f->line <= lines_of(files->texts[i], files->lens[i]) + 1);
	CHECK(f->column <= files->lens[i] + 1);
	CHECK(!f->path || f->path[0] == '$');
	CHECK(!f->accepted || *f->accepted);
}

/* One file, as a long one is read. */
struct given {
	const char *text;
	size_t left;
};

static ssize_t give(void *data, char *into, size_t size)
{
	struct given *g = data;
	size_t n = g->left < size ? g->left : size;

	memcpy(into, g->text, n);
	g->text += n;
	g->left -= n;
	return (ssize_t)n;
}

static int check_one(struct check *check, const struct files *files, size_t i, bool whole)
{
	struct given given = { files->texts[i], files->lens[i] };

	if (whole)
		return check_file(check, files->names[i], files->texts[i], files->lens[i]);
	return check_long_file(check, files->names[i], give, &given);
}

/* All findings as a report; the caller frees it. */
static void report_of(const struct files *files, bool whole, struct buf *out)
{
	_cleanup_findings_ struct findings findings = { 0 };
	struct check *check = check_of_layer();
	struct report report = {
		.tool = "fuzz",
		.rules = manifest_rules(),
		.findings = &findings,
	};

	check_reset(check);
	for (size_t i = 0; i < files->n; i++)
		CHECK(check_one(check, files, i, whole) == 0);
	CHECK(check_finish(check, &findings) == 0);
	CHECK(!findings.failed);
	for (size_t i = 0; i < findings.len; i++)
		check_finding(&findings.items[i], files);
	report_put(&report, REPORT_JSON, out);
	check_reset(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf once = { 0 }, twice = { 0 }, in_window = { 0 };
	struct files files = { 0 };

	split(data, size, &files);
	report_of(&files, true, &once);
	report_of(&files, true, &twice);
	report_of(&files, false, &in_window);
	CHECK(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	CHECK(once.data[once.len - 1] == '\n');
	once.data[--once.len] = '\0';
	json_free(check_json(&once));
	for (size_t i = 0; i < files.n; i++)
		free(files.texts[i]);
	return 0;
}

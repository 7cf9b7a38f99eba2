// SPDX-License-Identifier: MIT
/* What the export to CSV writes is read again. */
#include "layer_texts.h"

#include <errno.h>

#include "../../user/formats/csv_write.h"
#include "../../user/formats/rows_read.h"
#include "registry_cases.h"

static int read_rows(const char *text, struct diags *diags, struct reg_layer **ret_layer)
{
	const struct layer_source source = {
		.file = "r.csv",
		.text = text,
		.len = strlen(text),
		.name = "t",
	};

	return rows_read(&source, diags, ret_layer);
}

static const char all[] =
	"ranges:\n  - {ports: 9000-9999, protocol: tcp, note: \"a, b\"}\n"
	"entries:\n"
	"  - {ports: 9100, protocol: tcp, scope: localhost, process: '=1+1', application: "
	"\"x\\ny\","
	" role: control-plane, team: t, since: '4.10', platforms: [aws, gcp], notes: '\"q\"',"
	" owners: [{namespace: ns, pod: 'a-*'}, {unit: b.service}], source: s, essential: true}\n"
	"  - {ports: 9101, protocol: udp, process: '-x', role: worker}\n"
	"retired:\n  - {ports: 1, protocol: sctp, process: old, removed: '4.1'}\n"
	"clients:\n  - {ports: 1024-65535, protocol: udp, process: c, owners: [{unit: "
	"c.service}]}\n"
	"exceptions:\n"
	"  - {ports: 7, protocol: tcp, class: unregistered, until: 2027-03-31, reason: r}\n";

static void test_again(void **state)
{
	_cleanup_(registry_freep) struct registry *registry = registry_of_lists(all);
	const struct export_job job = { .registry = registry };
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, said = { 0 }, faults = { 0 };

	(void)state;
	check_int("written", csv_write(&job, &text, &said), 0);
	check_int("is one", rows_are(text.data, text.len), true);
	check_int("read", read_rows(text.data, &diags, &layer), 0);
	diags_text(&diags, &faults);
	check_text("faults", faults.data ? faults.data : "", "");
	check_layers("again", layer, &registry->layers[0]);
}

static const struct {
	const char *name, *text, *want;
} faults[] = {
	{ "a column", "layer,kind,port\nl,entry,1\n", "r.csv:1:12: port: no key of a row\n" },
	{ "a kind", "layer,kind,ports\nl,thing,1\n", "r.csv:2:3: thing: no kind of row\n" },
	{ "fields", "layer,kind,ports\nl,entry\n", "r.csv:2:1: 2 fields instead of 3\n" },
	{ "one field", "layer,kind,ports\nl\n", "r.csv:2:1: 1 fields instead of 3\n" },
	{ "a list", "layer,kind,ports,owners\nl,entry,1,\"[}\"\n",
	  "r.csv:2:11: owners: not a list in JSON\n" },
	{ "owners that are no list", "layer,kind,ports,owners\nl,entry,1,{}\n",
	  "r.csv:2:11: owners: not a list in JSON\n" },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(faults[i].name, read_rows(faults[i].text, &diags, &layer), -EINVAL);
		diags_text(&diags, &out);
		check_text(faults[i].name, out.data, faults[i].want);
	}
}

/* What our own reader says is told of the row's line. */
static void test_lines(void **state)
{
	static const char text[] =
		"layer,kind,ports,protocol,process,reason,class,until\nl,range,1,tcp,,,,\n"
		"l,entry,2,tcp,p,,,\nl,range,70000,tcp,,,,\nl,entry,3,dccp,p,,,\n";
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	check_int("read", read_rows(text, &diags, &layer), -EINVAL);
	check_u64("faults", diags.total, 2);
	check_int("one", diags.items[0].line, 5); /* entries are read first */
	check_int("the other", diags.items[1].line, 4);
}

static void test_are(void **state)
{
	(void)state;
	check_int("rows", rows_are("layer,kind,x", 12), true);
	check_int("cut", rows_are("layer,kind,", 10), false);
	check_int("a matrix", rows_are("Direction,Protocol", 18), false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

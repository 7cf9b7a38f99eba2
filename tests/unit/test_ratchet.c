// SPDX-License-Identifier: MIT
/* What became more from one registry to the next. */
#include "lint_rows.h"

#include "../../user/diff/ratchet.h"

#define EXCEPTION(ports, class, until, keys)                                                       \
	"exceptions: [{ports: " ports ", protocol: tcp, class: " class ", until: " until           \
								       ", reason: r" keys "}]\n"
#define KNOWN	      EXCEPTION("8080", "unregistered", "2027-03-31", "")
#define OWNED(owners) EXCEPTION("8080", "unregistered", "2027-03-31", ", owners: [" owners "]")
#define WIDER                                                                                      \
	"3 more-exceptions tcp 8080: more is let through by the exception of tcp 8080: class "     \
	"unregistered, until 2027-03-31\n"
#define OUTSIDE(ports)	TCP(ports, FULL)
#define ACCEPTED(ports) "accept: [{rule: outside-documented-range, reason: r, ports: " ports "}]\n"

static const struct {
	const char *name, *from, *to;
	const char *want; /* LINE RULE[ PROTOCOL PORT]: MESSAGE, a line each */
} cases[] = {
	{ "nothing", "", "", "" },
	{ "the same", KNOWN GENERAL ENTRIES(OUTSIDE("80")), KNOWN GENERAL ENTRIES(OUTSIDE("80")),
	  "" },

	/* Exceptions. */
	{ "a new one", "", KNOWN,
	  "3 more-exceptions tcp 8080: a new exception of tcp 8080: class unregistered, until "
	  "2027-03-31\n" },
	{ "one less", KNOWN, "", "" },
	{ "a later end", KNOWN, EXCEPTION("8080", "unregistered", "2027-04-01", ""),
	  "3 more-exceptions tcp 8080: more is let through by the exception of tcp 8080: class "
	  "unregistered, until 2027-04-01\n" },
	{ "an earlier end", KNOWN, EXCEPTION("8080", "unregistered", "2027-03-30", ""), "" },
	{ "another class", KNOWN, EXCEPTION("8080", "undeclared", "2027-03-31", ""),
	  "3 more-exceptions tcp 8080: more is let through by the exception of tcp 8080: class "
	  "undeclared, until 2027-03-31\n" },
	{ "another reason", KNOWN,
	  "exceptions: [{ports: 8080, protocol: tcp, class: unregistered, reason: s, until: "
	  "2027-03-31}]\n",
	  "" },
	{ "more ports", KNOWN, EXCEPTION("8080-8081", "unregistered", "2027-03-31", ""),
	  "3 more-exceptions tcp 8081: a new exception of tcp 8081: class unregistered, until "
	  "2027-03-31\n" },
	{ "fewer ports", EXCEPTION("8080-8081", "unregistered", "2027-03-31", ""), KNOWN, "" },
	{ "fewer owners", OWNED("{unit: a.service}, {unit: b.service}"), OWNED("{unit: a.service}"),
	  "" },
	{ "more owners", OWNED("{unit: a.service}"), OWNED("{unit: a.service}, {unit: b.service}"),
	  WIDER },
	{ "a wider owner", OWNED("{namespace: a, pod: b}"), OWNED("{namespace: a}"), WIDER },
	{ "no owners any more", OWNED("{unit: a.service}"), KNOWN, WIDER },
	{ "owners", KNOWN, OWNED("{unit: a.service}"), "" },

	/* What lint finds. */
	{ "a violation", GENERAL, GENERAL ENTRIES(OUTSIDE("80")),
	  "4 more-violations tcp 80: outside-documented-range\n" },
	{ "one less violation", GENERAL ENTRIES(OUTSIDE("80")), GENERAL, "" },
	{ "of another port", GENERAL ENTRIES(OUTSIDE("80")), GENERAL ENTRIES(OUTSIDE("81")),
	  "4 more-violations tcp 81: outside-documented-range\n" },
	{ "of another protocol", GENERAL ENTRIES(OUTSIDE("80")),
	  RANGES("{protocol: tcp, ports: 9000-9999}, {protocol: udp, ports: 9000-9999}")
		  ENTRIES(OUTSIDE("80") UDP("80", FULL)),
	  "4 more-violations udp 80: outside-documented-range\n" },
	{ "moved to another line", GENERAL ENTRIES(OUTSIDE("80")),
	  "source: s\n" GENERAL ENTRIES("\n" OUTSIDE("80")), "" },
	{ "accepted, and new", GENERAL, GENERAL ENTRIES(OUTSIDE("80")) "\n" ACCEPTED("80"),
	  "4 more-accepted tcp 80: outside-documented-range\n" },
	{ "accepted as before", GENERAL ENTRIES(OUTSIDE("80")) "\n" ACCEPTED("80"),
	  GENERAL ENTRIES(OUTSIDE("80")) "\n" ACCEPTED("80"), "" },
	{ "accepted now", GENERAL ENTRIES(OUTSIDE("80")),
	  GENERAL ENTRIES(OUTSIDE("80")) "\n" ACCEPTED("80"),
	  "4 more-accepted tcp 80: outside-documented-range\n" },
	{ "accepted no more", GENERAL ENTRIES(OUTSIDE("80")) "\n" ACCEPTED("80"),
	  GENERAL ENTRIES(OUTSIDE("80")), "" },
};

static void test_ratchet(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(registry_freep) struct registry *from = registry_of_lists(cases[i].from);
		_cleanup_(registry_freep) struct registry *to = registry_of_lists(cases[i].to);
		_cleanup_findings_ struct findings findings = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(cases[i].name, ratchet(from, to, &lint_today, &findings), 0);
		buf_puts(&out, "");
		for (size_t k = 0; k < findings.len; k++) {
			const struct finding *f = &findings.items[k];
			bool lint = strcmp(f->rule->id, "more-exceptions") != 0;

			buf_printf(&out, "%u %s %s %u: %.*s\n", f->line, f->rule->id,
				   word_proto(f->proto), f->port,
				   lint ? (int)strcspn(f->message, ":") : 1000, f->message);
		}
		check_text(cases[i].name, out.data, cases[i].want);
	}
}

/* Each rule says what it is for, and none has the name of one of lint. */
static void test_rules(void **state)
{
	const struct rules *all = ratchet_rules();

	(void)state;
	check_u64("rules", all->len, 3);
	for (size_t i = 0; i < all->len; i++) {
		assert_true(all->items[i].summary && all->items[i].help);
		check_int(all->items[i].id, rules_find(lint_rules(), all->items[i].id) == NULL,
			  true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ratchet),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
/*
 * The note of reserved ports, which a file may hold after anything: refused with
 * a reason, or written again it is the same note. What a plan makes of its ports
 * takes out nothing but those, and adds nothing that stands already.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/agent/reserve.h"

static void check_plan(const struct portset *ours, const struct portset *reserved, bool asked)
{
	static struct policy_row rows[] = {
		{ .key = { .port = 40000 }, .row = { .row = { 1, 1 } } },
		{ .key = { .proto = HP_PROTO_UDP, .port = 41000 }, .row = { .row = { 2, 2 } } },
		{ .key = { .proto = HP_PROTO_UDP, .port = 80 }, .row = { .row = { 3, 3 } } },
	};
	const struct policy policy = { .rows = rows, .len = ARRAY_LEN(rows) };
	const struct hp_config config = { .mode = HP_MODE_ENFORCE, .denies = ~0U };
	const struct reserve_facts facts = {
		.policy = &policy,
		.config = &config,
		.first = 32768,
		.last = 60999,
		.reserved = reserved,
		.ours = ours,
		.asked = asked,
	};
	struct reserve_plan plan;
	struct portset both;

	reserve_plan(&facts, &plan);
	CHECK(portset_count(&plan.registered) == 2);
	CHECK(portset_contains(ours, &plan.ours) && portset_contains(reserved, &plan.ours));
	CHECK(portset_contains(&plan.ours, &plan.out));
	CHECK(portset_contains(&plan.registered, &plan.add));
	both = plan.add;
	portset_intersect(&both, reserved);
	CHECK(portset_count(&both) == 0);
	CHECK(asked || (portset_count(&plan.add) == 0 &&
			portset_count(&plan.out) == portset_count(&plan.ours)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_buf_ struct buf err = { 0 }, out = { 0 };
	struct reserve_note note, again;
	struct portset reserved = { 0 };
	int r = reserve_note_parse(bytes, size, &err, &note);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (err.len == 0));
	if (r < 0)
		return 0;
	CHECK(strlen(note.boot) == RESERVE_BOOT_LEN && note.netns_inum);
	reserve_note_put(&note, &out);
	CHECK(out.len && out.data[out.len - 1] == '\n');
	CHECK(reserve_note_parse(out.data, out.len, &err, &again) == 0);
	CHECK(strcmp(again.boot, note.boot) == 0 && again.netns_cookie == note.netns_cookie);
	CHECK(again.netns_inum == note.netns_inum);
	CHECK(memcmp(&again.ports, &note.ports, sizeof(note.ports)) == 0);
	portset_add_range(&reserved, 39990, (uint16_t)(40000 + size));
	check_plan(&note.ports, &reserved, size % 2);
	return 0;
}

// SPDX-License-Identifier: MIT
#include "test.h"

#include "../../user/base/cleanup.h"
#include "../../user/kernel/pins.h"
#include "../../user/kernel/program_table.h"

/* What agents of earlier versions have pinned their links as: a take-over looks for these names. */
static const char *const pins[PROGRAMS] = {
	[PROGRAM_BIND4] = "link_cgroup_inet4_bind",
	[PROGRAM_BIND6] = "link_cgroup_inet6_bind",
	[PROGRAM_POST_BIND4] = "link_cgroup_inet4_post_bind",
	[PROGRAM_POST_BIND6] = "link_cgroup_inet6_post_bind",
	[PROGRAM_LISTEN_SOCKOPS] = "link_cgroup_sock_ops",
	[PROGRAM_LISTEN_FEXIT] = "link_trace_fexit",
	[PROGRAM_SCTP_BIND] = "link_lsm_mac_socket_bind",
	[PROGRAM_SCTP_LISTEN] = "link_lsm_mac_socket_listen",
	[PROGRAM_SCTP_BINDX] = "link_lsm_mac_sctp_bind_connect",
};

static void test_pins(void **state)
{
	for (enum program p = 0; p < PROGRAMS; p++)
		assert_string_equal(program_table[p].pin, pins[p]);
}

/* A pin's name begins with what tells it from a map's, and then the hook. */
static void test_hooks(void **state)
{
	for (enum program p = 0; p < PROGRAMS; p++) {
		const struct program_entry *entry = &program_table[p];

		assert_int_equal(strncmp(entry->pin, PINS_LINK, strlen(PINS_LINK)), 0);
		assert_int_equal(strncmp(entry->pin + strlen(PINS_LINK), entry->hook,
					 strlen(entry->hook)),
				 0);
	}
}

/* The first ones are required, and no others are. */
static void test_required(void **state)
{
	for (enum program p = 0; p < PROGRAMS; p++) {
		const struct program_entry *entry = &program_table[p];

		assert_int_equal(entry->group == PROGRAMS_BIND, (size_t)p < KERNEL_HOOKS);
		assert_int_equal(entry->place == PROGRAM_AT_LSM, entry->group == PROGRAMS_SCTP);
		assert_int_equal(entry->place == PROGRAM_AT_FUNCTION,
				 entry->group == PROGRAMS_FEXIT);
	}
}

/* Each entry has a program of its own. */
static void test_members(void **state)
{
	struct bpf_program *slots[PROGRAMS];
	struct hostport_bpf skel = { 0 };

	for (enum program p = 0; p < PROGRAMS; p++) {
		slots[p] = (struct bpf_program *)&slots[p];
		*(struct bpf_program **)((char *)&skel + program_table[p].member) = slots[p];
	}
	for (enum program p = 0; p < PROGRAMS; p++)
		assert_ptr_equal(program_of(&skel, p), slots[p]);
	assert_ptr_equal(skel.progs.hp_bind4, slots[PROGRAM_BIND4]);
	assert_ptr_equal(skel.progs.hp_post_bind6, slots[PROGRAM_POST_BIND6]);
	assert_ptr_equal(skel.progs.hp_sctp_bindx, slots[PROGRAM_SCTP_BINDX]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

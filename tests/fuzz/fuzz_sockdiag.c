// SPDX-License-Identifier: MIT
/*
 * Datagrams of the kernel's socket table, of any bytes, with the length that
 * they have: nothing is read beyond them, and every socket that is told has the
 * protocol that was asked for and a family.
 */
#include "fuzz.h"

/* What is behind sockdiag_dump(), which needs a kernel that sends such things. */
#include "../../user/kernel/sockets/sockdiag.c"

static void on_told(void *data, const struct receiver *socket)
{
	size_t *told = data;

	CHECK(socket->proto == HP_PROTO_TCP);
	CHECK(socket->family == 4 || socket->family == 6);
	++*told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	size_t told = 0;
	struct dump dump = { .fn = on_told, .data = &told, .proto = HP_PROTO_TCP };

	(void)read_answer(bytes, size, 0, on_message, &dump);
	CHECK(told <= size / sizeof(struct inet_diag_msg));
	return 0;
}

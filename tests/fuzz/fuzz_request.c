// SPDX-License-Identifier: MIT
/*
 * A request on the control socket: refused with a sentence, or within its
 * bounds, which hold for every request that the agent gets to see.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/stream/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t known = (1U << HP_CLASS_MAX) - (1U << HP_CLASS_UNREGISTERED);
	_cleanup_free_ char *text = fuzz_copy(data, size);
	_cleanup_buf_ struct buf err = { 0 };
	struct request request;
	int r = request_parse(text, size, &request, &err);

	CHECK(r == 0 || r == -EINVAL);
	CHECK((r == 0) == (err.len == 0));
	if (r < 0)
		return 0;
	CHECK(request.form < FORM_MAX && request.replay <= REPLAY_MAX);
	CHECK((request.classes & ~known) == 0);
	CHECK((request.first == 0) == (request.last == 0) && request.first <= request.last);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * The agent's answer to `selftest`, as a person reads it: whatever document comes,
 * the text is safe for a terminal.
 */
#include "fuzz.h"

#include "../../user/ctl/selftest.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_(json_freep) struct json *document = NULL;
	_cleanup_buf_ struct buf err = { 0 }, text = { 0 };

	if (json_parse(bytes, size, &err, &document) < 0)
		return 0;
	put_text(document, &text);
	CHECK(text.len > 0);
	check_safe(&text, true);
	return 0;
}

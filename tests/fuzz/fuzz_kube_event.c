// SPDX-License-Identifier: MIT
/*
 * A record of a Kubernetes Event: refused, or safe in the path of a request, and valid JSON
 * that is within the API's bounds.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../user/event/kube_event.h"

static void check_name(const char *name)
{
	CHECK(*name);
	for (; *name; name++)
		CHECK((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9') ||
		      *name == '-' || *name == '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = fuzz_copy(data, size);
	_cleanup_buf_ struct buf event = { 0 }, patch = { 0 };
	struct kube_event kube;
	int r = kube_event_parse(bytes, size, &kube);

	CHECK(r == 0 || r == -EINVAL);
	if (r < 0)
		return 0;
	check_name(kube.name);
	check_name(kube.namespace_);
	check_name(kube.object);
	CHECK(!strchr(kube.namespace_, '.') && kube.name[0] != '.');
	CHECK(strlen(kube.note) < KUBE_EVENT_NOTE);
	kube_event_json(&kube, &event);
	kube_event_patch_json(&kube, &patch);
	json_free(check_json(&event));
	json_free(check_json(&patch));
	return 0;
}

// SPDX-License-Identifier: MIT
#include "filter_options.h"

#include <errno.h>
#include <string.h>

#include "../../bpf/abi.h"
#include "../base/suggest.h"
#include "../identity/pod_pattern.h"
#include "../registry/words.h"
#include "../source/node_options.h"

int filter_options_classes(void *field, const char *value, struct buf *err)
{
	uint32_t classes;
	int r = node_options_parse_classes(&classes, value, err);

	if (r == 0)
		*(uint32_t *)field |= classes;
	return r;
}

int filter_options_port(void *field, const char *value, struct buf *err)
{
	return port_argument_parse(value, field, err);
}

int filter_options_pod(void *field, const char *value, struct buf *err)
{
	int r = pod_pattern_check(value, err);

	if (r == 0)
		*(const char **)field = value;
	return r;
}

/* A socket may be of a protocol that no row can name. */
int filter_options_protocol(void *field, const char *value, struct buf *err)
{
	int proto = word_to_proto(value);

	if (strcmp(value, word_proto(HP_PROTO_DCCP)) == 0)
		proto = HP_PROTO_DCCP;
	if (proto >= 0) {
		*(const char **)field = word_proto((unsigned int)proto);
		return 0;
	}
	buf_puts(err, "not tcp, udp, udplite, sctp or dccp");
	suggest_put(value, words_at, &words_protos, err);
	return -EINVAL;
}

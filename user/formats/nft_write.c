// SPDX-License-Identifier: MIT
#include "nft_write.h"

#include <errno.h>

#include "../base/escape.h"
#include "../registry/words.h"
#include "../registry/port_ranges.h"
#include "export_rows.h"

#define SSH 22

/* Their words are nft's, too. */
static const uint8_t protos[] = { HP_PROTO_TCP, HP_PROTO_UDP, HP_PROTO_UDPLITE, HP_PROTO_SCTP };

/* May any process bind it on any address of this node? Exceptions don't count: they end. */
static bool is_open(const struct policy_row *row, uint8_t proto)
{
	return row->key.proto == proto && row->row.cls[HP_SCOPE_EXTERNAL] == HP_CLASS_NONE;
}

/* Does `next` follow `row`, by the same row of the registry? */
static bool continues(const struct policy_row *row, const struct policy_row *next)
{
	return is_open(next, row->key.proto) && next->key.port == row->key.port + 1 &&
	       next->row.row[HP_SCOPE_EXTERNAL] == row->row.row[HP_SCOPE_EXTERNAL];
}

/*
 * Texts are made safe, so that none ends the line; and the layer's name, which can't
 * end in a backslash, is the last.
 */
static void put_comment(const struct export_job *job, const struct policy_row *row, struct buf *out)
{
	const struct reg_layer *layer = NULL;
	const struct reg_row *from =
		registry_row(job->registry, row->row.row[HP_SCOPE_EXTERNAL], &layer);

	if (!from)
		return;
	buf_puts(out, " # ");
	escape_put(ESCAPE_COMMENT, from->process, out);
	if (from->team) {
		buf_puts(out, ", team ");
		escape_put(ESCAPE_COMMENT, from->team, out);
	}
	buf_printf(out, ", layer %s", layer->name);
}

static size_t count_open(const struct export_job *job, uint8_t proto)
{
	size_t n = 0;

	for (size_t i = 0; i < job->policy->len; i++)
		n += is_open(&job->policy->rows[i], proto);
	return n;
}

static void put_elements(const struct export_job *job, uint8_t proto, struct buf *out)
{
	const struct policy *policy = job->policy;

	for (size_t i = 0; i < policy->len; i++) {
		const struct policy_row *first = &policy->rows[i];

		if (!is_open(first, proto))
			continue;
		while (i + 1 < policy->len && continues(&policy->rows[i], &policy->rows[i + 1]))
			i++;
		buf_puts(out, "\t\t\t");
		reg_ports_put(first->key.port, policy->rows[i].key.port, out);
		buf_putc(out, ',');
		put_comment(job, first, out);
		buf_putc(out, '\n');
	}
}

static void put_set(const struct export_job *job, size_t proto, struct buf *out)
{
	buf_printf(out, "\tset %s_ports {\n\t\ttype inet_service\n\t\tflags interval\n",
		   word_proto(protos[proto]));
	buf_puts(out, "\t\telements = {\n");
	put_elements(job, protos[proto], out);
	buf_puts(out, "\t\t}\n\t}\n\n");
}

static void put_head(const struct export_job *job, struct buf *out)
{
	buf_puts(out,
		 "#!/usr/sbin/nft -f\n"
		 "# The ports at which a host may be reached, of the host port registry's layers");
	export_put_layers(job->registry, out);
	buf_puts(out, ".\n# ");
	export_put_node(job->facts, out);
	buf_puts(out, ". Loading it again replaces the table.\n"
		      "#\n"
		      "# It decides on new connections to this host's own ports, and on nothing "
		      "else: not on\n"
		      "# loopback, on what is forwarded to pods, or on protocols without ports "
		      "(ICMP, ESP, VRRP).\n"
		      "# Another table can still drop what this one accepts.\n\n");
}

static void put_range(const struct reg_row *row, struct buf *out)
{
	buf_printf(out, "%s dport ", word_proto(row->proto));
	reg_ports_put(row->first, row->last, out);
}

/*
 * Node ports are Kubernetes' to give away. Most are forwarded to pods, but some the host
 * itself answers: health checks of load balancers (healthCheckNodePort), and what leads
 * to pods of the host network.
 */
static bool is_node_ports(const struct reg_row *row)
{
	return row->first >= NODEPORT_FIRST && row->last <= NODEPORT_LAST;
}

/* Write a line for each documented range that is of node ports, or for each that is not. */
static void put_ranges(const struct export_job *job, bool node_ports, const char *head,
		       const char *before, const char *after, struct buf *out)
{
	for (size_t l = 0; l < job->registry->len; l++) {
		for (size_t i = 0; i < job->registry->layers[l].len; i++) {
			const struct reg_row *row = &job->registry->layers[l].rows[i];

			if (row->kind != REG_RANGE || is_node_ports(row) != node_ports)
				continue;
			buf_puts(out, head);
			head = "";
			buf_puts(out, before);
			put_range(row, out);
			buf_puts(out, after);
		}
	}
}

static void put_chain(const struct export_job *job, const size_t *open, struct buf *out)
{
	buf_puts(out, "\tchain input {\n"
		      "\t\ttype filter hook input priority filter; policy accept;\n"
		      "\t\tiifname \"lo\" accept\n"
		      "\t\tct state established,related accept\n");
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (open[i])
			buf_printf(out, "\t\t%s dport @%s_ports accept\n", word_proto(protos[i]),
				   word_proto(protos[i]));
	put_ranges(job, true, "", "\t\t", " accept # node ports\n", out);
	buf_puts(out, "\t\tmeta l4proto { tcp, udp, udplite, sctp } counter drop\n\t}\n}\n");
}

int nft_write(const struct export_job *job, struct buf *out, struct buf *said)
{
	const struct hp_row *ssh = policy_find(job->policy, HP_PROTO_TCP, SSH);
	size_t open[ARRAY_LEN(protos)], total = 0;

	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		total += open[i] = count_open(job, protos[i]);
	if (total == 0) {
		buf_puts(said,
			 "no registered port is external on this node: all would be closed\n");
		return -EINVAL;
	}
	if (!ssh || ssh->cls[HP_SCOPE_EXTERNAL] != HP_CLASS_NONE)
		buf_puts(said, "tcp 22 is not registered: the rules close SSH\n");
	put_head(job, out);
	buf_puts(out,
		 "table inet hostportd\ndelete table inet hostportd\n\ntable inet hostportd {\n");
	for (size_t i = 0; i < ARRAY_LEN(protos); i++)
		if (open[i])
			put_set(job, i, out);
	put_chain(job, open, out);
	put_ranges(job, false,
		   "\n# Documented ranges that open nothing by themselves, but for the entries in "
		   "them:\n",
		   "#   ", "\n", out);
	return out->failed || said->failed ? -ENOMEM : 0;
}

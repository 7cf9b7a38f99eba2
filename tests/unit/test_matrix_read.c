// SPDX-License-Identifier: MIT
/* A communication matrix as a layer: which of its rows are one entry, and what is refused. */
#include "layer_texts.h"

#include <errno.h>

#include "../../user/formats/layer_build.h"
#include "../../user/formats/matrix_read.h"

static int read_matrix(const char *text, struct diags *diags, struct reg_layer **ret_layer)
{
	struct layer_source source = {
		.file = "m.csv",
		.text = text,
		.len = strlen(text),
		.name = "t",
	};

	return matrix_read(&source, diags, ret_layer);
}

#define POOL                                                                                       \
	"not master or worker: what are the nodes of this pool? Say it with "                      \
	"--pool=NAME=control-plane|worker|any\n"
#define HEAD "Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional\n"

struct row_case {
	const char *name, *text, *want; /* as a layer's lists */
};

static const struct row_case row_cases[] = {
	{ "a pod", HEAD "Ingress,TCP,9001,ns,mcd,mcd,proxy,master,FALSE\n",
	  "entries: [{ports: 9001, protocol: tcp, process: mcd, role: control-plane, owners: "
	  "[{namespace: ns, pod: mcd-*, container: proxy}]}]" },
	{ "a service of another name, optional", HEAD "Ingress,UDP,1,ns,web hook,p,,worker,TRUE\n",
	  "entries: [{ports: 1, protocol: udp, process: p, role: worker, notes: service web hook; "
	  "optional, owners: [{namespace: ns, pod: p-*}]}]" },
	{ "a host service", HEAD "Ingress,TCP,22,Host system service,sshd,,,worker,FALSE\n",
	  "entries: [{ports: 22, protocol: tcp, process: sshd, role: worker, owners: [{unit: "
	  "sshd.service}]}]" },
	{ "a unit's whole name",
	  HEAD "Ingress,TCP,22,Host system service,sshd.service,,,worker,FALSE\n",
	  "entries: [{ports: 22, protocol: tcp, process: sshd.service, role: worker, owners: "
	  "[{unit: "
	  "sshd.service}]}]" },
	{ "words that are no unit", HEAD "Ingress,TCP,22,Host system service,a b,,,worker,FALSE\n",
	  "entries: [{ports: 22, protocol: tcp, process: a b, role: worker}]" },
	{ "no namespace", HEAD "Ingress,UDP,68,,NetworkManager (DHCP client),,,worker,TRUE\n",
	  "entries: [{ports: 68, protocol: udp, process: NetworkManager (DHCP client), role: "
	  "worker, "
	  "notes: optional}]" },
	{ "no pod",
	  HEAD "Ingress,UDP,6081,openshift-ovn-kubernetes,ovn-kubernetes geneve,,,worker,FALSE\n",
	  "entries: [{ports: 6081, protocol: udp, process: ovn-kubernetes geneve, role: worker, "
	  "owners: "
	  "[{namespace: openshift-ovn-kubernetes}]}]" },
	{ "both roles",
	  HEAD "Ingress,TCP,1,ns,,p,c,master,FALSE\nIngress,TCP,2,ns,,p,c,worker,FALSE\n"
	       "Ingress,TCP,1,ns,,p,c,worker,FALSE\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, owners: [{namespace: ns, pod: p-*, "
	  "container: c}]}, {ports: 2, protocol: tcp, process: p, role: worker, owners: "
	  "[{namespace: "
	  "ns, pod: p-*, container: c}]}]" },
	{ "more than one owner and service",
	  HEAD "Ingress,TCP,1,n1,s,p,c,master,FALSE\nIngress,TCP,1,n2,st,p,c,master,TRUE\n"
	       "Ingress,TCP,1,n1,s,p,c,master,FALSE\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: control-plane, notes: service s; "
	  "service st; optional, owners: [{namespace: n1, pod: p-*, container: c}, {namespace: n2, "
	  "pod: "
	  "p-*, container: c}]}]" },
	{ "who is not known is not narrowed by others",
	  HEAD "Ingress,TCP,1,,p,,,master,FALSE\nIngress,TCP,1,ns,p,p,,master,FALSE\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: control-plane}, {ports: 1, "
	  "protocol: "
	  "tcp, process: p, role: control-plane, owners: [{namespace: ns, pod: p-*}]}]" },
	{ "a range, quotes, cases, CRLF",
	  "\"Direction\",protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional\r\n"
	  "ingress,sctp,30000-32767,\"\",\"node ports, all\",,,Master,false\r\n",
	  "entries: [{ports: 30000-32767, protocol: sctp, process: \"node ports, all\", role: "
	  "control-plane}]" },
	{ "groups of nodes, some of any role",
	  "Direction,Protocol,Port,Namespace,Service,Pod,Container,NodeGroup,Optional\n"
	  "Ingress,TCP,1,ns,,p,,master,true\nIngress,TCP,2,ns,,p,,,false\n"
	  "Ingress,TCP,2,ns,,p,,worker,false\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: control-plane, notes: optional, "
	  "owners: [{namespace: ns, pod: p-*}]}, {ports: 2, protocol: tcp, process: p, owners: "
	  "[{namespace: ns, pod: p-*}]}]" },
	{ "columns in another order",
	  "Optional,Node Role,Container,Pod,Service,Namespace,Port,Protocol,Direction\n"
	  "FALSE,worker,c,p,,ns,1,TCP,Ingress\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: worker, owners: [{namespace: ns, "
	  "pod: "
	  "p-*, container: c}]}]" },
	{ "ranges that begin alike, and that end alike",
	  HEAD "Ingress,TCP,9000-9005,ns,,p,c,master,FALSE\n"
	       "Ingress,TCP,9000-9010,ns,,p,c,master,FALSE\n"
	       "Ingress,TCP,9001-9010,ns,,p,c,master,FALSE\n"
	       "Ingress,TCP,9000,ns,,p,c,worker,FALSE\n",
	  "entries: [{ports: 9000-9005, protocol: tcp, process: p, role: control-plane, owners: "
	  "[{namespace: ns, pod: p-*, container: c}]}, {ports: 9000-9010, protocol: tcp, process: "
	  "p, "
	  "role: control-plane, owners: [{namespace: ns, pod: p-*, container: c}]}, {ports: "
	  "9001-9010, protocol: tcp, process: p, role: control-plane, owners: [{namespace: ns, "
	  "pod: "
	  "p-*, container: c}]}, {ports: 9000, protocol: tcp, process: p, role: worker, owners: "
	  "[{namespace: ns, pod: p-*, container: c}]}]" },
	{ "another protocol, and another process",
	  HEAD "Ingress,TCP,1,ns,,p,c,master,FALSE\nIngress,UDP,1,ns,,p,c,worker,FALSE\n"
	       "Ingress,TCP,1,ns,,q,c,worker,TRUE\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: control-plane, owners: "
	  "[{namespace: "
	  "ns, pod: p-*, container: c}]}, {ports: 1, protocol: udp, process: p, role: worker, "
	  "owners: "
	  "[{namespace: ns, pod: p-*, container: c}]}, {ports: 1, protocol: tcp, process: q, role: "
	  "worker, notes: optional, owners: [{namespace: ns, pod: q-*, container: c}]}]" },
	{ "notes that begin alike, and that end alike",
	  HEAD "Ingress,TCP,1,ns,web,p,c,master,FALSE\nIngress,TCP,1,ns,webs,p,c,master,FALSE\n"
	       "Ingress,TCP,1,ns,we,p,c,master,FALSE\nIngress,TCP,1,ns,webs,p,c,master,FALSE\n"
	       "Ingress,TCP,1,ns,eb,p,c,master,FALSE\nIngress,TCP,1,ns,we,p,c,master,FALSE\n",
	  "entries: [{ports: 1, protocol: tcp, process: p, role: control-plane, notes: service "
	  "web; "
	  "service webs; service we; service eb, owners: [{namespace: ns, pod: p-*, container: "
	  "c}]}]" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
		const struct row_case *c = &row_cases[i];
		_cleanup_(layer_freep) struct reg_layer *got = NULL;
		_cleanup_(registry_freep) struct registry *want = registry_of_lists(c->want);
		_cleanup_diags_ struct diags diags = { 0 };

		check_int(c->name, read_matrix(c->text, &diags, &got), 0);
		check_layers(c->name, got, &want->layers[0]);
	}
}

static const struct row_case fault_cases[] = {
	{ "empty", "", "m.csv: empty: there is no header\n" },
	{ "no rows", HEAD, "m.csv: no rows below the header\n" },
	{ "no header", "Ingress,TCP,22\n",
	  "m.csv:1:1: Ingress: no column of a communication matrix\n"
	  "m.csv:1:9: TCP: no column of a communication matrix\n"
	  "m.csv:1:13: 22: no column of a communication matrix\n"
	  "m.csv:1:1: no column Direction\nm.csv:1:1: no column Protocol\nm.csv:1:1: no column "
	  "Port\n"
	  "m.csv:1:1: no column Namespace\nm.csv:1:1: no column Service\nm.csv:1:1: no column Pod\n"
	  "m.csv:1:1: no column Container\nm.csv:1:1: no column Node Role\n"
	  "m.csv:1:1: no column Optional\n" },
	{ "both columns of nodes",
	  "Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,NodeGroup,Optional\n",
	  "m.csv:1:67: NodeGroup: a second column of this name\n" },
	{ "a column more",
	  "Direction,Protocol,Port,Namespace,Service,Pod,Container,Node Role,Optional,Port\n",
	  "m.csv:1:76: Port: a second column of this name\n" },
	{ "fields", HEAD "Ingress,TCP,1,ns,,p,c,master\n", "m.csv:2:1: 8 fields instead of 9\n" },
	{ "cells", HEAD "Egress,ICMP,0,ns,,p,c,infra,maybe\n",
	  "m.csv:2:1: Direction: Egress: not Ingress: it says nothing about listeners\n"
	  "m.csv:2:8: Protocol: ICMP: not TCP, UDP or SCTP\n"
	  "m.csv:2:13: Port: 0: not ports (N or N-M, each 1 to 65535)\n"
	  "m.csv:2:23: Node Role: infra: " POOL
	  "m.csv:2:29: Optional: maybe: not TRUE or FALSE\n" },
	{ "globs", HEAD "Ingress,TCP,1,*,,p?,[c],master,FALSE\n",
	  "m.csv:2:15: Namespace: *: not a name (a-z, 0-9, - and .)\n"
	  "m.csv:2:18: Pod: p?: not a name (a-z, 0-9, - and .)\n"
	  "m.csv:2:21: Container: [c]: not a name (a-z, 0-9, - and .)\n" },
	{ "nobody", HEAD "Ingress,TCP,1,ns,,,,master,FALSE\n",
	  "m.csv:2:18: Service: neither a pod nor a service\n" },
	{ "a container alone", HEAD "Ingress,TCP,1,ns,s,,c,master,FALSE\n",
	  "m.csv:2:21: Container: c: a container of no pod\n" },
	{ "a host service's pod", HEAD "Ingress,TCP,1,Host system service,s,p,,master,FALSE\n",
	  "m.csv:2:37: Pod: p: a host system service has neither pod nor container\n" },
	{ "lines within a cell", HEAD "Ingress,TCP,1,ns,\"a\nb\",p,c,master,FALSE\n",
	  "m.csv:2:18: Service: a\\x0ab: a line end in a cell\n" },
	{ "bytes", HEAD "\xff\n", "m.csv:2:1: not valid UTF-8\n" },
	{ "CSV", HEAD "Ingress,T\"CP\n",
	  "m.csv:2:10: a quote within a field that does not start with one\n" },
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fault_cases); i++) {
		const struct row_case *c = &fault_cases[i];
		_cleanup_(layer_freep) struct reg_layer *layer = NULL;
		_cleanup_diags_ struct diags diags = { 0 };
		_cleanup_buf_ struct buf out = { 0 };

		check_int(c->name, read_matrix(c->text, &diags, &layer), -EINVAL);
		assert_null(layer);
		diags_text(&diags, &out);
		check_text(c->name, out.data, c->want);
	}
}

static void test_bounds(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 }, more = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };

	(void)state;
	buf_puts(&text, HEAD);
	for (int i = 0; i < ROW_LIST_MAX; i++)
		buf_printf(&text, "Ingress,TCP,1,n%d,,p,c,master,FALSE\n", i);
	check_int("as many owners as may be", read_matrix(text.data, &diags, &layer), 0);
	buf_puts(&text, "Ingress,TCP,1,n,,p,c,master,FALSE\n");
	check_int("one more", read_matrix(text.data, &diags, &layer), -EINVAL);
	check_u64("one more", diags.total, 1);
	buf_reset(&text);
	buf_puts(&text, HEAD);
	for (int i = 0; i <= MATRIX_ROWS_MAX; i++)
		buf_printf(&text, "Ingress,TCP,%d,n,,p,c,master,FALSE\n", i % 4096 + 1);
	check_int("too many rows", read_matrix(text.data, &more, &layer), -EINVAL);
	diags_text(&more, &out);
	check_text("too many rows", out.data, "m.csv:16386:1: more than 16384 rows\n");
}

/* Each fault is told with its line, and the rows after it are read; no layer comes of it. */
static void test_several_faults(void **state)
{
	static const char text[] = HEAD "Ingress,TCP,0,ns,,p,c,master,FALSE\n"
					"Ingress,TCP,1,ns,,p,c,master,FALSE\n"
					"Ingress,TCP,1,ns,,p,c,master\n"
					"Ingress,T\"CP\n"
					"Ingress,TCP,1,ns,,p,c,infra,FALSE\n";
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_buf_ struct buf out = { 0 };

	(void)state;
	check_int("read", read_matrix(text, &diags, &layer), -EINVAL);
	assert_null(layer);
	diags_text(&diags, &out);
	check_text("faults", out.data,
		   "m.csv:2:13: Port: 0: not ports (N or N-M, each 1 to 65535)\n"
		   "m.csv:4:1: 8 fields instead of 9\n"
		   "m.csv:5:10: a quote within a field that does not start with one\n"
		   "m.csv:6:23: Node Role: infra: " POOL);
}

/* What came before does not count: a reader may have said something already. */
static void test_earlier_faults(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL;
	_cleanup_diags_ struct diags diags = { 0 };

	(void)state;
	diags_add(&diags, "other.csv", 1, 1, "%s", "x");
	check_int("read", read_matrix(HEAD "Ingress,TCP,1,ns,,p,c,master,FALSE\n", &diags, &layer),
		  0);
	assert_non_null(layer);
}

/* As many rows as may be; names and notes up to their lengths. */
static void test_most(void **state)
{
	_cleanup_(layer_freep) struct reg_layer *layer = NULL, *noted = NULL, *none = NULL;
	_cleanup_diags_ struct diags diags = { 0 }, more = { 0 };
	_cleanup_buf_ struct buf text = { 0 }, out = { 0 };
	size_t before;

	(void)state;
	buf_puts(&text, HEAD);
	for (int i = 0; i < MATRIX_ROWS_MAX; i++)
		buf_printf(&text, "Ingress,TCP,%d,n,,p,c,master,FALSE\n", i % 4 + 1);
	check_int("rows", read_matrix(text.data, &diags, &layer), 0);
	check_u64("rows", layer->len, 4);
	/* "service " and "; " are ten characters; the last name fills the notes */
	buf_reset(&text);
	buf_puts(&text, HEAD);
	for (int i = 0; i < 10; i++)
		buf_printf(&text, "Ingress,TCP,1,n,%0*d,p,c,master,FALSE\n", 90, i);
	buf_printf(&text, "Ingress,TCP,1,n,%0*d,p,c,master,FALSE\n",
		   ROW_LONG_MAX - (10 * 100 - 2) - 10, 7);
	check_int("notes", read_matrix(text.data, &diags, &noted), 0);
	check_u64("notes", strlen(noted->rows[0].notes), ROW_LONG_MAX);
	before = text.len;
	buf_puts(&text, "Ingress,TCP,1,n,x,p,c,master,FALSE\n");
	check_int("one more", read_matrix(text.data, &diags, &none), -EINVAL);
	diags_text(&diags, &out);
	check_text("one more", out.data,
		   "m.csv:13:1: too many services of one protocol, port and process for its "
		   "notes\n");
	/* that one of them is optional does not fit either */
	text.len = before;
	text.data[before] = 0;
	buf_puts(&text, "Ingress,TCP,1,n,,p,c,master,TRUE\n");
	check_int("optional", read_matrix(text.data, &more, &none), -EINVAL);
	check_u64("optional", more.total, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_faults),
		cmocka_unit_test(test_bounds),	       cmocka_unit_test(test_several_faults),
		cmocka_unit_test(test_earlier_faults), cmocka_unit_test(test_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

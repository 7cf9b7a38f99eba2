// SPDX-License-Identifier: MIT
/* The cells of a row of a communication matrix, and what they mean. */
#include "test.h"

#include <errno.h>

#include "../../bpf/abi.h"
#include "../../user/formats/matrix_row.h"
#include "../../user/registry/row_fields.h"

static const enum matrix_column as_they_are[] = {
	MATRIX_DIRECTION, MATRIX_PROTOCOL,  MATRIX_PORT, MATRIX_NAMESPACE, MATRIX_SERVICE,
	MATRIX_POD,	  MATRIX_CONTAINER, MATRIX_ROLE, MATRIX_OPTIONAL,
};

static const struct layer_pools pools = {
	.items = { { "storage=", 7, REG_ROLE_WORKER }, { "gpu", 3, REG_ROLE_ANY } },
	.len = 2,
};

#define POOL                                                                                       \
	"not master or worker: what are the nodes of this pool? Say it with "                      \
	"--pool=NAME=control-plane|worker|any\n"

/* "PROTOCOL FIRST-LAST PROCESS ROLE[ optional][ service S][; owner]", or the faults. */
static char *read_row(const char *text)
{
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_csv_ struct csv csv = csv_of("f", text, strlen(text), &diags);
	_cleanup_matrix_row_ struct matrix_row row = { 0 };
	struct csv_record record;
	struct buf out = { 0 };
	int r;

	buf_puts(&out, "");
	check_int(text, csv_next(&csv, &record), 1);
	r = matrix_row_parse(&csv, &record, as_they_are, &pools, &row);
	if (r < 0) {
		check_int(text, r, -EINVAL);
		diags_text(&diags, &out);
		return buf_take(&out);
	}
	check_u64(text, diags.total, 0);
	buf_printf(&out, "%s %u-%u %s %s%s", word_proto(row.proto), row.first, row.last,
		   row.process, word_role(row.role), row.optional ? " optional" : "");
	if (row.service)
		buf_printf(&out, " service %s", row.service);
	for (size_t i = 0; i < owner_fields.len; i++)
		if (*field_text(&owner_fields.items[i], &row.owner))
			buf_printf(&out, "; %s %s", owner_fields.items[i].name,
				   *field_text(&owner_fields.items[i], &row.owner));
	return buf_take(&out);
}

#define HOST "Host system service"

static const struct {
	const char *text, *want;
} cases[] = {
	{ "Ingress,TCP,80,ns,svc,pod,c,master,FALSE",
	  "tcp 80-80 pod control-plane service svc; namespace ns; pod pod-*; container c" },
	{ "Ingress,UDP,80-90,ns,svc,pod,c,worker,TRUE",
	  "udp 80-90 pod worker optional service svc; namespace ns; pod pod-*; container c" },
	{ "INGRESS,sctp,1-65535,ns,,pod,,MASTER,true",
	  "sctp 1-65535 pod control-plane optional; namespace ns; pod pod-*" },
	{ "Ingress,TCP,80,ns,pod,pod,c,master,FALSE",
	  "tcp 80-80 pod control-plane; namespace ns; pod pod-*; container c" },
	{ "Ingress,TCP,80,ns,svc,,,master,FALSE", "tcp 80-80 svc control-plane; namespace ns" },
	{ "Ingress,TCP,80,,svc,,,master,FALSE", "tcp 80-80 svc control-plane" },
	{ "Ingress,TCP,80,,,pod,,master,FALSE", "tcp 80-80 pod control-plane; pod pod-*" },
	/* services of the host */
	{ "Ingress,TCP,80," HOST ",sshd,,,master,FALSE",
	  "tcp 80-80 sshd control-plane; unit sshd.service" },
	{ "Ingress,TCP,80,host SYSTEM service,sshd,,,master,FALSE",
	  "tcp 80-80 sshd control-plane; unit sshd.service" },
	{ "Ingress,TCP,80," HOST ",sshd.service,,,master,FALSE",
	  "tcp 80-80 sshd.service control-plane; unit sshd.service" },
	{ "Ingress,TCP,80," HOST ",.service,,,master,FALSE",
	  "tcp 80-80 .service control-plane; unit .service.service" },
	{ "Ingress,TCP,80," HOST ",aservice,,,master,FALSE",
	  "tcp 80-80 aservice control-plane; unit aservice.service" },
	{ "Ingress,TCP,80," HOST ",two words,,,master,FALSE", "tcp 80-80 two words control-plane" },
	{ "Ingress,TCP,80," HOST ",Aa0:_.@-,,,master,FALSE",
	  "tcp 80-80 Aa0:_.@- control-plane; unit Aa0:_.@-.service" },
	/* faults */
	{ "Ingress,TCP,80," HOST ",s,pod,,master,FALSE",
	  "f:1:38: Pod: pod: a host system service has neither pod nor container\n" },
	{ "Ingress,TCP,80," HOST ",s,,c,master,FALSE",
	  "f:1:38: Pod: a host system service has neither pod nor container\n"
	  "f:1:39: Container: c: a container of no pod\n" },
	{ "Ingress,TCP,80," HOST ",,,,master,FALSE",
	  "f:1:36: Service: neither a pod nor a service\n" },
	{ "Ingress,TCP,80,ns,svc,,c,master,FALSE",
	  "f:1:24: Container: c: a container of no pod\n" },
	{ "Ingress,TCP,80,Ns,svc,Pod,c_,master,FALSE",
	  "f:1:16: Namespace: Ns: not a name (a-z, 0-9, - and .)\n"
	  "f:1:23: Pod: Pod: not a name (a-z, 0-9, - and .)\n"
	  "f:1:27: Container: c_: not a name (a-z, 0-9, - and .)\n" },
	{ ",,,ns,svc,pod,c,,", "f:1:1: Direction: not Ingress: it says nothing about listeners\n"
			       "f:1:2: Protocol: not TCP, UDP or SCTP\n"
			       "f:1:3: Port: not ports (N or N-M, each 1 to 65535)\n"
			       "f:1:18: Optional: not TRUE or FALSE\n" },
	/* groups of nodes */
	{ "Ingress,TCP,80,ns,,pod,,,FALSE", "tcp 80-80 pod any; namespace ns; pod pod-*" },
	{ "Ingress,TCP,30000-32767,,node ports,,,,TRUE",
	  "tcp 30000-32767 node ports any optional" },
	{ "Ingress,TCP,80,ns,,pod,,storage,FALSE",
	  "tcp 80-80 pod worker; namespace ns; pod pod-*" },
	{ "Ingress,TCP,80,ns,,pod,,gpu,FALSE", "tcp 80-80 pod any; namespace ns; pod pod-*" },
	{ "Ingress,TCP,80,ns,,pod,,storage=,FALSE", "f:1:25: Node Role: storage=: " POOL },
	{ "Ingress,TCP,80,ns,,pod,,gp,FALSE", "f:1:25: Node Role: gp: " POOL },
	{ "Egress,ICMP,0,ns,svc,pod,c,infra,maybe",
	  "f:1:1: Direction: Egress: not Ingress: it says nothing about listeners\n"
	  "f:1:8: Protocol: ICMP: not TCP, UDP or SCTP\n"
	  "f:1:13: Port: 0: not ports (N or N-M, each 1 to 65535)\n"
	  "f:1:28: Node Role: infra: " POOL "f:1:34: Optional: maybe: not TRUE or FALSE\n" },
	{ "Ingress,TCP,80,ns,\"s\nt\",pod,c,master,FALSE",
	  "f:1:19: Service: s\\x0at: a line end in a cell\n" },
	{ "Ingress,TCP,80,ns,svc,pod,\"c\r\",master,FALSE",
	  "f:1:27: Container: c\\x0d: a line end in a cell\n" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_free_ char *got = read_row(cases[i].text);

		check_text(cases[i].text, got, cases[i].want);
	}
}

/* Texts up to the lengths that a registry takes. */
static void test_lengths(void **state)
{
	static const struct {
		const char *before, *after;
		int most;
		const char *fault;
	} lengths[] = {
		{ "Ingress,TCP,80,ns,", ",,,master,FALSE", ROW_SHORT_MAX, "Service: " },
		{ "Ingress,TCP,80,ns,,", ",,master,FALSE", ROW_SHORT_MAX, "Pod: " },
		{ "Ingress,TCP,80,", ",svc,,,master,FALSE", 251, "Namespace: " },
		{ "Ingress,TCP,80,ns,,p,", ",master,FALSE", 251, "Container: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		for (int more = 0; more < 2; more++) {
			_cleanup_buf_ struct buf text = { 0 };
			_cleanup_free_ char *got = NULL;

			buf_puts(&text, lengths[i].before);
			for (int n = 0; n < lengths[i].most + more; n++)
				buf_putc(&text, 'x');
			buf_puts(&text, lengths[i].after);
			got = read_row(text.data);
			check_int(lengths[i].fault, strstr(got, lengths[i].fault) != NULL, more);
		}
}

/* A record's cells are taken by the columns of its header. */
static void test_columns(void **state)
{
	static const enum matrix_column mixed[] = {
		MATRIX_OPTIONAL,  MATRIX_ROLE, MATRIX_CONTAINER, MATRIX_POD,	   MATRIX_SERVICE,
		MATRIX_NAMESPACE, MATRIX_PORT, MATRIX_PROTOCOL,	 MATRIX_DIRECTION,
	};
	static const char text[] = "TRUE,worker,c,pod,svc,ns,7,SCTP,Ingress";
	_cleanup_diags_ struct diags diags = { 0 };
	_cleanup_csv_ struct csv csv = csv_of("f", text, strlen(text), &diags);
	_cleanup_matrix_row_ struct matrix_row row = { 0 };
	struct csv_record record;

	(void)state;
	check_int("record", csv_next(&csv, &record), 1);
	check_int("row", matrix_row_parse(&csv, &record, mixed, NULL, &row), 0);
	check_text("process", row.process, "pod");
	check_text("service", row.service, "svc");
	check_int("optional", row.optional, true);
	check_int("role", row.role, REG_ROLE_WORKER);
	check_int("protocol", row.proto, HP_PROTO_SCTP);
	check_text("title", matrix_column_title(MATRIX_ROLE), "Node Role");
	check_int("title", matrix_column_of("node role"), MATRIX_ROLE);
	check_int("newer title", matrix_column_of("NodeGroup"), MATRIX_ROLE);
	check_int("another title", matrix_column_of("Node Group"), MATRIX_ROLE);
	check_int("title", matrix_column_of("Optional"), MATRIX_OPTIONAL);
	check_int("none", matrix_column_of("Node"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

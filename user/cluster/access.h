/* SPDX-License-Identifier: MIT */
/*
 * Where the API server is, or this node's kubelet, and as whom to ask it: in a cluster, or as a
 * kubeconfig file says.
 */
#pragma once

#include "../base/buf.h"

#define ACCESS_FILE_MAX (1UL << 20)

/* Where the kubelet puts the credentials of a pod. */
#define ACCESS_SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

struct access {
	struct buf server;    /* https://HOST[:PORT][/PATH] */
	struct buf ca;	      /* certificates in PEM form; empty: those that the system trusts */
	struct buf cert, key; /* the client's, in PEM form; empty: none */
	struct buf token;     /* empty: none */
	bool is_local;	      /* the server is on this machine, whatever its name resolves to */
};

/*
 * Read it from a kubeconfig file; NULL: that of a pod's service account. Certificates are always
 * verified, so a file that says otherwise is refused, as is one that takes its credentials from
 * another program. 0; -EINVAL with a sentence in `err`; -ENOMEM.
 */
int access_read(const char *kubeconfig, struct access *ret_access, struct buf *err);

/*
 * That of this node's kubelet, with the token of a pod's service account. `ca`: a file of the
 * authorities for the kubelet's certificate; NULL: the API server's. The same results.
 */
int access_read_kubelet(const char *node, const char *ca, struct access *ret_access,
			struct buf *err);

bool access_same(const struct access *a, const struct access *b);

void access_free(struct access *access);
#define _cleanup_access_ _cleanup_(access_free)

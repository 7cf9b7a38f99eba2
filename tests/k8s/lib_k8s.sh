# shellcheck shell=bash disable=SC2153,SC2034
# SPDX-License-Identifier: MIT
#
# A Kubernetes cluster of one node, for tests/k8s/test_k8s.sh: real etcd, API
# server, controller manager, scheduler, kubelet and containerd. Sourced after
# tests/e2e/lib.sh, whose control group, network namespace and directory it is in.
#
#   $CGROUP/plane   the control plane, as if it were another machine: it has a
#                   network namespace of its own, $PLANE
#   $CGROUP/node    the root of the node's cgroup namespace: kubelet and containerd
#                   are units in system.slice, pods in kubepods. The node has the
#                   test's network namespace, and a mount namespace (node.sh)
#
# Process ids are the machine's. All processes are below $CGROUP, and nothing else
# but the two network namespaces outlives them: so the guard of lib.sh clears away
# all of it, also after kill -9.

PLANE=$NAME-plane
PLANE_IP=10.99.0.1
NODE_IP=10.99.0.2
SERVICE_IP=10.96.0.1 # of the service kubernetes: where pods find the API server
NODE=$CGROUP/node
KUBE=$WORK/kube # programs
NODE_PID=
declare -A DAEMONS=() # pids by name

# shellcheck disable=SC2317 # called by clear_away
also_clear() {
	# The shell says nothing of those that end now.
	[ "${#DAEMONS[@]}" = 0 ] || disown "$NODE_PID" "${DAEMONS[@]}" 2>/dev/null
	# All at once: containerd and the kubelet start processes again.
	if [ -e "$CGROUP/cgroup.kill" ]; then echo 1 >"$CGROUP/cgroup.kill"; fi
	kill_cgroup
	if [ -e "/run/netns/$PLANE" ]; then ip netns del "$PLANE"; fi
}

# ---- processes -----------------------------------------------------------------------------------

# become_plane COMMAND...: this subshell becomes a process of the control plane.
# shellcheck disable=SC2317 # called by start_daemon
become_plane() {
	echo "$BASHPID" >"$CGROUP/plane/cgroup.procs" || exit 3
	exec nsenter --net="/run/netns/$PLANE" -- "$@"
}

# become_unit UNIT COMMAND...: it becomes one of a unit on the node.
become_unit() {
	local dir=$NODE/system.slice/$1
	shift
	mkdir -p "$dir" && echo "$BASHPID" >"$dir/cgroup.procs" || exit 3
	exec nsenter --target="$NODE_PID" --mount --net --cgroup -- "$@"
}

# unit UNIT COMMAND...: the same, to its end.
unit() { (become_unit "$@"); }

# start_daemon NAME COMMAND...: in the background; what it says is in $WORK/logs/NAME.
start_daemon() {
	local name=$1
	shift
	"$@" </dev/null >>"$WORK/logs/$name" 2>&1 9<&- &
	DAEMONS[$name]=$!
}

# comes_up SECONDS NAME CONDITION...: wait for a daemon; if it does not come, the end of its log.
comes_up() {
	local seconds=$1 name=$2
	shift 2
	until_true "$seconds" "$@" && return
	fail "$name does not come up; the end of its log:"
	tail -n 20 "$WORK/logs/$name" | sed 's/^/     /'
	return 1
}

# ---- the control plane ---------------------------------------------------------------------------

# k ARGS...: kubectl, as the cluster's administrator.
k() {
	KUBECONFIG=$WORK/admin.kubeconfig nsenter --net="/run/netns/$PLANE" -- \
		kubectl --cache-dir="$WORK/kubectl" "$@"
}

certificates() {
	cd "$WORK/pki" &&
		openssl genrsa -out account.key 2048 &&
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.crt -subj /CN=ca &&
		openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=kube-apiserver &&
		echo "subjectAltName=IP:$PLANE_IP,IP:$SERVICE_IP" >server.ext &&
		openssl x509 -req -days 2 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -extfile server.ext
}

# users: who may talk with the API server, by token, and their kubeconfig files.
users() {
	local user
	cat >"$WORK/pki/tokens" <<-EOF
		admin,admin,admin,"system:masters"
		node,system:node:node1,node1,"system:nodes"
	EOF
	for user in admin node; do
		cat >"$WORK/$user.kubeconfig" <<-EOF
			apiVersion: v1
			kind: Config
			current-context: c
			contexts: [{name: c, context: {cluster: k, user: u}}]
			clusters: [{name: k, cluster: {server: "https://$PLANE_IP:443", certificate-authority: $WORK/pki/ca.crt}}]
			users: [{name: u, user: {token: $user}}]
		EOF
	done
	chmod 0600 "$WORK"/*.kubeconfig "$WORK/pki/tokens"
}

networks() {
	ip netns add "$PLANE" &&
		ip -n "$PLANE" link set lo up &&
		ip -n "$NAME" link add plane type veth peer name node netns "$PLANE" &&
		ip -n "$PLANE" addr add "$PLANE_IP/24" dev node &&
		ip -n "$PLANE" addr add "$SERVICE_IP/32" dev lo &&
		ip -n "$PLANE" link set node up &&
		ip -n "$NAME" addr add "$NODE_IP/24" dev plane &&
		ip -n "$NAME" link set plane up &&
		ip -n "$NAME" route add 10.96.0.0/24 via "$PLANE_IP"
}

# shellcheck disable=SC2317 # called by until_true
api_ready() { k get --raw=/readyz 2>/dev/null | grep -q '^ok'; }

start_apiserver() {
	start_daemon kube-apiserver become_plane "$KUBE/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
		--bind-address=0.0.0.0 --advertise-address="$PLANE_IP" --secure-port=443 --insecure-port=0 \
		--tls-cert-file="$WORK/pki/server.crt" --tls-private-key-file="$WORK/pki/server.key" \
		--service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$WORK/pki/account.key" \
		--service-account-signing-key-file="$WORK/pki/account.key" --service-cluster-ip-range=10.96.0.0/24 \
		--authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
		--token-auth-file="$WORK/pki/tokens" --allow-privileged
	comes_up 180 kube-apiserver api_ready
}

# kill_apiserver: as if its machine had lost power. What etcd has stays.
kill_apiserver() {
	kill -KILL "${DAEMONS[kube-apiserver]}"
	wait "${DAEMONS[kube-apiserver]}" 2>/dev/null
}

start_plane() {
	start_daemon etcd become_plane etcd --data-dir="$WORK/etcd" --unsafe-no-fsync --log-level=warn \
		--listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
		--listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
		--initial-cluster=default=http://127.0.0.1:2380
	start_apiserver || return
	start_daemon kube-controller-manager become_plane "$KUBE/kube-controller-manager" \
		--kubeconfig="$WORK/admin.kubeconfig" --bind-address=127.0.0.1 --port=0 --leader-elect=false \
		--service-account-private-key-file="$WORK/pki/account.key" --root-ca-file="$WORK/pki/ca.crt" \
		--controllers='*,-ttl-after-finished'
	start_daemon kube-scheduler become_plane "$KUBE/kube-scheduler" \
		--kubeconfig="$WORK/admin.kubeconfig" --bind-address=127.0.0.1 --port=0 --leader-elect=false
}

# ---- images --------------------------------------------------------------------------------------

# image NAMES ENTRYPOINT DIR PROGRAM...: one from nothing: the programs, in DIR, and the libraries that they need.
# Names and entry point are words.
image() {
	local names=$1 entrypoint=$2 dir=$3 work=$WORK/image library digest
	shift 3
	rm -rf "$work"
	mkdir -p "$work/root$dir" "$work/root/tmp" &&
		cp -L "$@" "$work/root$dir" || return
	while read -r library; do cp -L --parents "$library" "$work/root" || return; done < <(
		ldd "$@" | grep -oE '/[^ ]+\.so[^ ]*' | sort -u)
	tar -C "$work/root" --owner=0 --group=0 -cf "$work/layer.tar" . || return
	digest=$(sha256sum <"$work/layer.tar")
	jq -n --arg architecture "$(dpkg --print-architecture)" --arg entrypoint "$entrypoint" --arg path "PATH=$dir" \
		--arg digest "sha256:${digest%% *}" '{os: "linux", $architecture,
			config: {Entrypoint: ($entrypoint | split(" ")), Env: [$path]}, rootfs: {type: "layers", diff_ids: [$digest]}}' \
		>"$work/config.json" &&
		jq -n --arg names "$names" '[{Config: "config.json", RepoTags: ($names | split(" ")), Layers: ["layer.tar"]}]' \
			>"$work/manifest.json" &&
		tar -C "$work" -cf "$work/image.tar" manifest.json config.json layer.tar &&
		unit containerd.service ctr -n k8s.io images import "$work/image.tar" >>"$WORK/logs/images" 2>&1
}

# The agent's has the name that its DaemonSet asks for. The subjects' is the pods' first process, too, which only waits.
images() {
	image "localhost/subjects:1 localhost/pause:1" "/bin/busybox sleep 1000000000" /bin \
		"$(command -v busybox)" "$B/tests/e2e/bindprobe" &&
		mv "$WORK/image/root" "$WORK/subjects" &&
		image hostportd:0.1.0 /usr/local/sbin/hostportd /usr/local/sbin "$B"/{hostportd,hostportctl,hostportd-pods}
}

# ---- the node ------------------------------------------------------------------------------------

start_containerd() {
	cp tests/k8s/runc.sh "$WORK/runc"
	cat >"$WORK/containerd.toml" <<-EOF
		version = 2
		root = "$WORK/containerd"
		[plugins."io.containerd.internal.v1.opt"]
		  path = "$WORK/opt"
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/pause:1"
		  restrict_oom_score_adj = true
		  disable_apparmor = true
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "/usr/lib/cni"
		    conf_dir = "$WORK/net.d"
		  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		    runtime_type = "io.containerd.runc.v2"
		    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
		      BinaryName = "$WORK/runc"
		      SystemdCgroup = false
	EOF
	cat >"$WORK/net.d/10-pods.conflist" <<-EOF
		{"cniVersion": "0.4.0", "name": "pods", "plugins": [
		  {"type": "bridge", "bridge": "pods0", "isGateway": true,
		   "ipam": {"type": "host-local", "dataDir": "$WORK/ipam", "subnet": "10.88.77.0/24", "routes": [{"dst": "0.0.0.0/0"}]}},
		  {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}]}
	EOF
	start_daemon containerd become_unit containerd.service containerd --config="$WORK/containerd.toml"
	comes_up 60 containerd test -S "/proc/$NODE_PID/root/run/containerd/containerd.sock"
}

# shellcheck disable=SC2317 # called by until_true
node_ready() { k get node node1 2>/dev/null | grep -q ' Ready '; }

# The kubelet looks for control groups of pods that are gone by the controllers that cgroup2 has. Where controllers are
# v1's it has none, and such pods would never end; so the kubelet alone sees one, with which it does nothing. Volumes
# that it mounts are seen by all.
# shellcheck disable=SC2016 # for the inner shell
AS_IF_MISC='mount --make-private /sys/fs/cgroup &&
	{ [ -s /sys/fs/cgroup/cgroup.controllers ] || mount --bind "$1" /sys/fs/cgroup/cgroup.controllers; } &&
	shift && exec "$@"'

start_kubelet() {
	: >"$WORK/resolv.conf"
	cat >"$WORK/kubelet.yaml" <<-EOF
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		address: $NODE_IP
		readOnlyPort: 0
		cgroupDriver: cgroupfs
		enforceNodeAllocatable: []
		failSwapOn: false
		staticPodPath: $WORK/manifests
		resolvConf: $WORK/resolv.conf
		makeIPTablesUtilChains: false
		authentication: {anonymous: {enabled: false}, webhook: {enabled: true}}
		authorization: {mode: Webhook}
		imageGCHighThresholdPercent: 100
		evictionHard: {nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
		syncFrequency: 10s
		kubeAPIQPS: 50
		kubeAPIBurst: 100
	EOF
	echo misc >"$WORK/controllers"
	start_daemon kubelet become_unit kubelet.service unshare --mount --propagation unchanged -- \
		bash -c "$AS_IF_MISC" bash "$WORK/controllers" "$KUBE/kubelet" --config="$WORK/kubelet.yaml" \
		--kubeconfig="$WORK/node.kubeconfig" --hostname-override=node1 --node-ip="$NODE_IP" --root-dir="$WORK/kubelet" \
		--cert-dir="$WORK/kubelet-pki" --volume-plugin-dir="$WORK/volume-plugins" --container-runtime=remote \
		--container-runtime-endpoint=unix:///run/containerd/containerd.sock
	comes_up 180 kubelet node_ready
}

start_node() {
	mkdir -p "$NODE"
	(
		echo "$BASHPID" >"$NODE/cgroup.procs" || exit 3
		exec nsenter --net="$NETNS" -- unshare --mount --cgroup --propagation private -- \
			tests/k8s/node.sh "$WORK" "$BPFFS"
	) </dev/null >>"$WORK/logs/node" 2>&1 9<&- &
	NODE_PID=$!
	SOCK=/proc/$NODE_PID/root/run/hostportd/agent.sock # the agent's, as the machine sees it
	comes_up 30 node test -e "$WORK/node.up"
}

# shellcheck disable=SC2317 # called by until_true
account_there() { k -n app get serviceaccount default >/dev/null 2>&1; }

# start_cluster: until the node is ready. The namespace of the subjects is app.
start_cluster() {
	mkdir -p "$CGROUP/plane" "$KUBE" "$WORK"/{logs,pki,net.d,manifests}
	zstd -dcq "$(tests/k8s/build.sh --cached)" | tar -C "$KUBE" -x || return
	(certificates) >"$WORK/logs/openssl" 2>&1 || return
	users
	networks && start_node && start_containerd && images && start_plane && start_kubelet &&
		k create namespace app >/dev/null && until_true 60 account_there
}

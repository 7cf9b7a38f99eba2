#!/bin/sh
# SPDX-License-Identifier: MIT
#
# install-packages.sh PACKAGE[/COMMAND]...: install the missing packages, on
# Debian. If a COMMAND is named and found, its package counts as installed: the
# command may come from elsewhere, and the package may conflict with it.
#
# Some packages are servers that the tests use. Their installation must not start
# them: a build is no reason to open ports. So while apt runs, a policy forbids
# every service start, unless the machine has a policy already.
set -eu

missing=
for word in "$@"; do
	package=${word%%/*}
	command=${word#"$package"}
	command=${command#/}
	if [ -n "$command" ] && command -v "$command" >/dev/null; then
		continue
	fi
	case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "install-packages: not root, and these packages are missing:$missing" >&2
	exit 1
fi

policy=/usr/sbin/policy-rc.d
cleanup() {
	[ -z "${made_policy:-}" ] || rm -f "$policy"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
if [ ! -e "$policy" ]; then
	made_policy=1
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 0755 "$policy"
fi

# progress: of apt's output, what it downloads, and now and then how far it is.
progress() {
	awk '
		/ newly installed, / { all = $1 + $3 }
		/^Need to get/ { print "  " $0 }
		/^Get:/ && ++got % 25 == 0 { print "  downloaded " got " of " all }
		/^Setting up / && (++up % 25 == 0 || up == all) { print "  installed " up " of " all }
		/^done$/ { done = 1 }
		{ fflush() }
		END { exit !done }'
}

# Who else installs something is waited for.
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -q update >/dev/null
# shellcheck disable=SC2086 # one word a package
if apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends install $missing; then echo "done"; fi | progress

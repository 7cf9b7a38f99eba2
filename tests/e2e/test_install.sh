#!/bin/bash
# SPDX-License-Identifier: MIT
#
# make install: what is there then; make uninstall: all of it is gone, and nothing else. Needs no root and no kernel.
# shellcheck source=lib.sh source-path=SCRIPTDIR disable=SC1091
. "$(dirname "$0")/lib.sh"

setup_files
if [ "$B" != build ]; then
	skip "make install: it is of the plain build"
	finish
fi
ROOT=$WORK/root
make_it() { make -s "$1" DESTDIR="$ROOT" prefix=/usr >"$WORK/said" 2>&1 || fail "make $1: $(tail -n 5 "$WORK/said")"; }
files() { (cd "$ROOT" && find . ! -type d | sort); }

make_it install
for file in sbin/hostportd sbin/hostportctl share/man/man8/hostportd.8 share/man/man8/hostportctl.8 \
	share/man/man5/hostportd-json.5 share/man/man5/hostportd-registry.5 \
	lib/systemd/system/hostportd.service share/bash-completion/completions/hostportctl \
	share/zsh/site-functions/_hostportctl share/fish/vendor_completions.d/hostportctl.fish; do
	if [ -s "$ROOT/usr/$file" ]; then pass "installed: $file"; else fail "not installed: $file"; fi
done
has "the unit names the program" "$(cat "$ROOT/usr/lib/systemd/system/hostportd.service")" '/usr/sbin/hostportd'
has "what is installed runs" "$("$ROOT/usr/sbin/hostportctl" --version)" '^hostportctl '
echo mine >"$ROOT/usr/sbin/mine"
mkdir -p "$ROOT/etc/hostportd/registry"
echo mine >"$ROOT/etc/hostportd/registry/99-mine.yaml"
make_it uninstall
is "uninstalled: only what is not ours is left" "$(files | grep -v '^./etc/' | xargs)" ./usr/sbin/mine
has "uninstalled: settings stay" "$(files)" '^./etc/hostportd/registry/99-mine.yaml$'
finish

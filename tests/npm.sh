#!/bin/sh
# SPDX-License-Identifier: MIT
#
# npm.sh DIR: install the packages of DIR's package-lock.json, unless they are
# there. Suites that run side by side share them.
set -eu
cd "$1"
exec 9<package-lock.json
flock 9
cmp -s package-lock.json node_modules/.installed && exit 0
npm ci --prefer-offline --no-audit --no-fund --silent 9<&-
cp package-lock.json node_modules/.installed

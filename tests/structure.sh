#!/bin/bash
# SPDX-License-Identifier: MIT
#
# structure.sh BUILD <SOURCES: what the linker and the preprocessor know of the structure. The
# sources (paths, a line each, headers too) have their objects below BUILD. Prints, a line each:
# a name that two files define; each reference that is part of a cycle between files, and between
# folders; a library's header that more than one file includes. Nothing: all is well.
set -u
build=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/sources"

# Headers of the C library and of the kernel. All others are a library's, and so are threads.
system='(arpa|asm|asm-generic|linux|net|netinet)/.*'
system+='|sys/(epoll|file|inotify|ioctl|mman|prctl|random|resource|signalfd|socket|stat|syscall|time)\.h'
system+='|sys/(timerfd|types|uio|un|utsname|vfs|wait)\.h'
system+='|(assert|ctype|dirent|endian|errno|fcntl|fnmatch|fts|inttypes|libgen|limits|locale|malloc|poll)\.h'
system+='|(sched|search|signal|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|strings|syslog|termios)\.h'
system+='|(time|unistd|wchar)\.h'
xargs -d '\n' grep -HoE '^#include <[^>]+>' <"$dir/sources" | sed -E 's/^(.*):#include <(.*)>$/\2 \1/' |
	grep -vE "^($system) " | sort -u |
	awk '{ by[$1] = by[$1] " " $2; n[$1]++ } END { for (h in n) if (n[h] > 1) print "<" h ">: included by" by[h] }'

# FILE NAME 1: the file defines it; FILE NAME 0: the file refers to it.
grep -v '\.h$' "$dir/sources" | while IFS= read -r source; do
	object=$build/${source%.*}.o
	if [ -f "$object" ]; then echo "$object $source"; else echo "$object: not built" >&3; fi
done 3>&1 >"$dir/objects"
cut -d ' ' -f 1 "$dir/objects" | xargs -d '\n' nm --extern-only -A | sed 's/\.o:/.o /' |
	awk 'NR == FNR { source[$1] = $2; next }
		NF == 4 { print source[$1], $4, 1 }
		NF == 3 && $2 == "U" { print source[$1], $3, 0 }' "$dir/objects" - >"$dir/names"

awk '
	$3 && $2 != "main" && $2 in home { print $2 ": defined by " home[$2] " and " $1 }
	$3 { home[$2] = $1 }
	!$3 { from[++refs] = $1; name[refs] = $2 }

	function folder(path) { sub(/\/[^\/]*$/, "", path); return path }

	# Can one get from node `a` to node `b` along the edges?
	function reaches(a, b,    seen, queue, head, tail, to, n, i) {
		queue[tail = 1] = a
		for (head = 1; head <= tail; head++) {
			if (queue[head] == b)
				return 1
			n = split(out[queue[head]], to, " ")
			for (i = 1; i <= n; i++)
				if (!(to[i] in seen)) {
					seen[to[i]]
					queue[++tail] = to[i]
				}
		}
		return 0
	}

	function cycles(what, by_folder,    i, a, b, edge, end) {
		split("", out)
		split("", names)
		for (i = 1; i <= refs; i++) {
			if (!(name[i] in home))
				continue
			a = by_folder ? folder(from[i]) : from[i]
			b = by_folder ? folder(home[name[i]]) : home[name[i]]
			if (a == b)
				continue
			if (!((a, b) in names))
				out[a] = out[a] " " b
			names[a, b] = names[a, b] " " name[i]
		}
		for (edge in names) {
			split(edge, end, SUBSEP)
			if (reaches(end[2], end[1]))
				print "cycle of " what ": " end[1] " -> " end[2] ":" names[edge]
		}
	}

	END {
		cycles("files", 0)
		cycles("folders", 1)
	}' "$dir/names" | sort

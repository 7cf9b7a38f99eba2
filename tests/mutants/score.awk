# SPDX-License-Identifier: MIT
#
# score.awk: the score of results.tsv (outcome, by what, file, line, function, kind, old, new): a line
# a room, the weak files, the total. The exit status is 1 if less than 90 % were killed of all, or less
# than 75 % of a file of which at least 4 were tried: of fewer, one survivor says little.

function share(killed, all) { return all ? 100 * killed / all : 100 }

function row(name, killed, all) {
	return sprintf("%-28s %5d %5d %5.0f %%", name, killed, all, share(killed, all))
}

BEGIN { FS = "\t" }

$1 == "killed" || $1 == "survived" {
	room = $3
	sub(/\/[^\/]*$/, "", room)
	for (i = 1; i <= 3; i++) {
		key = i == 1 ? "total" : i == 2 ? room "/" : $3
		all[key]++
		killed[key] += $1 == "killed"
	}
}
$1 == "killed" { by[$2 ~ /^e2e/ ? "end to end" : $2 ~ /^bpf/ ? "in the kernel" : "unit"]++ }

END {
	printf "%-28s %5s %5s %7s\n", "room or weak file", "killed", "of", "share"
	for (key in all) {
		if (key == "total")
			continue
		weak = all[key] >= 4 && share(killed[key], all[key]) < 75 && key !~ /\/$/
		few += weak
		if (weak || key ~ /\/$/)
			print row(key, killed[key], all[key]) | "sort"
	}
	close("sort")
	print row("total", killed["total"], all["total"])
	for (key in by)
		printf "%s: %d; ", key, by[key]
	printf "%d weak files\n", few
	exit !all["total"] || share(killed["total"], all["total"]) < 90 || few > 0
}

# SPDX-License-Identifier: MIT
#
# Completion for fish, of what completions.awk says of a program.
function quoted(text) {
	gsub(/['\\]/, "", text)
	return "'" text "'"
}

# Where it is offered: behind these verbs, and behind no more of them if `exactly`.
function at(path, exactly) {
	return "complete -c " program (path == "" && !exactly ? "" : " -n " quoted("__" program "_" (exactly ? "is" : "in") " " path))
}

function values(kind, words) {
	if (kind == "words" || kind == "list") return " -x -a " quoted(words)
	if (kind == "port") return " -x -a " quoted("(__" program "_ports)")
	if (kind == "file") return " -r -F" (words == "" ? "" : " -a " quoted(words))
	return kind == "flag" ? "" : " -x"
}

BEGIN {
	print "# Made of the help of " program "; see complete(1) of fish."
	print "function __" program "_verbs"
	print "    for word in (commandline -opc)[2..-1]"
	print "        string match -q -- \"-*\" $word; or echo $word"
	print "    end"
	print "end"
	print "function __" program "_is"
	print "    test \"$(string join \" \" -- (__" program "_verbs))\" = \"$argv\""
	print "end"
	print "function __" program "_in"
	print "    set -l verbs (__" program "_verbs)"
	print "    test \"$verbs[1..(count $argv)]\" = \"$argv\""
	print "end"
	print "function __" program "_ports"
	print "    " program " registry show 2>/dev/null | awk 'NR > 1 && $4 ~ /^[0-9]/ && !seen[$4 $3]++ {print $4 \"/\" $3}'"
	print "end"
	print "complete -c " program " -f"
}
$1 == "verb" { print at($2, 1) " -a " quoted($3) " -d " quoted($4) }
$1 == "operand" {
	operand = values($3, $4)
	gsub(/^ -[xr]/, "", operand)
	print at($2, 0) operand
}
$1 == "option" { print at($2, 0) " -l " $4 ($3 == "" ? "" : " -s " $3) values($5, $6) " -d " quoted($7) }

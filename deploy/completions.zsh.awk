# SPDX-License-Identifier: MIT
#
# Completion for zsh, of what completions.awk says of a program.
function plain(help) {
	gsub(/['`\\]/, "", help)
	gsub(/\[|\]/, "", help)
	gsub(/:/, ",", help)
	return help
}

# A colon parts the fields of a specification. (What gsub() makes of backslashes differs between awks.)
function escaped(words,    part, n, i, out) {
	n = split(words, part, ":")
	out = part[1]
	for (i = 2; i <= n; i++) out = out "\\:" part[i]
	return out
}

function action(kind, words) {
	words = escaped(words)
	if (kind == "words") return "(" words ")"
	if (kind == "list") return "_values -s , list " words
	if (kind == "port") return "_" program "_ports"
	if (kind == "file") return words == "" ? "_files" : "{_files; compadd -- " words "}"
	return ""
}

function name_of(path) { gsub(/[ -]/, "_", path); return "_" program (path == "" ? "" : "__" path) }

function note(path) {
	if (!(path in noted)) list_of_paths[++paths] = path
	noted[path]
}

$1 == "verb" { verbs[$2] = verbs[$2] "\n\t\t'" $3 ":" plain($4) "'"; below[$2] = below[$2] " " $3; note($2) }
$1 == "operand" { operand[$2] = "'*:" $3 ":" action($3, $4) "'"; note($2) }
$1 == "option" {
	spec = "[" plain($7) "]" ($5 == "flag" ? "" : ":" $4 ":" action($5, $6))
	equals = $5 == "flag" ? "" : "="
	line = " \\\n\t\t'*--" $4 equals spec "'"
	if ($3 != "") line = line " \\\n\t\t'*-" $3 ($5 == "flag" ? "" : "+") spec "'"
	options[$2] = options[$2] line
	if ($2 == "" && $4 != "help" && $4 != "version") everywhere = everywhere line
	note($2)
}

END {
	print "#compdef " program
	print "# Made of the help of " program "; see zshcompsys(1)."
	print "\n_" program "_ports() {"
	print "\tlocal -a ports"
	print "\tports=(${(f)\"$(" program " registry show 2>/dev/null | awk 'NR > 1 && $4 ~ /^[0-9]/ && !seen[$4 $3]++ {print $4 \"/\" $3}')\"})"
	print "\tcompadd -a ports\n}"
	for (p = 1; p <= paths; p++) {
		path = list_of_paths[p]
		print "\n" name_of(path) "() {"
		print "\tlocal curcontext=$curcontext state line"
		print "\ttypeset -A opt_args"
		printf "\t_arguments -C%s%s", options[path], path == "" ? "" : everywhere
		if (path in verbs) {
			print " \\\n\t\t'1:verb:->verb' '*::argument:->argument'"
			print "\tlocal result=$?"
			print "\tlocal -a verbs\n\tverbs=(" verbs[path] "\n\t)"
			print "\tcase $state in\n\tverb) _describe verb verbs; result=$? ;;\n\targument)\n\t\tcase $words[1] in"
			n = split(below[path], list, " ")
			for (i = 1; i <= n; i++)
				print "\t\t" list[i] ") " name_of(path == "" ? list[i] : path " " list[i]) "; result=$? ;;"
			print "\t\tesac\n\t\t;;\n\tesac\n\treturn $result"
		} else
			print path in operand ? " \\\n\t\t" operand[path] : ""
		print "}"
	}
	print "\n_" program " \"$@\""
}

# SPDX-License-Identifier: MIT
#
# Completion for bash, of what completions.awk says of a program.
function note(path) {
	if (!(path in noted)) list_of_paths[++paths] = path
	noted[path]
}

$1 == "verb" { verbs[$2] = verbs[$2] " " $3; note($2) }
$1 == "operand" { operand[$2] = "kind=" $3 " words='" $4 "'"; note($2) }
$1 == "option" {
	options[$2] = options[$2] " --" $4 ($5 == "flag" ? "" : "=")
	if ($2 == "" && $4 != "help" && $4 != "version") everywhere = everywhere " --" $4 ($5 == "flag" ? "" : "=")
	note($2)
	if ($5 == "flag") next
	at = ($2 == "" ? "" : $2 " ")
	pattern = "'" at "--" $4 "'" ($3 == "" ? "" : " | '" at "-" $3 "'")
	values = values "\t" pattern ") kind=" $5 " words='" $6 "' ;;\n"
}

END {
	f = "_" program
	print "# Made of the help of " program "; see bash(1), Programmable Completion."
	print f "_values() {\n\tcase $1 in\n" values "\t*) kind= words= ;;\n\tesac\n}\n"
	print f "_verb() {\n\tkind= words=\n\tcase $1 in"
	for (p = 1; p <= paths; p++) {
		path = list_of_paths[p]
		print "\t'" path "') verbs='" substr(verbs[path], 2) "' options='" substr(options[path] (path == "" ? "" : everywhere), 2) "' " operand[path] " ;;"
	}
	print "\tesac\n}\n"
	print f "_offer() { # CANDIDATE...: those that begin as what is typed"
	print "\tlocal candidate skip="
	print "\t# bash replaces only what stands behind the last = or :"
	print "\tcase $COMP_WORDBREAKS in *=*) case $typed in *[=:]*) skip=${typed%\"${typed##*[=:]}\"} ;; esac ;; esac"
	print "\tCOMPREPLY=()"
	print "\tfor candidate; do"
	print "\t\tcase $candidate in \"$typed\"*) COMPREPLY+=(\"${candidate#\"$skip\"}\") ;; esac"
	print "\tdone"
	print "\tcase ${COMPREPLY[0]-} in *=) compopt -o nospace ;; esac"
	print "}\n"
	print f "_value() { # PREFIX: of what is typed, which a value follows"
	print "\tlocal prefix=$1 value=${typed#\"$1\"} listed="
	print "\tcase $kind in"
	print "\twords) ;;"
	print "\tlist) case $value in *,*) listed=${value%,*}, ;; esac ;;"
	print "\tport) words=$(" program " registry show 2>/dev/null | awk 'NR > 1 && $4 ~ /^[0-9]/ && !seen[$4 $3]++ {print $4 \"/\" $3}') ;;"
	print "\tfile)"
	print "\t\t" f "_offer ${words:+$(printf -- \"$prefix%s \" $words)}"
	print "\t\tcompopt -o filenames"
	print "\t\tmapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$value\")"
	print "\t\treturn"
	print "\t\t;;"
	print "\t*) return ;;"
	print "\tesac"
	print "\t[ -z \"$words\" ] || " f "_offer $(printf -- \"$prefix$listed%s \" $words)"
	print "}\n"
	print f "() {"
	print "\tlocal line=${COMP_LINE:0:COMP_POINT} path= previous= word kind words verbs options typed"
	print "\tlocal -a before"
	print "\tCOMPREPLY=()"
	print "\tread -ra before <<<\"$line\""
	print "\ttyped="
	print "\tcase $line in *[![:blank:]]) typed=${before[${#before[@]} - 1]}; unset \"before[${#before[@]} - 1]\" ;; esac"
	print "\t" f "_verb ''"
	print "\tfor word in \"${before[@]:1}\"; do"
	print "\t\tprevious=$word"
	print "\t\tcase \" $verbs \" in *\" $word \"*) path+=${path:+ }$word; " f "_verb \"$path\" ;; esac"
	print "\tdone"
	print "\tcase $typed in"
	print "\t-*=*)"
	print "\t\t" f "_values \"${path:+$path }${typed%%=*}\""
	print "\t\t[ -n \"$kind\" ] || " f "_values \"${typed%%=*}\""
	print "\t\t" f "_value \"${typed%%=*}=\""
	print "\t\treturn"
	print "\t\t;;"
	print "\tesac"
	print "\tcase $previous in"
	print "\t-*=*) ;;"
	print "\t-*)"
	print "\t\tlocal operand_kind=$kind operand_words=$words"
	print "\t\t" f "_values \"${path:+$path }$previous\""
	print "\t\tif [ -n \"$kind\" ]; then " f "_value ''; return; fi"
	print "\t\tkind=$operand_kind words=$operand_words"
	print "\t\t;;"
	print "\tesac"
	print "\tcase $typed in"
	print "\t-*) " f "_offer $options ;;"
	print "\t*) if [ -n \"$verbs\" ]; then " f "_offer $verbs; elif [ -n \"$kind\" ]; then " f "_value ''; else " f "_offer $options; fi ;;"
	print "\tesac"
	print "}\n"
	print "complete -F " f " " program
}

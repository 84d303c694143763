# SPDX-License-Identifier: MIT
# Sourced, with the top of the tree as the current folder: what a mutant is. Its patch begins with
# fields, 'NAME: VALUE' lines: Promise, Noticed-by, Where, Survives. Indented lines go on with the
# field before them.
# shellcheck shell=bash

mutant_names() { find tests/mutants -name '*.patch' -printf '%f\n' | sed 's/\.patch$//' | sort; }

mutant_file() { printf '%s\n' "tests/mutants/$1.patch"; }

# mutant_field NAME FIELD
mutant_field() {
	awk -v field="$2:" '
		/^---/ { exit }
		/^[^ ]|^$/ { inside = $1 == field; $1 = "" }
		inside { sub(/^ +/, ""); printf "%s%s", between, $0; between = " " }
		END { print "" }' \
		"$(mutant_file "$1")"
}

# mutant_tests NAME: the tests that should notice it, one a line.
mutant_tests() { mutant_field "$1" Noticed-by | tr -s ' ' '\n'; }

# mutant_where NAME: 'unit', 'prove', or KERNEL/MACHINE, as in tools/test --leg.
mutant_where() {
	local where
	where=$(mutant_field "$1" Where)
	case $where in
	'' | guest) echo 6.12-amd64/msi ;;
	unit | prove | */*) printf '%s\n' "$where" ;;
	*) printf '%s\n' "6.12-amd64/$where" ;;
	esac
}

# mutant_files NAME: the files that it changes, one a line.
mutant_files() { sed -n 's|^+++ b/||p' "$(mutant_file "$1")"; }

# mutant_apply NAME TREE [PATCH-OPTION]...: the lines may have moved, and must be the same.
mutant_apply() {
	local file
	file=$(readlink -f "$(mutant_file "$1")")
	patch -d "$2" -p1 -s -f -F0 -r- --no-backup-if-mismatch "${@:3}" < "$file"
}

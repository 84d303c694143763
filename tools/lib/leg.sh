# SPDX-License-Identifier: MIT
# Sourced: a leg of the guest tests, KERNEL/MACHINE[+DIFFERENCE]...[:TEST[,...]] (see tools/test),
# taken apart.
# shellcheck shell=bash

# A kernel may be the path of a kit; the machine is what follows the last slash before the
# differences.
leg_where() { printf '%s\n' "${1%%:*}"; }
leg_base() { local where; where=$(leg_where "$1"); printf '%s\n' "${where%%+*}"; }
leg_kernel() { local base; base=$(leg_base "$1"); printf '%s\n' "${base%/*}"; }
leg_machine() { local base; base=$(leg_base "$1"); printf '%s\n' "${base##*/}"; }
leg_differences() { leg_where "$1" | tr '+' '\n' | tail -n +2; }

# leg_group LEG: the name its results go by.
leg_group() {
	local kernel where
	kernel=$(leg_kernel "$1")
	where=$(leg_where "$1")
	printf '%s%s\n' "${kernel##*/}" "${where#"$kernel"}"
}

# leg_file LEG: its group in names of files.
leg_file() { leg_group "$1" | tr / -; }

# leg_programs LEG: the build tree that its programs are taken from.
leg_programs() {
	local dir default=build
	[[ $(leg_kernel "$1") != *-arm64 ]] || default=build/arm64
	dir=$(leg_differences "$1" | sed -n 's/^programs=//p')
	printf '%s\n' "${dir:-$default}"
}

# build_programs_of DIR: makes a build tree of ours other than build.
build_programs_of() {
	case $1 in
	build/m32) tools/lib/m32-build ;;
	build/arm64) tools/lib/arm64-build ;;
	esac
}

# build_witness_of LEG KIT MODULES: adds the modules that a model needs as its witness. The driver
# is that of the kernel whose sources there are.
build_witness_of() {
	[[ $(leg_where "$1") == *+model=xdma* && $(cat "$2/release") == 6.12* ]] || return 0
	tools/lib/witness-build "$2" "$3"
}

# What a guest with Python has besides.
PYTHON_TREE=build/python-tree

# build_python_of LEG: makes that.
build_python_of() {
	[[ $(leg_where "$1") != *+python* ]] || tests/python/tree "$PYTHON_TREE"
}

# leg_options LEG: for tests/vm/run, one a line.
leg_options() {
	local difference append=''
	printf '%s\n' --leg "$(leg_machine "$1")"
	while read -r difference; do
		case $difference in
		memory=*) printf '%s\n' --mem "${difference#*=}" ;;
		noncoherent) printf '%s\n' --noncoherent ;;
		bar=*) printf '%s\n' --bar "${difference#*=}" ;;
		model=*) printf '%s\n' --model "${difference#*=}" ;;
		python) printf '%s\n' --tree "$PYTHON_TREE" ;;
		programs=* | guests=* | part=*) ;;
		*) append+=" $difference" ;;
		esac
	done < <(leg_differences "$1")
	[ -z "$append" ] || printf '%s\n' --append "${append# }"
}

# tests_within A B: the tests that are in both; each is SUITE, SUITE:TEST or SUITE:TEST/VARIANT.
tests_within() {
	case $1 in
	"$2" | "$2"[:/]*) printf '%s\n' "$1" ;;
	*)
		case $2 in
		"$1"[:/]*) printf '%s\n' "$2" ;;
		esac ;;
	esac
}

# leg_tests LEG [TEST]...: the tests to run in it, one a line; of those that are named when there
# are some. None: all. $all_suites has the names that '-SUITE' excepts some from, separated by
# spaces.
leg_tests() {
	local own=() one other
	[ "$1" = "${1%%:*}" ] || IFS=, read -ra own <<<"${1#*:}"
	shift
	[[ ${own[0]-} != -* ]] ||
		mapfile -t own < <(tr ' ' '\n' <<<"${all_suites-}" |
			grep -vxFf <(printf '%s\n' "${own[@]#-}"))
	if [ ${#own[@]} = 0 ]; then
		[ $# = 0 ] || printf '%s\n' "$@"
	elif [ $# = 0 ]; then
		printf '%s\n' "${own[@]}"
	else
		for one in "${own[@]}"; do
			for other; do tests_within "$one" "$other"; done
		done
	fi
}

# leg_parts LEG: with guests=N, one leg for each guest, between which the suites are shared out so
# that all take as long; else the leg. Standard input has 'SUITE:TEST SECONDS' lines of its tests.
leg_parts() {
	local leg=$1 guests where
	guests=$(leg_differences "$leg" | sed -n 's/^guests=//p')
	if [ -z "$guests" ]; then
		printf '%s\n' "$leg"
		return
	fi
	where=$(leg_where "$leg")
	where=${where/+guests=$guests/}
	# The longest first, each to the guest that has least.
	awk '{ sub(/:.*/, "", $1); seconds[$1] += $2 }
		END { for (suite in seconds) print seconds[suite], suite }' |
	sort -k 1,1nr -k 2 |
	awk -v guests="$guests" -v where="$where" '{
			least = 1
			for (i = 2; i <= guests; i++) if (load[i] < load[least]) least = i
			load[least] += $1
			suites[least] = suites[least] (suites[least] != "" ? "," : "") $2
		}
		END {
			for (i = 1; i <= guests; i++)
				if (suites[i] != "") print where "+part=" i ":" suites[i]
		}'
}

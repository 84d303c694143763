# SPDX-License-Identifier: MIT
# Sourced: repeats tests that may have failed by chance. A file GROUP.results has a line for each
# test, 'PASS|FAIL|SKIP SUITE:TEST MESSAGE'; the message of a failure begins with its kind
# (tests/lib/main.c).
# shellcheck shell=bash

REPEATS=3
MOST_REPEATED=10  # more are a real problem

# may_be_chance FILE...: the tests that failed by an assertion or by their time limit. A report in
# the kernel log, something left in the kernel, a program or guest that crashed: never chance.
may_be_chance() { sed -nE 's/^FAIL ([^ ]+) (assertion|time limit): .*/\1/p' "$@"; }

# settle FILE TEST VERDICT PREFIX SUFFIX: changes the result of a test that failed.
settle() {
	local file=$1
	label=$2 verdict=$3 prefix=$4 suffix=$5 awk '
		$1 == "FAIL" && $2 == ENVIRON["label"] {
			message = substr($0, length("FAIL ") + length($2) + 2)
			print ENVIRON["verdict"], $2, ENVIRON["prefix"] message ENVIRON["suffix"]
			next
		}
		{ print }' "$file" > "$file.settled"
	mv "$file.settled" "$file"
}

# wrong_again REPORT TEST: what is wrong with the result of a test, if it did not pass.
wrong_again() {
	awk -v label="$2" '
		$2 != label || $1 !~ /^(PASS|FAIL|SKIP)$/ { next }
		{ last = $1; message = substr($0, length($1) + length($2) + 3) }
		END {
			if (last == "SKIP") print "skipped: " message
			else if (last != "PASS") print last ? message : "it did not end"
		}' "$1"
}

# repeat_group RUNNER FILE TEST...: those that pass each time have passed, and are 'unsteady'.
repeat_group() {
	local runner=$1 file=$2 group report=$2.again round status label wrong left=()
	group=$(basename "$file" .results)
	shift 2
	for ((round = 1; round <= REPEATS && $# > 0; round++)); do
		status=0 left=()
		"$runner" "$group" "$round" "$@" > "$report" || status=$?
		for label; do
			wrong=$(wrong_again "$report" "$label")
			[ "$status" -le 1 ] || wrong=${wrong:-the run ended with code $status}
			if [ -z "$wrong" ]; then
				left+=("$label")
			else
				settle "$file" "$label" FAIL '' " (repeat $round: $wrong)"
			fi
		done
		set -- "${left[@]}"
	done
	for label; do settle "$file" "$label" PASS 'unsteady: ' ''; done
}

# repeat_failures RUNNER FILE...: 'RUNNER GROUP ROUND TEST...' runs these tests of the group once
# more, alone, and prints their results; an exit code above 1 says that the run itself failed.
repeat_failures() {
	local runner=$1 file count labels
	shift
	[ $# -gt 0 ] || return 0
	count=$(may_be_chance "$@" | wc -l)
	[ "$count" -le $MOST_REPEATED ] || {
		note "== $count tests failed: too many to repeat them"
		return 0
	}
	for file; do
		mapfile -t labels < <(may_be_chance "$file")
		[ ${#labels[@]} = 0 ] || repeat_group "$runner" "$file" "${labels[@]}"
	done
}

# unsteady_of FILE...: their lines.
unsteady_of() { sed -n '/^PASS .* unsteady: /p' "$@"; }

# SPDX-License-Identifier: MIT
# Sourced by tests that are scripts: reports in the same form as the test programs (main.c).
# shellcheck shell=bash

passed=0 failed=0 skipped=0

# check SUITE:TEST COMMAND...: passes when the command succeeds without printing anything.
check() {
	local label=$1 output status=0 began=$SECONDS
	shift
	echo "RUN $label"
	output=$("$@" 2>&1) || status=$?
	if [ $status = 0 ] && [ -z "$output" ]; then
		passed=$((passed + 1))
		echo "PASS $label $((SECONDS - began)) s"
	else
		failed=$((failed + 1))
		printf '%s\n' "--- $label (exit code $status)" "$output" >&2
		echo "FAIL $label ${output%%$'\n'*}"
	fi
}

# skip SUITE:TEST REASON
skip() {
	skipped=$((skipped + 1))
	echo "RUN $1"
	echo "SKIP $1 $2"
}

finish() {
	echo "DONE $passed $failed $skipped"
	[ $failed = 0 ]
}

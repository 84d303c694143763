# SPDX-License-Identifier: MIT
# Sourced: what each test took the last time, on each kernel: files with 'SUITE:TEST SECONDS' lines.
# shellcheck shell=bash

# durations_of KERNEL
durations_of() { printf '%s\n' "$KPLUG_CACHE/durations-${1##*/}"; }

# remember_durations FILE RESULTS: those of the tests that passed, for the next run.
remember_durations() {
	local file=$1
	(
		flock 6
		awk '$1 == "PASS" && $4 == "s" && NF == 4 { print $2, $3 }' "$2" > "$file.new"
		touch "$file"
		awk '$1 ~ /:/ && !seen[$1]++' "$file.new" "$file" > "$file.all"
		mv "$file.all" "$file"
		rm "$file.new"
	) 6>"$file.lock"
}

# expected_seconds FILE DEFAULT LABEL...: 'LABEL SECONDS' lines. A new test takes as long as others
# of its suite, or the default.
expected_seconds() {
	local file=$1 default=$2
	shift 2
	[ $# -gt 0 ] || return 0
	printf '%s\n' "$@" | awk -v default="$default" '
		function suite(label) { sub(/:.*/, "", label); return label }
		old && !/:/ { next }
		old {
			known[$1] = $2
			sum[suite($1)] += $2
			count[suite($1)]++
			next
		}
		$1 in known { print $1, known[$1]; next }
		count[suite($1)] { print $1, sum[suite($1)] / count[suite($1)]; next }
		{ print $1, default }' \
		old=1 <(cat "$file" 2>/dev/null || true) old=0 -
}

# suite_seconds FILE...: 'SECONDS SUITE' lines of results, the longest first.
suite_seconds() {
	awk '/^(PASS|FAIL|SKIP) / { split($2, label, ":") }
		$1 == "PASS" && $4 == "s" && NF == 4 { seconds[label[1]] += $3 }
		END { for (suite in seconds) printf "%.0f %s\n", seconds[suite], suite }' "$@" |
		sort -rn
}

# show_durations DIR: one line a group, its longest suites first.
show_durations() {
	local file
	echo "seconds:"
	for file in "$1"/*.results; do
		suite_seconds "$file" | awk -v group="$(basename "$file" .results)" '
			{ all += $1; if (NR <= 6) longest = longest (NR > 1 ? ", " : "") $2 " " $1 }
			END { if (all) printf "  %-36s %5d: %s\n", group, all, longest }'
	done
}

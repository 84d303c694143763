# SPDX-License-Identifier: MIT
# Sourced: how far a run of tools/test is. The plan has a line for each test, 'GROUP LABEL SECONDS';
# the label is '-' for a group whose tests are not known beforehand.
# shellcheck shell=bash

PROGRESS_SECONDS=60  # between two lines

# progress PLAN DIR JOBS: one line. DIR has what the groups have reported until now, in GROUP.out or
# GROUP/verdict, and GROUP.results for those that have ended.
progress() {
	local plan=$1 dir=$2 jobs=$3 group report reports=() ended=''
	while read -r group; do
		for report in "$dir/$group.out" "$dir/$group/verdict"; do
			[ ! -e "$report" ] || reports+=("group=$group" "$report")
		done
		[ ! -e "$dir/$group.results" ] || ended+=" $group"
	done < <(cut -d ' ' -f 1 "$plan" | sort -u)
	awk -v jobs="$jobs" -v ended="$ended" '
		{ sub(/\r$/, "") }
		!group { plan[$1, $2] = $3; all += $2 != "-"; next }
		!((group, $2) in plan) { next }
		$1 == "FAIL" { failed++ }
		$1 ~ /^(PASS|FAIL|SKIP)$/ {
			done++
			if ($1 == "PASS" && $4 == "s") { took += $3; planned += plan[group, $2] }
			delete plan[group, $2]
		}
		END {
			split(ended, names, " ")
			for (i in names) delete plan[names[i], "-"]
			for (test in plan) {
				split(test, name, SUBSEP)
				left[name[1]] += plan[test]
				sum += plan[test]
			}
			for (one in left) if (left[one] > longest) longest = left[one]
			seconds = sum / jobs > longest ? sum / jobs : longest
			# Where the plan is a guess, the tests until now say how good it is.
			if (planned > 20) seconds *= took / planned
			printf "== %d of %d tests, %d failed, about %d min left\n",
				done, all, failed, seconds / 60 + 0.5
		}' "$plan" "${reports[@]}"
}

# watch_progress PLAN DIR JOBS: until it is killed. The sleep that remains must not keep a pipe
# open.
watch_progress() {
	while sleep $PROGRESS_SECONDS > /dev/null 2>&1; do progress "$@"; done
}

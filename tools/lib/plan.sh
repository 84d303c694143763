# SPDX-License-Identifier: MIT
# Sourced by tools/test, whose variables it uses: which tests will run, and what each will take. The
# file $out/plan is for tools/lib/progress.sh.
# shellcheck shell=bash disable=SC2154

# labels_of LEG: the tests to run in it, one a line.
labels_of() {
	local tests
	mapfile -t tests < <(leg_tests "$1" "${only[@]}")
	# All tests that were asked for are in suites that this leg is not for.
	[ ${#tests[@]} -gt 0 ] || [ ${#only[@]} = 0 ] || return 0
	build/tests/kplug-guest --list "${tests[@]}"
}

# expected LEG: 'LABEL SECONDS' lines of its tests.
expected() {
	local kernel default=1 labels
	kernel=$(leg_kernel "$1")
	[[ ${kernel##*/} != k* ]] || default=4
	mapfile -t labels < <(labels_of "$1")
	expected_seconds "$(durations_of "$kernel")" "$default" "${labels[@]}"
}

# plan_legs: leaves the legs, or the parts that they fall into, in `legs`: the longest first. Their
# tests go into the plan.
plan_legs() {
	local leg parts
	mapfile -t parts < <(
		for leg in "${legs[@]}"; do leg_parts "$leg" < <(expected "$leg"); done
	)
	mapfile -t legs < <(
		for leg in "${parts[@]}"; do
			expected "$leg" | tee "$out/expected" |
				sed "s|^|$(leg_file "$leg") |" >> "$out/plan"
			[ ! -s "$out/expected" ] || awk -v leg="$leg" '
				{ sum += $2 }
				END { print sum, leg }' "$out/expected"
		done | sort -k 1,1nr | cut -d ' ' -f 2-
	)
}

# ready LEG: a debug kernel may still be built.
ready() {
	local kernel
	kernel=$(leg_kernel "$1")
	[[ $kernel != k* ]] || [ -e "$out/kernel-$kernel.results" ]
}

# next_leg LEG...: the index of the first that is ready, or of the first.
next_leg() {
	local index=0 leg
	for leg; do
		if ready "$leg"; then
			echo $index
			return
		fi
		index=$((index + 1))
	done
	echo 0
}

# plan_host: seconds of what runs here.
plan_host() {
	local program kernel
	for program in build/tests/unit/unit_*; do
		[ ! -x "$program" ] || "$program" --list "${only[@]}" |
			sed "s|.*|${program##*/} & 1|" >> "$out/plan"
	done
	if wanted lint; then echo "lint - 150" >> "$out/plan"; fi
	for kernel in "${user_kernels[@]}"; do
		if wanted outoftree; then echo "outoftree-$kernel - 90" >> "$out/plan"; fi
	done
	if wanted dev; then echo "dev - 100" >> "$out/plan"; fi
	if [ -n "$all_kernels" ]; then
		printf '%s\n' "packages-bookworm - 600" "packages-trixie - 600" >> "$out/plan"
	fi
	if [ -n "$everything" ]; then
		printf '%s\n' "verdicts - 60" "story - 60" >> "$out/plan"
	fi
}

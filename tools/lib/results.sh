# SPDX-License-Identifier: MIT
# Sourced: what groups of tests report, and where it is kept: in the folder $out.
# shellcheck shell=bash disable=SC2154

# Each group of tests leaves result lines in its own file: 'PASS|FAIL|SKIP suite:test message'.
log_of() { echo "$out/${1//\//-}"; }
results_of() { echo "$(log_of "$1").results"; }
fail() { echo "FAIL $2 $3" >> "$(results_of "$1")"; echo "[$1] FAIL $2 $3"; }

# collect GROUP: takes the lines a group reported, on stdin. A report that stops early is a failure,
# blamed on the test that ran last; so is one whose closing line counts other results than arrived.
collect() {
	local group=$1 report running='' ended='' count=0 status line
	report=$(results_of "$group").all
	cat > "$report"
	while read -r status line; do
		case $status in
		RUN) running=$line ;;
		PASS | FAIL | SKIP)
			echo "$status $line" >> "$(results_of "$group")"
			count=$((count + 1))
			running='' ;;
		DONE) ended=$((${line// /+})) ;;
		esac
	done < "$report"
	[ -z "$running" ] || fail "$group" "$running" "did not end"
	[ "$ended" = $count ] ||
		fail "$group" run:ended \
			"${ended:-no} results announced, $count seen ($(log_of "$group")*)"
}

# show GROUP: passes result lines on, naming the group for the person who watches.
show() { sed -u "/^RUN /d; /^EXIT /d; /^DONE /d; s|^|[$1] |"; }

# report_of GROUP COMMAND...: runs a program or script that reports tests in lines.
report_of() {
	local group=$1
	shift
	{ "$@" 2> "$out/$group.log" || true; } | tee "$out/$group.out" | show "$group"
	collect "$group" < "$out/$group.out"
	if grep -qs "^FAIL" "$(results_of "$group")"; then tail -n 30 "$out/$group.log"; fi
}

# step NAME COMMAND...: something that must work for the rest to make sense, counted as a test.
step() {
	local name=$1 log=$out/build-$1.log
	shift
	note "== $name"
	if "$@" > "$log" 2>&1; then
		echo "PASS build:$name" >> "$(results_of build)"
	else
		tail -n 40 "$log"
		fail build "build:$name" "see $log"
		return 1
	fi
}

# all_results: of all groups, 'PASS|FAIL|SKIP GROUP SUITE:TEST MESSAGE'.
all_results() {
	local file group
	for file in "$out"/*.results; do
		[ -e "$file" ] || continue
		group=$(basename "$file" .results)
		sed -E "s|^([A-Z]+) |\1 $group |" "$file"
	done
}

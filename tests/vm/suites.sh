# SPDX-License-Identifier: MIT
# What a test guest runs: the guest suites, all or those named in KPLUG_ONLY, KPLUG_ROUNDS times or
# until one fails.
# shellcheck shell=sh disable=SC2086
round=1 code=0
while [ $code = 0 ] && [ $round -le "${KPLUG_ROUNDS:-1}" ]; do
	[ -z "$KPLUG_ROUNDS" ] || echo "ROUND $round" > /dev/ttyS1
	kplug-guest --report /dev/ttyS1 $KPLUG_ONLY
	code=$?
	round=$((round + 1))
done
(exit $code)

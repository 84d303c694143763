# SPDX-License-Identifier: MIT
# What a test guest runs: the guest suites, all or those named in KPLUG_ONLY.
# shellcheck shell=sh disable=SC2086
kplug-guest --report /dev/ttyS1 $KPLUG_ONLY

# SPDX-License-Identifier: MIT
# Sourced: what a kernel kit (see tools/kernel) is.
# shellcheck shell=bash

# kit_is_debug DIR: a kernel that looks for mistakes, and is several times slower for it.
kit_is_debug() { grep -qE '^CONFIG_(KASAN|KCSAN|PROVE_LOCKING)=y' "$1/config"; }

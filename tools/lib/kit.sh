# SPDX-License-Identifier: MIT
# Sourced: what a kernel kit (see tools/kernel) is.
# shellcheck shell=bash

# kit_is_debug DIR: a kernel with debug checks, which is several times slower.
kit_is_debug() { grep -qE '^CONFIG_(KASAN|KCSAN|PROVE_LOCKING)=y' "$1/config"; }

# kit_arch KIT: of the machine that it is for, as Debian names it.
kit_arch() { if grep -q '^CONFIG_ARM64=y' "$1/config"; then echo arm64; else echo amd64; fi; }

# kit_build KIT: what kit_make calls the kernel's build folder. kbuild knows it by this name.
kit_build() {
	if [ -e "$1/suite" ]; then
		printf '/usr/src/linux-headers-%s\n' "$(cat "$1/release")"
	else
		printf '%s\n' "$1/build"
	fi
}

# kit_make KIT ARGUMENT...: make with the compiler of the kernel, which may be newer than this
# machine's.
kit_make() {
	local kit=$1
	shift
	if [ -e "$kit/suite" ]; then
		suite_enter "$kit/root" make "$@"
	elif [ "$(kit_arch "$kit")" = arm64 ]; then
		make CROSS_COMPILE=aarch64-linux-gnu- "$@"
	else
		make "$@"
	fi
}

# kit_of KERNEL: the kit's path, by the name of the kernel or by its own path.
kit_of() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	kasan | kobject | kcsan) tools/kernel build "$1" ;;
	*) tools/kernel fetch "$1" ;;
	esac
}

# default_machine KERNEL: the engine of edu reaches 28 bits of addresses, so a kernel that keeps no
# memory as low needs an IOMMU for it, and so does a machine that has none.
default_machine() {
	if [ -e "$1/config" ] && { ! grep -q '^CONFIG_ZONE_DMA=y' "$1/config" ||
		[ "$(kit_arch "$1")" = arm64 ]; }; then
		echo iommu
	else
		echo msi
	fi
}

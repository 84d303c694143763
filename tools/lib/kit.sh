# SPDX-License-Identifier: MIT
# Sourced: what a kernel kit (see tools/kernel) is.
# shellcheck shell=bash

# kit_is_debug DIR: a kernel with debug checks, which is several times slower.
kit_is_debug() { grep -qE '^CONFIG_(KASAN|KCSAN|PROVE_LOCKING)=y' "$1/config"; }

# kit_of KERNEL: the kit's path, by the name of the kernel or by its own path.
kit_of() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	kasan | kobject | kcsan) tools/kernel build "$1" ;;
	*) tools/kernel fetch "$1" ;;
	esac
}

# default_machine KERNEL: the engine of edu reaches 28 bits of addresses, so a kernel that keeps no
# memory as low needs an IOMMU for it.
default_machine() {
	if [ -e "$1/config" ] && ! grep -q '^CONFIG_ZONE_DMA=y' "$1/config"; then
		echo iommu
	else
		echo msi
	fi
}

# SPDX-License-Identifier: MIT
# Sourced after packages.sh: what programs of arm64 are built with, and run with, on a machine of
# another architecture.
# shellcheck shell=bash

# arm64_root: prints the folder with the libraries of arm64 that the programs need.
arm64_root() {
	cached_foreign_packages arm64 check libsubunit-dev libcjson-dev libcjson1 \
		libkmod-dev libkmod2 liblzma5 libzstd1 libssl3 \
		libpci-dev libpci3 libudev-dev libudev1 zlib1g-dev zlib1g \
		libbpf-dev libbpf1 libelf-dev libelf1 liburing-dev liburing2 busybox-static
}

# arm64_libraries FILE: prints those that the program is linked to, and its loader.
arm64_libraries() {
	local root dirs=() needed dir pending=("$1") known=' '
	root=$(arm64_root)
	IFS=: read -ra dirs < <(aarch64-linux-gnu-readelf -d "$1" 2>/dev/null |
		sed -nE 's/.*\(RUNPATH\).*\[(.*)\]/\1/p') || true
	dirs+=("$root"{,/usr}/lib/aarch64-linux-gnu /usr/aarch64-linux-gnu/lib)
	while [ ${#pending[@]} -gt 0 ]; do
		while read -r needed; do
			[[ $known != *" $needed "* ]] || continue
			known+="$needed "
			for dir in "${dirs[@]}"; do
				[ ! -e "$dir/$needed" ] || break
			done
			[ -e "$dir/$needed" ] || die "$1 needs $needed, which is nowhere"
			printf '%s\n' "$dir/$needed"
			pending+=("$dir/$needed")
		done < <(aarch64-linux-gnu-readelf -d "${pending[0]}" 2>/dev/null |
			sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p')
		pending=("${pending[@]:1}")
	done
}

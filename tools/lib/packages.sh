# SPDX-License-Identifier: MIT
# Sourced: Debian packages, either installed on this machine or only unpacked into the cache.
# shellcheck shell=bash

KPLUG_CACHE=${KPLUG_CACHE:-$HOME/.cache/kplug}
# The kernel's sources: for debug kernels (tools/kernel) and for checkpatch (tests/lint/checkpatch).
# shellcheck disable=SC2034 # used by those who source this
kernel_source_package=linux-source-6.12

note() { printf '%s\n' "$*" >&2; }
die() { note "${0##*/}: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "'$*' needs root, and there is no sudo: run this as root once," \
			"or install the packages yourself"
	fi
}

apt_lists_present() {
	[ -n "$(apt-cache pkgnames linux-headers 2>/dev/null | head -n 1)" ]
}

refresh_apt_lists() {
	note "refreshing the package lists (apt-get update)"
	as_root apt-get update -q >&2
}

# with_fresh_lists COMMAND...: tries again with new package lists, as old ones name packages that
# are gone.
with_fresh_lists() {
	"$@" >&2 && return
	refresh_apt_lists
	"$@" >&2
}

# missing_packages PKG...: those that are not installed, one on each line.
missing_packages() {
	printf '%s\n' "$@" | grep -vxFf <(
		dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
			sed -n 's/^installed //p'
	) || true
}

# need_packages PKG...: installs those that are missing.
need_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	apt_lists_present || refresh_apt_lists
	note "installing ${missing[*]}"
	with_fresh_lists as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -qy --no-install-recommends -o DPkg::Lock::Timeout=300 \
		"${missing[@]}"
}

# unpack_packages DIR PKG...: downloads the packages and unpacks them into DIR, without installing
# them.
unpack_packages() {
	local root=$1 debs=$1.debs deb
	shift
	mkdir -p "$root" "$debs"
	note "downloading $*"
	(cd "$debs" && with_fresh_lists apt-get download -q -o APT::Sandbox::User="$(id -un)" "$@")
	for deb in "$debs"/*.deb; do
		note "unpacking ${deb##*/}"
		dpkg-deb -x "$deb" "$root"
	done
	rm -r "$debs"
}

# cached_package PKG: prints the folder the package is unpacked in, downloading it the first time.
cached_package() {
	local dir=$KPLUG_CACHE/packages/$1
	mkdir -p "$KPLUG_CACHE/packages"
	(
		flock 9
		[ ! -d "$dir" ] || exit 0
		apt_lists_present || refresh_apt_lists
		rm -rf "$dir.new" "$dir.new.debs"
		unpack_packages "$dir.new" "$1"
		mv "$dir.new" "$dir"
	) 9>"$dir.lock"
	printf '%s\n' "$dir"
}

# foreign_apt ARCH DIR PROGRAM...: apt-get or apt-cache for packages of another architecture, too.
# They have lists of their own in DIR, as this machine need not know that architecture.
foreign_apt() {
	local arch=$1 dir=$2 program=$3
	shift 3
	mkdir -p "$dir"/{lists,archives}/partial
	"$program" -q -o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir" \
		-o APT::Sandbox::User="$(id -un)" \
		-o APT::Architectures::="$(dpkg --print-architecture)" \
		-o APT::Architectures::="$arch" "$@"
}

# foreign_update ARCH DIR: a list that cannot be had does not matter if the packages can.
foreign_update() { foreign_apt "$1" "$2" apt-get update >&2 || true; }

# unpack_foreign ARCH DIR ROOT PKG...: downloads the packages by the lists in DIR, and unpacks them
# into ROOT. A package is of that architecture, unless its name says otherwise.
unpack_foreign() {
	local arch=$1 dir=$2 root=$3 deb wanted=()
	shift 3
	for deb; do
		case $deb in
		*:*) wanted+=("$deb") ;;
		*) wanted+=("$deb:$arch") ;;
		esac
	done
	note "downloading ${wanted[*]}"
	mkdir -p "$root"
	(cd "$dir" && foreign_apt "$arch" "$dir" apt-get download "${wanted[@]}" >&2)
	for deb in "$dir"/*.deb; do dpkg-deb -x "$deb" "$root"; done
	rm "$dir"/*.deb
}

# cached_foreign_packages ARCH PKG...: prints the folder that packages of another architecture are
# unpacked in.
cached_foreign_packages() {
	local arch=$1 dir
	shift
	dir=$KPLUG_CACHE/packages/$arch-$(printf '%s\n' "$@" | sha256sum | cut -c 1-12)
	mkdir -p "$KPLUG_CACHE/packages"
	(
		flock 9
		[ ! -d "$dir" ] || exit 0
		rm -rf "$dir.new" "$dir.apt"
		foreign_update "$arch" "$dir.apt"
		unpack_foreign "$arch" "$dir.apt" "$dir.new" "$@"
		rm -r "$dir.apt"
		mv "$dir.new" "$dir"
	) 9>"$dir.lock"
	printf '%s\n' "$dir"
}

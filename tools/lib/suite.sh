# SPDX-License-Identifier: MIT
# Sourced after packages.sh: programs of a newer Debian, unpacked into the cache. Nothing is
# installed, and the programs run with the libraries of their own suite.
# shellcheck shell=bash

# mirror: the first address that this machine's apt has for Debian itself.
mirror() {
	# shellcheck disable=SC2016 # apt fills it in
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
		grep -m 1 '/debian/\?$' || die "apt knows no mirror of Debian"
}

# suite_apt SUITE ROOT COMMAND...: apt-get as on a machine of that suite with no package installed.
suite_apt() {
	local suite=$1 root=$2
	shift 2
	mkdir -p "$root"/apt/{lists,archives}/partial
	: > "$root/apt/status"
	echo "deb $(mirror) $suite main" > "$root/apt/sources.list"
	apt-get -q -o Dir::State="$root/apt" -o Dir::State::Lists="$root/apt/lists" \
		-o Dir::State::status="$root/apt/status" -o Dir::Cache="$root/apt" \
		-o Dir::Etc::SourceList="$root/apt/sources.list" -o Dir::Etc::SourceParts=- \
		-o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@" >&2
}

# unpack_suite SUITE ROOT PKG...: the packages and all they depend on.
unpack_suite() {
	local suite=$1 root=$2 file
	shift 2
	suite_apt "$suite" "$root" update
	suite_apt "$suite" "$root" install -y --download-only --no-install-recommends "$@"
	for file in "$root"/apt/archives/*.deb; do
		dpkg-deb -x "$file" "$root"
	done
	rm -r "$root/apt"
}

# suite_root SUITE PKG...: the folder that has them, which is made the first time.
suite_root() {
	local root
	root=$KPLUG_CACHE/suites/$1-$(printf '%s\n' "${@:2}" | sha256sum | cut -c 1-12)
	mkdir -p "${root%/*}"
	(
		flock 5
		[ ! -d "$root" ] || exit 0
		note "unpacking ${*:2} of Debian $1"
		rm -rf "$root.new"
		unpack_suite "$1" "$root.new" "${@:2}"
		mv "$root.new" "$root"
	) 5>"$root.lock" || die "Debian $1's ${*:2} could not be unpacked"
	echo "$root"
}

# suite_run ROOT PROGRAM...: by the loader and the libraries of the suite.
suite_run() {
	local root=$1 program=$2 libraries
	shift 2
	libraries=$root/usr/lib/x86_64-linux-gnu:$root/usr/lib
	"$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" \
		--argv0 "$program" "$root/usr/bin/$program" "$@"
}

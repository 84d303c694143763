# SPDX-License-Identifier: MIT
# Sourced after packages.sh and suite.sh: whole systems of a Debian suite in folders.
# shellcheck shell=bash

# security_mirror: where the security updates of Debian are.
security_mirror() { mirror | sed -E 's|/debian/?$|/debian-security|'; }

# chroot_of NAME SUITE SOURCES PKG...: prints the folder of a system in the cache, which is made the
# first time, and again when it needs other packages. SOURCES are lines of sources.list.
chroot_of() {
	local root=$KPLUG_CACHE/chroots/$1 suite=$2 sources=$3
	shift 3
	need_packages mmdebstrap
	mkdir -p "${root%/*}"
	(
		flock 5
		[ ! -d "$root" ] || [ "$*" != "$(cat "$root.packages" 2> /dev/null)" ] || exit 0
		note "making a system of Debian $suite (some minutes)"
		as_root rm -rf "$root.new" "$root"
		as_root mmdebstrap --quiet --variant=apt --include="$(IFS=,; echo "$*")" \
			"$suite" "$root.new" "$sources" >&2
		as_root mv "$root.new" "$root"
		echo "$*" > "$root.packages"
	) 5>"$root.lock" || die "no system of Debian $suite could be made"
	echo "$root"
}

# chroot_run DIR COMMAND...: with a /proc, and nothing of this machine's environment.
chroot_run() {
	local root=$1
	shift
	as_root unshare --mount --pid --fork --mount-proc="$root/proc" \
		chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
		LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive "$@"
}

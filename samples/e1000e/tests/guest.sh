# SPDX-License-Identifier: MIT
# The tests of e1000e in the guest.
# shellcheck shell=sh
exec > /dev/ttyS1 2>&1
modprobe kplug && modprobe kplug_e1000e || exit 1
for device in /sys/bus/pci/devices/*; do
	[ "$(cat "$device/vendor" "$device/device" | tr -d '\n')" = 0x80860x10d3 ] || continue
	export KPLUG_DEVICE="${device##*/}"
done
e1000e-test

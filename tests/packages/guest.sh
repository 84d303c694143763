#!/bin/sh
# SPDX-License-Identifier: MIT
# First process of the guest of tests/packages/run: uses the packages' modules and command.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
exec > /dev/ttyS1 2>&1

device=0000:03:00.0
use_device() {
	kplug bind $device
	kplug list
	kplug read $device 0:0 | grep 0x010000ed
	kplug unbind $device
}

# Of python3-kplug.
use_python() {
	kplug bind $device
	python3 -c "import kplug
with kplug.open('$device') as dev: print(hex(dev.read32(0, 0)))" | grep 0x10000ed
	kplug unbind $device
}

# With Secure Boot the kernel takes what DKMS signed, and the command explains the rest.
refuse_unsigned() {
	mount --bind /unsigned "$modules"
	if kplug bind $device 2> /run/refused; then return 1; fi
	grep 'signed modules only' /run/refused
	umount "$modules"
}

modules=/usr/lib/modules/$(uname -r)/updates/dkms
(
	set -ex
	if grep -w kplug.secure_boot /proc/cmdline; then
		dmesg | grep -i 'secure boot enabled'
		refuse_unsigned
	fi
	use_device
	sh -ex /readme.sh
	modprobe kplug_edu
	use_python
	! dmesg | grep -E 'WARNING|BUG:|Oops'
)
echo "EXIT $? on $(uname -r)"
sync
echo o > /proc/sysrq-trigger
sleep 60

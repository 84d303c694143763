#!/bin/sh
# SPDX-License-Identifier: MIT
# First process of the guest of tests/packages/run: uses the packages' modules and command.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
exec > /dev/ttyS1 2>&1

(
	set -ex
	modprobe kplug_edu
	kplug bind 0000:00:04.0
	kplug list
	kplug read 0000:00:04.0 0:0 | grep 0x010000ed
	kplug unbind 0000:00:04.0
	! dmesg | grep -E 'WARNING|BUG:|Oops'
)
echo "EXIT $? on $(uname -r)"
sync
echo o > /proc/sysrq-trigger
sleep 60

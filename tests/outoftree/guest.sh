# SPDX-License-Identifier: MIT
# tests/outoftree/run in the guest: loads what was installed.
# shellcheck shell=sh
set -e
exec > /dev/ttyS1 2>&1

depmod
for module in kplug_edu kplug_first; do
	modprobe $module
	grep "^$module " /proc/modules
done
# Older kernels call the folder for other modules extra.
modinfo -F filename kplug kplug_first | grep -cE '/(updates|extra)/' | grep -x 2
kplug list

# SPDX-License-Identifier: MIT
# An interactive guest: kplug and its plugins loaded, their devices bound, a shell on the console.
# shellcheck shell=sh
for module in kplug kplug_null kplug_edu kplug_ivshmem kplug_nvme; do
	modprobe $module
done
# shellcheck disable=SC2086 # rows and columns
set -- $KPLUG_TERMINAL
cat > /etc/profile <<'END'
PS1='guest:\w# '
END
printf 'stty rows %s cols %s\n' "${1:-24}" "${2:-80}" >> /etc/profile
echo 4 > /proc/sys/kernel/printk
echo
ls /dev/kplug
setsid cttyhack sh -l < /dev/console > /dev/console 2>&1
true

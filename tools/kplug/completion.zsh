#compdef kplug
# SPDX-License-Identifier: MIT
# Completes the command kplug in zsh; it asks the command itself.

_kplug_commands() {
	local -a commands
	commands=(${(f)"$(kplug --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\)  *\(.*\)/\1:\2/p')"})
	_describe command commands
}

_kplug_options() {
	local -a options
	options=(${(f)"$(kplug $words[2] --help 2> /dev/null |
		grep -oE -- '--[a-z][a-z-]*' | sort -u)"})
	compadd -a options
}

# Addresses of PCI functions, and the names of other devices.
_kplug_devices() {
	local -a devices
	devices=(${(f)"$(kplug list 2> /dev/null |
		sed -nE 's/^([^ ]*[:.0-9][^ ]*) .*/\1/p')"})
	compadd -a devices
}

if (( CURRENT == 2 )); then
	_kplug_commands
elif [[ $PREFIX == -* ]]; then
	_kplug_options
else
	_kplug_devices
	_files
fi

# SPDX-License-Identifier: MIT
# Completes the command kplug in bash; it asks the command itself. No word has blanks.
# shellcheck shell=bash disable=SC2034,SC2207

_kplug_commands() {
	kplug --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

_kplug_options() {
	kplug "$1" --help 2> /dev/null | grep -oE -- '--[a-z][a-z-]*=?' | sort -u
}

# Addresses of PCI functions, and the names of other devices.
_kplug_devices() {
	kplug list 2> /dev/null | sed -nE 's/^([^ ]*[:.0-9][^ ]*) .*/\1/p'
}

# The word that the cursor is at may have colons.
_kplug() {
	local cur prev words cword
	_init_completion -n := || return
	if [ "$cword" = 1 ]; then
		COMPREPLY=($(compgen -W "$(_kplug_commands) --help --version" -- "$cur"))
	elif [[ $cur = -* ]]; then
		COMPREPLY=($(compgen -W "$(_kplug_options "${words[1]}")" -- "$cur"))
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
	else
		COMPREPLY=($(compgen -W "$(_kplug_devices)" -- "$cur") $(compgen -f -- "$cur"))
		__ltrim_colon_completions "$cur"
	fi
}
complete -F _kplug kplug

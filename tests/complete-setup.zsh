# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the zsh that complete.zsh starts.
PROMPT=
autoload -U compinit
compinit -u -D
source $1
bindkey '^I' complete-word
end_of_offers() { print; print 'end of offers' }
comppostfuncs=(end_of_offers)
zstyle ':completion:*' insert-tab false
compadd() {
	# These options store the matches for the calling function and offer none.
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then
		builtin compadd "$@"
		return
	fi
	typeset -a hits prefix
	typeset word
	builtin compadd -A hits "$@"
	zparseopts -E -a ignored P:=prefix
	for word in $hits; do
		print; print -r -- "offered $IPREFIX${prefix[2]}$word"
	done
	builtin compadd "$@"
}

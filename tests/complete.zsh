# SPDX-License-Identifier: GPL-2.0-or-later
# usage: zsh -f complete.zsh SCRIPT WORD...
# The words that zsh offers for a command line whose last word is being typed, each on a line. It
# starts an interactive zsh on a terminal, in which compadd prints the words instead of inserting
# one.
zmodload zsh/zpty || exit 1
script=$1
shift
zpty shell zsh -f -i
zpty -w shell "source ${0:h}/complete-setup.zsh $script; print ready"
until zpty -r shell line '*ready*'; do sleep 0.1; done
zpty -w -n shell "$*"$'\t'
while zpty -r shell line; do
	case $line in
	*'offered '*) print -r -- ${${line#*offered }%%$'\r'*} ;;
	*'end of offers'*) break ;;
	esac
done
zpty -d shell

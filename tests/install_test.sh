#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make install and make install-user put the files into the right folders, where Wireshark finds
# them, and uninstalling removes these files and no others.
#   install_test.sh BUILD
set -u
build=$1
# shellcheck source=tests/tshark.sh
. "$(dirname "$0")/tshark.sh"
tshark_setup dissector/tcpdropcap.lua
dest=$work/dest home=$work/home
lib=/usr/lib/wireshark data=/usr/share/wireshark
version=$("$build/tcpdropcap" -V)

made() { # TARGET [VARIABLE...]: makes the target with the existing build
	env -u XDG_CONFIG_HOME HOME="$home" make -s BUILD="$build" "$@" >"$work/made" 2>&1 ||
		not_ok "$1" "$(tail -3 "$work/made" | tr '\n' ' ')"
}
everywhere() { made "$@" DESTDIR="$dest" WIRESHARK_LIBDIR=$lib WIRESHARK_DATADIR=$data; }
# Files and links in a folder.
files_in() { (cd "$1" && find . ! -type d | sed 's/^\.//' | sort); }
# The files of the repository that belong to Wireshark, below its folders.
wireshark_files() { # PLUGINS PROFILES
	(cd dissector && for file in *.lua; do echo "$1/tcpdropcap/$file"; done)
	(cd dissector/profile 2>/dev/null && for file in *; do echo "$2/tcpdropcap/$file"; echo "$2/tcpdropcap-wire/$file"; done)
}
of_prefix() { # PREFIX
	for file in bin/tcpdropcap share/bash-completion/completions/tcpdropcap \
		share/doc/tcpdropcap/wireshark.txt \
		share/fish/vendor_completions.d/tcpdropcap.fish share/man/man8/tcpdropcap.8 \
		share/tcpdropcap/installed share/zsh/site-functions/_tcpdropcap; do
		echo "$1/$file"
	done
}

# run_tshark ignores installed plugins; this one finds those of the user.
tshark_of_user() {
	# shellcheck disable=SC2086 # drop_root is a command and its arguments
	(cd "$work" && $drop_root env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$home" tshark "$@" 2>>"$work/stderr")
}

# For all users, below DESTDIR.
everywhere install
same installs_all_files "$(files_in "$dest")" \
	"$({ of_prefix /usr/local; echo /usr/local/lib/systemd/system/tcpdropcap.service; echo /usr/local/libexec/tcpdropcap/spool; wireshark_files $lib/plugins $data/profiles; echo $lib/extcap/tcpdropcap; } | sort)"
same extcap_entry_is_the_program "$(readlink "$dest$lib/extcap/tcpdropcap")" /usr/local/bin/tcpdropcap
same installed_program_runs "$("$dest/usr/local/bin/tcpdropcap" -V)" "$version"
same everyone_may_read "$(find "$dest" ! -type l ! -perm -444)" ''
for shell in bash-completion/completions/tcpdropcap zsh/site-functions/_tcpdropcap \
	fish/vendor_completions.d/tcpdropcap.fish; do
	same "completion_is_the_output_of_the_program $shell" "$(cat "$dest/usr/local/share/$shell")" \
		"$("$build/tcpdropcap" --completion "$(expr "$shell" : '\([a-z]*\)')")"
done
same no_path_has_destdir "$(grep -c "$dest" "$dest/usr/local/share/tcpdropcap/installed")" 0

# Files of an older version are removed, files of others stay.
echo "$lib/plugins/tcpdropcap/old.lua" >>"$dest/usr/local/share/tcpdropcap/installed"
: >"$dest$lib/plugins/tcpdropcap/old.lua"
: >"$dest$lib/plugins/mine.lua"
everywhere install
[ ! -e "$dest$lib/plugins/tcpdropcap/old.lua" ] && [ -e "$dest$lib/plugins/tcpdropcap/tcpdropcap.lua" ] &&
	ok older_version_is_replaced || not_ok older_version_is_replaced "$(files_in "$dest")"
everywhere uninstall
same uninstall_removes_no_other_file "$(files_in "$dest")" $lib/plugins/mine.lua
rm "$dest$lib/plugins/mine.lua"
everywhere install
everywhere uninstall
same other_folders_stay "$(cd "$dest" && find . -type d | sort | tail -1)" ./usr/lib/wireshark/plugins
rm -rf "$dest"
everywhere install
everywhere uninstall
same uninstall_leaves_nothing "$(find "$dest" -mindepth 1)" ''
everywhere uninstall
same uninstall_again_is_no_error "$(cat "$work/made")" ''

# PREFIX is the folder of the program; the folders of Wireshark do not depend on it.
made install DESTDIR="$dest" PREFIX=/opt/drop
same prefix_is_used "$(files_in "$dest" | grep ^/opt)" "$({
	of_prefix /opt/drop
	echo /opt/drop/lib/systemd/system/tcpdropcap.service
	echo /opt/drop/libexec/tcpdropcap/spool
} | sort)"
same service_runs_what_is_installed "$(sed -n 's/^ExecStart=\([^ ]*\) .* -z \(.*\)/\1 \2/p' "$dest/opt/drop/lib/systemd/system/tcpdropcap.service")" \
	'/opt/drop/bin/tcpdropcap /opt/drop/libexec/tcpdropcap/spool'
plugins=$(tshark_of_user -G folders | sed -n 's/^Global Lua Plugins:[[:space:]]*//p')
extcaps=$(tshark_of_user -G folders | sed -n 's/^\(Global \)\{0,1\}[Ee]xtcap path:[[:space:]]*//p')
[ -f "$dest$plugins/tcpdropcap/tcpdropcap.lua" ] && [ -L "$dest$extcaps/tcpdropcap" ] &&
	ok wiresharks_folders_are_found || not_ok wiresharks_folders_are_found "$(files_in "$dest")"
made uninstall DESTDIR="$dest" PREFIX=/opt/drop
same prefix_is_left_empty "$(find "$dest" -mindepth 1)" ''

# The build without BPF is not an interface of Wireshark.
BUILD=$build WITHOUT_BPF=1 DESTDIR=$dest sh install.sh install global
same offline_program_is_not_an_interface "$(files_in "$dest" | grep extcap)" ''
rm -rf "$dest"

# For one user: Wireshark finds all files without further settings.
made install-user
same installs_for_one_user "$(files_in "$home")" "$({
	of_prefix /.local
	wireshark_files /.local/lib/wireshark/plugins /.config/wireshark/profiles
	echo /.local/lib/wireshark/extcap/tcpdropcap
	echo /.config/wireshark/extcap/tcpdropcap
} | sort)"
[ -z "$drop_root" ] || chown -R 65534:65534 "$home"
tshark_of_user -G plugins | grep -q "$home/.local/lib/wireshark/plugins/tcpdropcap/tcpdropcap.lua" &&
	ok wireshark_lists_the_plugin || not_ok wireshark_lists_the_plugin "$(tail -3 "$work/stderr")"
tshark_of_user -D | grep -q 'tcpdropcap (TCP drops and retransmits)' && ok wireshark_lists_the_interface ||
	not_ok wireshark_lists_the_interface "$(tail -3 "$work/stderr")"
cp samples/rto.pcapng "$work/file.pcapng"
chmod 644 "$work/file.pcapng"
[ -n "$(tshark_of_user -r file.pcapng -Y tcpdropcap.event)" ] && ok installed_plugin_dissects ||
	not_ok installed_plugin_dissects "$(tail -3 "$work/stderr")"
# The statistics are those of tcpdropcap count.
mergecap -w "$work/all.pcapng" samples/*.pcapng && chmod 644 "$work/all.pcapng"
for by in reason,event,kind,reason flow,flow; do
	same "statistics_by_${by%%,*}_are_those_of_count" "$(tshark_of_user -q -o "tcpdropcap.statistics:${by%%,*}" -r all.pcapng |
		awk '$1 ~ /^[0-9]+$/ { print $1, $4, $5, $6 }' | sort)" \
		"$("$build/tcpdropcap" count -r "$work/all.pcapng" --by "${by#*,}" 2>/dev/null |
			awk '$1 ~ /^[0-9]+$/ { print $1, $4, $5, $6 }' | sort)"
done
cp dissector/tcpdropcap.lua "$work/again.lua"
chmod 644 "$work/again.lua"
tshark_of_user -q -X "lua_script:$work/again.lua" -X lua_script1:owner -r file.pcapng >"$work/shown"
! grep -qi 'lua: error' "$work/stderr" && [ "$(grep -c "by owner$" "$work/shown")" = 1 ] && ok plugin_may_be_loaded_twice ||
	not_ok plugin_may_be_loaded_twice "$(cat "$work/stderr" "$work/shown")"
if [ -d dissector/profile ]; then
	tshark_of_user -C tcpdropcap -r file.pcapng >"$work/shown" && [ -s "$work/shown" ] && ok profile_is_found ||
		not_ok profile_is_found "$(tail -3 "$work/stderr")"
fi

if command -v man >/dev/null; then
	same man_page_is_found "$(PATH=$home/.local/bin:$PATH MANPATH='' man -w tcpdropcap)" \
		"$home/.local/share/man/man8/tcpdropcap.8"
else
	skip man_page_is_found "man is not installed"
fi
made uninstall-user
same uninstall_of_one_user_leaves_nothing "$(files_in "$home" | grep tcpdropcap)" ''

exit $status

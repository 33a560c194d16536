#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: lint.sh BUILD
# Format, static analysis, and a build by clang without a warning. cppcheck does not get the folder of the generated
# skeleton, whose megabyte of bytes costs it two minutes.
build=$1
status=0

clean() { # NAME COMMAND...: it succeeds
	name=$1
	shift
	if why=$("$@" 2>&1); then
		echo "ok $name"
	else
		echo "not ok $name: $(echo "$why" | grep -v '^Checking' | head -5 | tr '\n' ' ')"
		status=1
	fi
}

sources=$(git ls-files '*.c' '*.h')
user=$(echo "$sources" | grep -v '^bpf/' | grep '\.c$')
scripts=$(git ls-files '*.sh' '*.bash' '.ci/run')
# shellcheck disable=SC2086 # lists of files
{
	clean clang-format clang-format --dry-run -Werror $sources
	clean cppcheck cppcheck -q --std=c11 --enable=warning,portability,performance \
		--inline-suppr --error-exitcode=1 --suppress=missingInclude \
		-D__has_include=0 -I. -Icapture -Itests/unit $user
	clean shellcheck shellcheck -x $scripts
	clean luacheck luacheck --no-color -q dissector/*.lua tests/torture/*.lua
}
clean "clang builds without a warning" make -s -j"$(nproc)" BUILD="$build" asan
exit $status

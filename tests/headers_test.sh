#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each header compiles alone.
flags='-iquote . -iquote capture -iquote tests/unit -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only'
bpf="-target bpf -D__TARGET_ARCH_x86 -I/usr/include/$(uname -m)-linux-gnu -Wno-unused-function"
status=0
for header in $(find capture pcapng tests bpf -name '*.h' | sort); do
	# shellcheck disable=SC2086 # lists of flags
	case $header in
	*.bpf.h) why=$(echo "#include \"$header\"" | clang $flags $bpf -x c - 2>&1) ;;
	*) why=$(echo "#include \"$header\"" | gcc $flags -x c - 2>&1) ;;
	esac && echo "ok $header compiles alone" || {
		echo "not ok $header compiles alone: $(echo "$why" | head -2 | tr '\n' ' ')"
		status=1
	}
done
exit $status

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: targets_test.sh BUILD
# Other machines: the Makefile has libbpf's name of each, the program that is linked statically does
# the same as the other, and libpcapng works where a long has 32 bits.
set -u
build=$1/targets
# shellcheck source=tests/checks.sh
. "$(dirname "$0")/checks.sh"

for pair in x86_64:x86 i686:x86 aarch64:arm64 arm:arm armv7l:arm powerpc64le:powerpc ppc64le:powerpc s390x:s390 \
	riscv64:riscv loongarch64:loongarch mips64el:mips; do
	name=$(make -n V=1 ARCH=${pair%:*} BUILD="$build" "$build/bpf/tcpdropcap.bpf.o" 2>&1 |
		sed -n 's/.*-D__TARGET_ARCH_\([^ ]*\).*/\1/p')
	same "architecture ${pair%:*}" "$name" "${pair#*:}"
	grep -q "__TARGET_ARCH_$name)" /usr/include/bpf/bpf_tracing.h 2>/dev/null || [ ! -e /usr/include/bpf/bpf_tracing.h ] ||
		[ "$name" = loongarch ] || not_ok "libbpf knows $name" "bpf_tracing.h does not" # since libbpf 1.1
done

# What --probe tries includes each library. Its first line has the version, of two builds perhaps.
if why=$(make -s BUILD="$1" static 2>&1); then
	same static_program_probes_the_kernel "$("$1/tcpdropcap-static" --probe 2>&1 | tail -n +2)" \
		"$("$1/tcpdropcap" --probe 2>&1 | tail -n +2)"
	"$1/tcpdropcap-static" -r samples/rto.pcapng -q >/dev/null 2>&1 && ok static_program_reads_a_file ||
		not_ok static_program_reads_a_file "it ends with an error"
else
	not_ok static_program_is_linked "$(echo "$why" | grep -v ' CC ' | head -3)"
fi

flags='-std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread -O1 -Wall -Wextra -Werror -iquote . -iquote capture
	-iquote tests/unit'
mkdir -p "$build"
if ! echo 'int main(void) { return sizeof(long) != 4; }' | gcc -m32 -x c - -o "$build/try" 2>/dev/null || ! "$build/try"; then
	echo "skip libpcapng of 32 bits: gcc -m32 does not work here (gcc-multilib)"
	rm -rf "$build"
	exit $status
fi
shared=$(find tests/unit/pcapng -name '*.c' ! -name '*_test.c')
for test in tests/unit/pcapng/*_test.c; do
	name=$(basename "$test" .c)
	# shellcheck disable=SC2086 # lists of flags and files
	why=$(gcc -m32 $flags -o "$build/$name" pcapng/*.c tests/unit/test.c $shared "$test" 2>&1) &&
		why=$(timeout 60 "$build/$name") && ok "$name of 32 bits" || not_ok "$name of 32 bits" "$(echo "$why" | grep -v '^ok' | head -3)"
done
rm -rf "$build"
exit $status

# SPDX-License-Identifier: GPL-2.0-or-later

# Knobs
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= /usr/sbin/bpftool
OBJCOPY ?= objcopy
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
SANITIZE ?=
WERROR ?=
WITHOUT_BPF ?=
V ?= 0

# Flags
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
	-fno-sanitize-recover=all -fno-omit-frame-pointer)
CPPFLAGS += -I$(BUILD)/bpf
BPF_ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/riscv64/riscv/')
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v2 -D__TARGET_ARCH_$(BPF_ARCH) \
	-I/usr/include/$(shell uname -m)-linux-gnu -Wall -Wextra $(if $(WERROR),-Werror)
LDLIBS := -lpcap $(if $(WITHOUT_BPF),,-lbpf -lelf) -lz -lzstd
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@printf '  %-8s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

# Modules
PCAPNG := block copy fd reader reader_block reader_classic stream timestamp writer
# The commands on files; the rest captures.
FILES := annotation cmd_capture cmd_compare cmd_count compare compare_print compare_write copy count count_key \
	count_print error expression filter input log main match match_connection match_frame match_index match_sack \
	match_verdict names netns option_table options output packet report report_read run run_file signals \
	sink_json sink_line sink_pcapng sink_text text
LIVE := cgroup clock decode enrich hooks identity kernel_btf owner reason run_capture segment session source \
	stacks symbolize
CAPTURE := $(FILES) $(if $(WITHOUT_BPF),run_none,$(LIVE))
UNIT_TESTS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*_test.c))

PCAPNG_OBJECTS := $(PCAPNG:%=$(BUILD)/pcapng/%.o)
CAPTURE_OBJECTS := $(CAPTURE:%=$(BUILD)/capture/%.o)
# What unit tests link: everything but the program's ends.
TESTED_OBJECTS := $(filter-out %/main.o %/cmd_capture.o %/cmd_compare.o %/cmd_count.o %/run.o %/run_capture.o %/session.o \
	%/source.o %/hooks.o,$(CAPTURE_OBJECTS))

# Rules
all: $(BUILD)/tcpdropcap

$(BUILD)/.tools: tests/packages.sh
	@sh tests/packages.sh --missing $(if $(WITHOUT_BPF),offline,build)
	@mkdir -p $(@D) && touch $@

$(BUILD)/tcpdropcap: $(CAPTURE_OBJECTS) $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# For machines without the libraries, and for the guests of check-kernels.
static: $(BUILD)/tcpdropcap-static

# libpcap.a can capture from D-Bus and so wants its library. We open nothing: those calls may be missing.
# --no-warnings: names of hosts in expressions need the C library's plug-ins at run time.
$(BUILD)/libpcap-weak.a: $(BUILD)/.tools
	$(call say,AR,$@)
	$(Q)$(OBJCOPY) -w --weaken-symbol='dbus_*' $$($(CC) -print-file-name=libpcap.a) $@

$(BUILD)/tcpdropcap-static: $(CAPTURE_OBJECTS) $(BUILD)/libpcapng.a $(BUILD)/libpcap-weak.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -static -Wl,--no-warnings -o $@ $^ $(filter-out -lpcap,$(LDLIBS))

# For machines without clang, bpftool and libbpf: all that works on files.
offline:
	@$(MAKE) --no-print-directory all BUILD=$(BUILD)/offline WITHOUT_BPF=1

$(BUILD)/libpcapng.a: $(PCAPNG_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/.tools
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/capture/source.o: $(BUILD)/bpf/tcpdropcap.skel.h

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(BUILD)/.tools
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen object $(@:.skel.h=.linked.o) $< && \
		$(BPFTOOL) gen skeleton $(@:.skel.h=.linked.o) name $(*F)_bpf > $@

# Tests
UNIT_BINARIES := $(UNIT_TESTS:%=$(BUILD)/tests/unit/%)
TEST_BINARIES := $(BUILD)/tests/peer $(BUILD)/tests/make_annotated $(BUILD)/tests/read_file $(UNIT_BINARIES)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/tests/unit/test.o $(TESTED_OBJECTS) \
		$(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/tests/unit/match_test $(BUILD)/tests/unit/match_connection_test: $(BUILD)/tests/unit/match_case.o

$(BUILD)/tests/peer: $(BUILD)/tests/live/peer.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

$(BUILD)/tests/peer-static: $(BUILD)/tests/live/peer.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -static -o $@ $^

$(BUILD)/tests/make_wire: $(BUILD)/tests/bench/make_wire.o $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

# A benchmark, no test: it depends on the machine.
bench: all $(BUILD)/tests/make_wire
	@sh tests/bench/compare.sh $(BUILD)/tcpdropcap $(BUILD)/tests/make_wire

$(BUILD)/tests/make_annotated: $(BUILD)/tests/dissector/make_annotated.o $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

$(BUILD)/tests/read_file: $(BUILD)/tests/bad/read_file.o $(TESTED_OBJECTS) $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

tests: all $(TEST_BINARIES)

packages:
	@sh tests/packages.sh --install

# Everything, and once more under the sanitizers; live tests need root.
check: packages
	@$(MAKE) --no-print-directory tests WERROR=1
	@$(MAKE) --no-print-directory tests WERROR=1 $(ASAN)
	@sh tests/run.sh $(BUILD) lint headers rules unit dissector golden cli live -- \
		$(BUILD)/asan unit dissector cli live

check-asan: packages
	@$(MAKE) --no-print-directory tests WERROR=1 $(ASAN)
	@sh tests/run.sh $(BUILD)/asan unit dissector cli live

ASAN = BUILD=$(BUILD)/asan SANITIZE=address,undefined

# The live suite on Debian's other kernels, in virtual machines; what runs there is linked statically.
KERNELS ?= 5.10 6.1 6.12 6.16 6.17 6.18 7.2
check-kernels: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory static $(BUILD)/tests/peer-static WERROR=1
	@KERNELS="$(KERNELS)" sh tests/run.sh $(BUILD) kernels

lint: packages
	@sh tests/run.sh $(BUILD) lint headers rules

demo: packages
	@$(MAKE) --no-print-directory all $(BUILD)/tests/peer
	@TOOL=$(BUILD)/tcpdropcap PEER=$(BUILD)/tests/peer sh tests/live/demo.sh $(BUILD)/demo

# Makes the captures under samples/ anew, and what the golden tests expect of them.
samples: packages
	@$(MAKE) --no-print-directory tests
	@sh tests/golden/update.sh $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

clean:
	rm -rf $(BUILD)

.PHONY: all bench static offline tests packages check check-asan check-kernels lint demo samples clean

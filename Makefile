# SPDX-License-Identifier: GPL-2.0-or-later

# Knobs
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(or $(shell PATH="$$PATH:/usr/sbin" command -v bpftool),bpftool)
OBJCOPY ?= objcopy
PREFIX ?= /usr/local
DESTDIR ?=
USER_PREFIX ?= $(HOME)/.local
WIRESHARK_LIBDIR ?=
WIRESHARK_DATADIR ?=
SYSTEMD_UNITDIR ?= $(PREFIX)/lib/systemd/system
BUILD ?= build
SANITIZE ?=
WERROR ?=
WITHOUT_BPF ?=
V ?= 0
KERNELS ?= 5.10 6.1 6.12 6.16 6.17 6.18 7.2
# Guests of the lab of network drivers, KERNEL:CARD,CARD...: the cards of clouds in four of the
# kernels, and those that Debian's full kernel drives.
CLOUD_DRIVERS ?= $(patsubst %,%:virtio-net-pci$(comma)vmxnet3,$(filter 5.10 6.1 6.12 7.2,$(KERNELS)))
# One guest of them is in `make check`; the rest takes minutes.
CHECK_DRIVERS ?= $(firstword $(filter 6.1:%,$(CLOUD_DRIVERS)) $(CLOUD_DRIVERS))
FULL_DRIVERS ?= 6.1-full:e1000,e1000e,rtl8139 6.1-full:pcnet,tulip 6.1-full:i82559er
comma := ,
PARALLEL := --no-print-directory -j$(shell nproc)
BENCH_RUNS ?= 5
BENCH_PACKETS ?= 400000

# Flags
WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -pthread $(WARNINGS) $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
	-fno-sanitize-recover=all -fno-omit-frame-pointer)
CPPFLAGS += -iquote . -iquote capture -iquote tests/unit -I$(BUILD)/bpf
# The filter of a confined process denies system calls that sanitizers make.
CPPFLAGS += $(if $(SANITIZE),-DWITHOUT_SECCOMP)
# The machine that the compiler compiles for, and its name in libbpf's headers.
ARCH ?= $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
BPF_ARCH := $(shell echo $(ARCH) | sed 's/^arm.*/arm/; s/^aarch64.*/arm64/; s/^x86_64$$/x86/; s/^i.86$$/x86/; \
	s/^p\(ower\)\{0,1\}pc.*/powerpc/; s/^s390.*/s390/; s/^mips.*/mips/; s/^riscv.*/riscv/; s/^loongarch.*/loongarch/')
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v2 -D__TARGET_ARCH_$(BPF_ARCH) \
	-idirafter /usr/include/$(or $(shell $(CC) -print-multiarch 2>/dev/null),$(ARCH)-linux-gnu) -Wall -Wextra $(if $(WERROR),-Werror)
LDLIBS := -lpcap -lseccomp $(if $(WITHOUT_BPF),,-lbpf -lelf) -lnettle -lz -lzstd
Q := $(if $(filter 0,$(V)),@)
# Objects before the libraries that they need.
link = $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(if $(filter %-static,$@),-static) -o $@ $(filter %.o,$^) $(filter %.a,$^)
say = $(if $(filter 0,$(V)),@printf '  %-8s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

# Folders: those of the commands on files, those that capture, and what takes their place without
# BPF.
FILE_FOLDERS := $(addprefix capture/,report event filter account sink recorder file count compare anonymize explain overview util) capture
LIVE_FOLDERS := $(addprefix capture/,kernel enrich live top)
OFFLINE_FOLDERS := capture/offline
CAPTURE := $(wildcard $(patsubst %,%/*.c,$(FILE_FOLDERS) $(if $(WITHOUT_BPF),$(OFFLINE_FOLDERS),$(LIVE_FOLDERS))))
PCAPNG := $(wildcard pcapng/*.c)
UNIT_TESTS := $(shell find tests/unit -name '*_test.c')

PCAPNG_OBJECTS := $(PCAPNG:%.c=$(BUILD)/%.o)
# All but main: what a program or a test does not need, it does not get.
CAPTURE_OBJECTS := $(filter-out %/main.o,$(CAPTURE:%.c=$(BUILD)/%.o))
LIBRARIES := $(BUILD)/libcapture.a $(BUILD)/libpcapng.a

# A fuzz target is tests/fuzz/fuzz_NAME.c, and its corpus tests/fuzz/corpus-NAME/.
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# Rules
all: $(BUILD)/tcpdropcap

$(BUILD)/.tools: tests/packages.sh
	@CC='$(CC)' CLANG='$(CLANG)' BPFTOOL='$(BPFTOOL)' CPPFLAGS='$(CPPFLAGS)' \
		sh tests/packages.sh --missing $(if $(WITHOUT_BPF),offline,build)
	@mkdir -p $(@D) && touch $@

$(BUILD)/tcpdropcap: $(BUILD)/capture/main.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

# For machines without the libraries, and for the guests of check-kernels.
static: $(BUILD)/tcpdropcap-static

# libpcap.a can capture from D-Bus and so wants its library. We open nothing: those calls may be
# missing.
$(BUILD)/libpcap-weak.a: $(BUILD)/.tools
	$(call say,AR,$@)
	$(Q)$(OBJCOPY) -w --weaken-symbol='dbus_*' $$($(CC) -print-file-name=libpcap.a) $@

# The linker warns that names of hosts in expressions need the C library's plug-ins at run time. Its
# --no-warnings is no help: it makes a program with addresses of 0 of what is missing.
$(BUILD)/tcpdropcap-static: $(addprefix $(BUILD)/capture/,main.o $(if $(WITHOUT_BPF),,kernel/libelf_tree.o)) $(LIBRARIES) $(BUILD)/libpcap-weak.a
	$(call say,LINK,$@)
	$(Q)$(link) $(filter-out -lpcap,$(LDLIBS)) 2>$@.log || { cat $@.log >&2; exit 1; }

# For machines without clang, bpftool and libbpf: all that works on files.
offline:
	@$(MAKE) --no-print-directory all BUILD=$(BUILD)/offline WITHOUT_BPF=1

$(BUILD)/libpcapng.a: $(PCAPNG_OBJECTS)
$(BUILD)/libcapture.a: $(CAPTURE_OBJECTS)
$(LIBRARIES):
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/.tools
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

$(addprefix $(BUILD)/capture/kernel/,source.o source_object.o probe.o): $(BUILD)/bpf/tcpdropcap.skel.h
$(BUILD)/capture/kernel/socket_scan.o: $(BUILD)/bpf/top.skel.h

# Made again when another commit is built, or the same one with changes.
COMMIT := $(shell git describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null)
$(BUILD)/capture/util/version.o: CPPFLAGS += $(if $(COMMIT),-DCOMMIT='"$(COMMIT)"')
$(BUILD)/capture/util/version.o: $(BUILD)/commit
$(BUILD)/commit: FORCE
	@mkdir -p $(@D) && echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:

# The page of `report` contains these, and their hashes. `npm ci --ignore-scripts && npm run bundle`
# in capture/web makes charts.* again, which no build needs.
hash_of = $(shell sha256sum capture/web/$(1) | cut -c1-64 | tr a-f A-F | basenc --base16 -d | base64)
PAGE_PARTS := charts.js charts.css page.js page.css
$(BUILD)/capture/overview/page_parts.o: $(PAGE_PARTS:%=capture/web/%)
$(BUILD)/capture/overview/page_parts.o: CPPFLAGS += -DHASH_CHARTS_JS='"$(call hash_of,charts.js)"' \
	-DHASH_CHARTS_CSS='"$(call hash_of,charts.css)"' -DHASH_PAGE_JS='"$(call hash_of,page.js)"' \
	-DHASH_PAGE_CSS='"$(call hash_of,page.css)"'

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(BUILD)/.tools
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen object $(@:.skel.h=.linked.o) $< && \
		$(BPFTOOL) gen skeleton $(@:.skel.h=.linked.o) name $(*F)_bpf > $@

# Tests
LAB_BINARIES := $(addprefix $(BUILD)/tests/,peer deny inject tap owners redirect xdp lives odd_lives mover)
BENCH_BINARIES := $(patsubst tests/bench/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/*.c))
UNIT_BINARIES := $(UNIT_TESTS:%.c=$(BUILD)/%)
TEST_BINARIES := $(LAB_BINARIES) $(BUILD)/tests/withhold.so $(BUILD)/tests/step_clock.so $(BUILD)/tests/planted.so $(BUILD)/tests/actors $(BUILD)/tests/simulate $(BUILD)/tests/make_annotated $(BUILD)/tests/make_links \
	$(BUILD)/tests/make_reasons $(BUILD)/tests/enumerators $(BUILD)/tests/read_file $(BUILD)/tests/copy_file \
	$(BUILD)/tests/make_bad $(BENCH_BINARIES) $(UNIT_BINARIES) $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)

# What several unit tests share.
UNIT_SHARED := $(filter-out %_test.c tests/unit/test.c,$(shell find tests/unit -name '*.c'))
$(BUILD)/tests/unit/libshared.a: $(UNIT_SHARED:%.c=$(BUILD)/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BUILD)/tests/unit/test.o $(BUILD)/tests/unit/libshared.a $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

# Its allocations fail, one after the other.
$(BUILD)/tests/unit/sink/sink_memory_test: LDFLAGS += \
	$(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc reallocarray strdup strndup)

$(LAB_BINARIES): $(BUILD)/tests/%: $(BUILD)/tests/live/%.o
	$(call say,LINK,$@)
	$(Q)$(link)

# Preloaded, they take the place of a library's function; a sanitizer would have to be before them.
PRELOADED := $(BUILD)/tests/withhold.so $(BUILD)/tests/step_clock.so $(BUILD)/tests/planted.so
$(PRELOADED): $(BUILD)/tests/%.so: tests/live/%.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(filter-out -fsanitize% -fno-sanitize%,$(ALL_CFLAGS)) $(CPPFLAGS) -fPIC -shared -o $@ $<

$(BUILD)/tests/actors $(BUILD)/tests/actors-static: $(BUILD)/tests/live/endpoint.o $(BUILD)/tests/live/accept_loop.o $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/torture/*.c))
	$(call say,LINK,$@)
	$(Q)$(link)

# What runs in guests.
LAB_STATIC := $(LAB_BINARIES:%=%-static)
lab-static: static $(LAB_STATIC)

$(addprefix $(BUILD)/tests/,peer peer-static): $(BUILD)/tests/live/endpoint.o $(BUILD)/tests/live/accept_loop.o $(BUILD)/tests/live/peer_serve.o $(BUILD)/tests/live/peer_connect.o
$(addprefix $(BUILD)/tests/,lives lives-static): $(BUILD)/tests/live/endpoint.o
$(addprefix $(BUILD)/tests/,inject inject-static tap tap-static): $(BUILD)/tests/live/segment.o
$(addprefix $(BUILD)/tests/,inject inject-static): $(BUILD)/tests/live/wrap.o
$(LAB_STATIC): $(BUILD)/tests/%-static: $(BUILD)/tests/live/%.o
	$(call say,LINK,$@)
	$(Q)$(link)

$(BUILD)/tests/make_wire: $(BUILD)/tests/bench/make_wire.o $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(link)

bench-compare: all $(BUILD)/tests/make_wire
	@sh tests/bench/compare.sh $(BUILD)/tcpdropcap $(BUILD)/tests/make_wire

# Namespaces that come and go; losses on a crowded host; the costs of life, of a recorder, of top,
# and of seeing all; and half an hour at 5,000 events a second (SOAK_SECONDS).
BENCHES := bench-churn bench-crowded bench-life bench-recorder bench-top bench-unseen soak
$(BENCHES): all $(BENCH_BINARIES)
	@sh tests/packages.sh --install bench
	@sh tests/bench/$(@:bench-%=%).sh $(BUILD)

# Both beside bcc's tools, in a virtual machine where these work; an hour.
bench-guest: packages
	@sh tests/packages.sh --install bench-guest
	@$(MAKE) --no-print-directory lab-static $(BENCH_BINARIES)
	@sh tests/bench/guest.sh $(BUILD) life.sh 2000 3
	@sh tests/bench/guest.sh $(BUILD) top.sh 5 3

# Simulated traffic with known fates: what compare says of it against the truth.
SEEDS ?= 1..20
$(BUILD)/tests/simulate: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/sim/*.c)) $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

simulate: all $(BUILD)/tests/simulate
	@$(BUILD)/tests/simulate --tool $(BUILD)/tcpdropcap --seeds $(SEEDS)

# The explanations of reasons: the page and the dissector's part are made from capture/explain/.
$(BUILD)/tests/make_reasons $(BUILD)/tests/enumerators: $(BUILD)/tests/%: $(BUILD)/tests/explain/%.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

reasons: $(BUILD)/tests/make_reasons
	@sh tests/explain/update.sh $<

DISSECTED := $(BUILD)/tests/make_annotated $(BUILD)/tests/make_links
$(BUILD)/tests/make_annotated: $(BUILD)/tests/dissector/annotated_cases.o
$(DISSECTED): $(BUILD)/tests/%: $(BUILD)/tests/dissector/%.o $(BUILD)/libpcapng.a
	$(call say,LINK,$@)
	$(Q)$(link)

$(BUILD)/tests/read_file $(BUILD)/tests/copy_file: $(BUILD)/tests/%: $(BUILD)/tests/bad/%.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

$(BUILD)/tests/make_bad: $(BUILD)/tests/bad/make_bad.o $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bad/fault_*.c))
	$(call say,LINK,$@)
	$(Q)$(link) -lz -lzstd

$(filter-out %/replay %/make_wire,$(BENCH_BINARIES)): $(BUILD)/tests/%: $(BUILD)/tests/bench/%.o
	$(call say,LINK,$@)
	$(Q)$(link)

$(BUILD)/tests/replay: $(BUILD)/tests/bench/replay.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

# These replay their corpus; fuzz makes the ones that look for more.
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(LIBRARIES)
	$(call say,LINK,$@)
	$(Q)$(link) $(LDLIBS)

tests: all $(TEST_BINARIES)

packages:
	@sh tests/packages.sh --install

# Everything, once more under the sanitizers, and the live suite on other kernels.
check: packages
	@$(if $(KERNELS),sh tests/packages.sh --install kernels)
	@$(MAKE) $(PARALLEL) tests $(if $(KERNELS),lab-static) WERROR=1
	@$(MAKE) $(PARALLEL) asan
	@KERNELS="$(KERNELS)" WHOLE=7.2 DIFFERING=5.10 DRIVERS="$(CHECK_DRIVERS)" sh tests/run.sh $(BUILD) lint+headers+rules+suites unit \
		sim+rotate+faults+recorder bad+copy+fuzz dissector+top+terminal+cli+metrics golden+files offline+extcap+privilege install live explain report torture bench \
		kernels drivers -- $(BUILD)/asan unit+cli bad copy+extcap fuzz golden+files+top live-user-space

# For a contributor, without root: it installs nothing, and says what it lacks.
check-quick:
	@$(MAKE) $(PARALLEL) tests WERROR=1
	@sh tests/run.sh $(BUILD) headers rules unit bad explain report golden files fuzz

check-asan: packages
	@$(MAKE) $(PARALLEL) asan
	@sh tests/run.sh $(BUILD)/asan unit bad copy fuzz golden files cli rotate faults recorder privilege report top terminal extcap live-user-space

# By the other compiler, so that its warnings are seen, too.
asan:
	@$(MAKE) --no-print-directory tests WERROR=1 BUILD=$(BUILD)/asan CC=$(CLANG) CFLAGS='-O1 -g' SANITIZE=address,undefined

# The live suite on Debian's other kernels, in virtual machines; what runs there is linked
# statically. KERNELS="6.1 7.2" chooses, KERNELS= leaves it out.
check-kernels: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory lab-static WERROR=1
	@KERNELS="$(KERNELS)" DRIVERS="$(CLOUD_DRIVERS)" sh tests/run.sh $(BUILD) kernels drivers

# Real network drivers, in qemu's cards: DRIVERS="6.1:vmxnet3" chooses guests.
check-drivers: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory lab-static WERROR=1
	@DRIVERS="$(or $(DRIVERS),$(CLOUD_DRIVERS) $(FULL_DRIVERS))" sh tests/run.sh $(BUILD) drivers

# Checks that check-kernels notices the faults that it must notice.
check-kernels-controls: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory lab-static WERROR=1
	@sh tests/kernels/controls.sh $(BUILD) $(or $(firstword $(filter 6.%,$(KERNELS))),6.1)

# The dissector's tests with the Wireshark of Debian 13.
check-wireshark-new: packages
	@$(MAKE) --no-print-directory $(DISSECTED) WERROR=1
	@sh tests/wireshark-new.sh $(BUILD)/wireshark-new
	@TSHARK_ROOT=$(abspath $(BUILD))/wireshark-new/root sh tests/run.sh $(BUILD) dissector

# README's two commands in Debian 13 (clang 19, libbpf 1.5, tshark 4.4), in a root of its own.
check-debian13:
	@sh tests/packages.sh --install debian13
	@sh tests/debian13.sh $(BUILD)/debian13 make demo
	@sh tests/debian13.sh $(BUILD)/debian13 make check KERNELS=

# The pictures in docs/, of the real window on a display of its own.
screenshots:
	@sh tests/packages.sh --install screenshots
	@$(MAKE) --no-print-directory $(BUILD)/tests/make_annotated all
	@sh tests/screenshots.sh docs
	@TOOL=$(BUILD)/tcpdropcap sh tests/report/screenshots.sh docs

# Measures the cost of tcpdropcap and of its peers; tests/bench/bench.sh lists the other knobs.
bench: packages
	@sh tests/packages.sh --install bench
	@$(MAKE) -s --no-print-directory all $(BENCH_BINARIES)
	@BENCH_RUNS=$(BENCH_RUNS) BENCH_PACKETS=$(BENCH_PACKETS) sh tests/bench/bench.sh $(BUILD)

# Rounds of random drops against the kernel's counters, for so long; SEED=n plays that one again.
TORTURE_SECONDS ?= 1800
torture: packages
	@$(MAKE) --no-print-directory all $(BUILD)/tests/actors
	@TOOL=$(BUILD)/tcpdropcap ACTORS=$(BUILD)/tests/actors TORTURE_SECONDS=$(TORTURE_SECONDS) \
		sh tests/torture/run.sh $(BUILD)/torture $(SEED)

# The same in virtual machines, whose kernels have devices that this one may lack.
TORTURE_KERNELS ?= 6.1 6.12
torture-guests: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory lab-static $(BUILD)/tests/actors-static
	@sh tests/torture/guest.sh $(BUILD) $(TORTURE_SECONDS) $(TORTURE_KERNELS)

# Checks that the tests notice wrong lines: changes each line of tests/mutation/mutants.list in a
# copy; ten minutes.
mutants: packages
	@$(MAKE) --no-print-directory tests
	@sh tests/mutation/mutants.sh $(BUILD)

lint: packages
	@sh tests/run.sh $(BUILD) lint headers rules

# Each target for so long, one after the other; what breaks one is left in build/fuzz/.
FUZZ_SECONDS ?= 600
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)
FUZZED_SOURCES := $(PCAPNG) $(wildcard $(patsubst %,%/*.c,$(filter-out capture,$(FILE_FOLDERS))))

$(FUZZERS): $(BUILD)/fuzz/%: tests/fuzz/%.c $(FUZZED_SOURCES) | $(BUILD)/.tools
	$(call say,FUZZER,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O1 -g $(CPPFLAGS) \
		-DWITHOUT_SECCOMP -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $^ $(LDLIBS)

fuzz: packages $(FUZZERS)
	@for target in $(FUZZ_TARGETS:fuzz_%=%); do \
		mkdir -p $(BUILD)/fuzz/found-$$target && \
		$(BUILD)/fuzz/fuzz_$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=4096 \
			-rss_limit_mb=1024 -artifact_prefix=$(BUILD)/fuzz/ -print_final_stats=1 \
			$(BUILD)/fuzz/found-$$target tests/fuzz/corpus-$$target || exit 1; \
	done

demo: packages
	@$(MAKE) --no-print-directory all $(BUILD)/tests/peer
	@TOOL=$(BUILD)/tcpdropcap PEER=$(BUILD)/tests/peer sh tests/live/demo.sh $(BUILD)/demo

# Makes the captures under samples/ again, and what the golden tests expect of them.
samples: packages
	@sh tests/packages.sh --install kernels
	@$(MAKE) --no-print-directory tests
	@sh tests/golden/update.sh $(BUILD)

# Install: for all users (root), or for one. Wireshark's folders are found, or the knobs name them.
INSTALL := DESTDIR="$(DESTDIR)" BUILD="$(BUILD)" WITHOUT_BPF="$(WITHOUT_BPF)" \
	WIRESHARK_LIBDIR="$(WIRESHARK_LIBDIR)" WIRESHARK_DATADIR="$(WIRESHARK_DATADIR)" SYSTEMD_UNITDIR="$(SYSTEMD_UNITDIR)"

install: all
	@$(INSTALL) PREFIX="$(PREFIX)" sh install.sh install global

uninstall:
	@$(INSTALL) PREFIX="$(PREFIX)" sh install.sh uninstall global

install-user: all
	@$(INSTALL) PREFIX="$(USER_PREFIX)" sh install.sh install user

uninstall-user:
	@$(INSTALL) PREFIX="$(USER_PREFIX)" sh install.sh uninstall user

-include $(shell find $(BUILD) \( -path $(BUILD)/wireshark-new -o -path $(BUILD)/debian13 -o -path $(BUILD)/bench-guest \) -prune -o -name '*.d' -type f -print 2>/dev/null)

clean:
	rm -rf $(BUILD)

.PHONY: FORCE all reasons asan bench bench-compare bench-guest $(BENCHES) torture torture-guests static lab-static offline tests packages check check-quick check-asan check-drivers check-kernels \
	check-kernels-controls check-wireshark-new check-debian13 screenshots simulate lint mutants fuzz demo samples clean install uninstall \
	install-user uninstall-user

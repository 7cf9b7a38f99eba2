# SPDX-License-Identifier: MIT
#
#   make            build/hostportd and build/hostportctl
#   make run        install what is missing, build, audit this node and print violations
#   make test       install what is missing, build, run every test on this kernel
#   make bench      install what is missing, build, measure against the targets
#   make help       the other targets
#
# ARCH=arm64, ppc64el or s390x builds for that architecture, into build-ARCH/.
# V=1 prints the commands. DEBUG=1 builds with ASan and UBSan into build-debug/.

VERSION := 0.1.0

# ---- packages: the one list ---------------------------------------------------------------
# Debian's names; NAME/COMMAND is there, too, where the command is (from wherever it came).
# `make run` needs the first list, `make test` the first two, the other suites
# those and their own.
PACKAGES := gcc libc6-dev make git pkg-config ca-certificates clang llvm bpftool libbpf-dev libelf-dev \
	zlib1g-dev libyaml-dev libjansson-dev libyajl-dev libcurl4-openssl-dev libsmartcols-dev libmnl-dev libcap-dev libseccomp-dev \
	libmicrohttpd-dev scdoc
PACKAGES_TEST := libcmocka-dev iproute2 netbase gojq procps strace util-linux busybox prometheus-node-exporter prometheus nginx-light \
	haproxy unbound etcd-server mariadb-server nftables shellcheck clang-format man-db nodejs/node npm/npm \
	libxml2-utils curl openssl rpcbind keepalived openssh-server wireguard-go wireguard-tools erlang-base \
	tmux/tmux zsh/zsh
PACKAGES_KERNELS := qemu-system-x86 cpio kmod xz-utils debian-archive-keyring
PACKAGES_FRESH := debootstrap
# A node of Kubernetes; and what Debian has as source only is built with the second list, once.
PACKAGES_K8S := containerd runc containernetworking-plugins iptables zstd kubernetes-client/kubectl
PACKAGES_K8S_BUILD := golang-go golang-github-modern-go-reflect2-dev dpkg-dev debian-archive-keyring rsync jq
PACKAGES_SYSTEMD := systemd-container debootstrap
PACKAGES_BROWSER := chromium/chromium fonts-dejavu-core
# What make lint uses where it is there, beside the first two lists.
PACKAGES_LINT := codespell yamllint
# libFuzzer and its sanitizers, for the clang of the first list.
PACKAGES_FUZZ := libclang-rt-dev
# Of another architecture, unpacked beside this one's (deploy/sysroot.sh): to build with, and what its guests run.
PACKAGES_SYSROOT := $(filter %-dev,$(PACKAGES)) libcmocka-dev bpftool bash busybox coreutils dash diffutils findutils \
	gojq grep iproute2 mawk mount procps sed util-linux
# --------------------------------------------------------------------------------------------

prefix ?= /usr/local
sbindir ?= $(prefix)/sbin
mandir ?= $(prefix)/share/man
unitdir ?= $(prefix)/lib/systemd/system
datadir ?= $(prefix)/share
DESTDIR ?=

export PATH := $(PATH):/usr/sbin:/sbin

# ---- architectures ---------------------------------------------------------------------------
# Of each, by Debian's name: GNU's name, the byte order of BPF programs, QEMU's name, the package
# that has QEMU's machine, and the kernel of the guest that tests it (tests/kernels/fetch.sh).
ARCH_amd64 := x86_64-linux-gnu bpfel x86_64 qemu-system-x86 6.1
ARCH_arm64 := aarch64-linux-gnu bpfel aarch64 qemu-system-arm arm64-6.1
ARCH_ppc64el := powerpc64le-linux-gnu bpfel ppc64le qemu-system-ppc ppc64el-6.12
ARCH_s390x := s390x-linux-gnu bpfeb s390x qemu-system-misc s390x-6.12
ARCHITECTURES := amd64 arm64 ppc64el s390x

arch_triplet = $(word 1,$(ARCH_$(1)))
arch_bpf = $(word 2,$(ARCH_$(1)))
arch_qemu = $(word 3,$(ARCH_$(1)))
arch_kernel = $(word 5,$(ARCH_$(1)))
# To build for it.
arch_packages = gcc-$(subst _,-,$(call arch_triplet,$(1))) qemu-user

# CROSS: the architecture that is built for, unless it is this machine's. An ARCH that the
# environment sets is meant for somebody else.
CROSS :=
ifneq ($(findstring command,$(origin ARCH)),)
CROSS := $(filter-out $(shell dpkg --print-architecture),$(ARCH))
ifeq ($(filter $(ARCH),$(ARCHITECTURES)),)
$(error ARCH=$(ARCH): no such architecture; there are: $(ARCHITECTURES))
endif
endif

# The BPF programs are the same in all builds: they are built once, below $(P).
ifeq ($(FUZZ),1)
B := build-fuzz
P := build
CC := clang
OPT := -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined
else ifeq ($(DEBUG),1)
B := build-debug
P := build
OPT := -O1 -g3 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
B := build
P := $(B)
OPT := -O2 -g
endif

ifneq ($(CROSS),)
ifneq ($(filter 1,$(DEBUG) $(FUZZ)),)
$(error ARCH=$(ARCH): builds with sanitizers are for this machine)
endif
B := $(B)-$(CROSS)
P := build-$(CROSS)
PACKAGES += $(call arch_packages,$(CROSS))
endif

# As many jobs as processors, unless -j says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

CC ?= gcc
CLANG ?= clang
BPFTOOL ?= bpftool
BPF_TARGET := bpf
SYSROOT :=
# bpftool reads and writes its own byte order only, so it is the other architecture's, emulated.
ifneq ($(CROSS),)
SYSROOT := $(shell deploy/sysroot.sh $(CROSS) $(PACKAGES_SYSROOT))
ifeq ($(SYSROOT),)
$(error ARCH=$(CROSS): no libraries to build with)
endif
override CC := $(filter ccache,$(CC)) $(call arch_triplet,$(CROSS))-gcc --sysroot=$(SYSROOT)
override AR := $(call arch_triplet,$(CROSS))-ar
override BPFTOOL := qemu-$(call arch_qemu,$(CROSS)) -L $(SYSROOT) $(SYSROOT)/usr/sbin/bpftool
BPF_TARGET := $(call arch_bpf,$(CROSS))
endif
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wformat=2 -Wno-unused-parameter -Werror=unused-function -Werror=implicit-function-declaration
CFLAGS_ALL := -std=gnu11 -D_GNU_SOURCE $(WARN) $(OPT) \
	-fstack-protector-strong $(CFLAGS)
LDLIBS := -Wl,--as-needed -lyaml -lyajl -lcurl -ljansson -lsmartcols -lbpf -lmnl -lcap -lseccomp
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)
BPFFLAGS := -target $(BPF_TARGET) -mcpu=v3 -O2 -g -Wall -Wextra -Werror -fno-strict-aliasing \
	$(if $(MULTIARCH),-I$(SYSROOT)/usr/include/$(MULTIARCH)) $(if $(SYSROOT),-isystem $(SYSROOT)/usr/include) -Ibpf

# All that the programs are made of, but their mains: of the one archive each takes what it needs.
SRC := $(wildcard $(addprefix user/,*/*.c */*.S */*/*.c */*/*.S))
objects = $(addprefix $(B)/,$(addsuffix .o,$(basename $(1))))

LIB := $(B)/libhostport.a
PROGRAMS := $(B)/hostportd $(B)/hostportctl $(B)/hostportd-pods
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
# Parts of the bench that unit tests reach.
UNIT_PARTS := $(addprefix $(B)/tests/bench/,made.o plot.o results.o stats.o targets.o)
# Root's: each loads programs into the kernel, for a control group of its own.
BPF_TESTS := $(patsubst tests/bpf/%.c,$(B)/tests/bpf/%,$(wildcard tests/bpf/*_test.c))
BPF_WORLD := $(addprefix $(B)/tests/bpf/,world.o world_use.o)
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
E2E := $(patsubst tests/e2e/%.c,$(B)/tests/e2e/%,$(wildcard tests/e2e/*.c))
# What the tests upgrade to: the next version, and one whose maps are of another layout.
NEXT := $(B)/next/hostportd $(B)/other/hostportd
BENCH := $(addprefix $(B)/tests/bench/,bench holder linked)
MANS := $(patsubst docs/%.scd,$(B)/man/%,$(wildcard docs/*.scd))

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: all packages packages-test everything run test unit bpf-test e2e schema test-fresh man completions install uninstall \
	clean help lint format docs-coverage docs-metrics seccomp-profile test-kernels test-systemd test-k8s test-browser \
	tests-built e2e-built fuzz fuzz-built soak mutants bench bench-built bench-compare

all: $(PROGRAMS)

help:
	$(Q)sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile
	$(Q)printf '%s\n' \
	  '  make unit       unit tests alone' \
	  '  make bpf-test   the programs and the verdict table inside the kernel' \
	  '  make e2e        end-to-end tests with real servers' \
	  '  make schema     the registry files, reports and manifests against their schemas' \
	  '  make test-fresh the two commands on a fresh Debian in a scratch root' \
	  '  make test-kernels' \
	  '                  on Linux 5.10, 6.1 and 6.12, in QEMU, which it installs' \
	  '  make test-systemd' \
	  '                  the systemd unit, in a container that systemd boots; it installs that' \
	  '  make test-k8s' \
	  '                  the DaemonSet on a real node of Kubernetes, which it installs, and builds once' \
	  '  make test-browser' \
	  '                  the HTML page in a headless Chromium, which it installs' \
	  '  make fuzz       each fuzz target for FUZZ_SECONDS (60), or FUZZ_RUNS executions' \
	  '  make soak       a busy agent for SOAK_MINUTES (30): its memory and descriptors must not grow' \
	  '  make mutants    change the code in N (300) places, one at a time: do tests notice? SEED repeats' \
	  '                  a draw; of FILES, if given' \
	  '  make bench      ARGS are options of the bench: --only=ROW, --rounds=N, --quick' \
	  '  make bench-compare REV=COMMIT' \
	  '                  the same, with another revision beside ours; ARGS=--only=allowed is quicker' \
	  '  make lint       formatting, sizes, structure, shell scripts, man pages' \
	  '  make docs-coverage  docs/coverage.md from the table of ways and the recorded results' \
	  '  make docs-metrics  docs/metrics.md from the table of metrics' \
	  '  make seccomp-profile  deploy/seccomp/hostportd.json from the lists of system calls' \
	  '  make install    programs, man pages, completions and the systemd unit below $$(DESTDIR)$$(prefix)' \
	  '  make uninstall  remove what make install put there; settings below /etc stay' \
	  '  make clean      remove what was built'

packages:
	$(Q)deploy/install-packages.sh $(PACKAGES)

packages-test:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST)

# All that the suites of .ci/run need: it begins with this. Here unit tests run with sanitizers only.
everything:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST) $(PACKAGES_FRESH) $(PACKAGES_KERNELS) \
		$(PACKAGES_SYSTEMD) $(PACKAGES_BROWSER) $(PACKAGES_LINT) $(PACKAGES_FUZZ)
	$(Q)$(MAKE) -s --no-print-directory e2e-built bench-built man $(B)/tests/browser/makepage
	$(Q)$(MAKE) -s --no-print-directory DEBUG=1 tests-built
	$(Q)$(MAKE) -s --no-print-directory FUZZ=1 fuzz-built

run: packages
	$(Q)$(MAKE) -s --no-print-directory all
	$(Q)exec $(B)/hostportd --mode=audit --log=text $(ARGS)

# With sanitizers a quick run: all of it is run without them.
test: packages-test
	$(Q)$(MAKE) -s --no-print-directory tests-built
	$(Q)B=$(B) $(if $(DEBUG),E2E_QUICK=1 )exec tests/run.sh

# With sanitizers nobody measures.
tests-built: e2e-built $(UNIT) $(BPF_TESTS) $(if $(DEBUG),,$(BENCH))

# What tests of the agent need, here and elsewhere.
e2e-built: $(PROGRAMS) $(E2E) $(NEXT) $(B)/tests/bpf/verdict_test

unit: $(UNIT)
	$(Q)B=$(B) exec tests/run.sh unit

bpf-test: $(BPF_TESTS)
	$(Q)B=$(B) exec tests/run.sh bpf

e2e: e2e-built
	$(Q)B=$(B) exec tests/run.sh e2e

schema: $(B)/hostportctl $(B)/hostportd
	$(Q)B=$(B) exec tests/run.sh schema

test-fresh:
	$(Q)deploy/install-packages.sh $(PACKAGES_FRESH)
	$(Q)exec tests/fresh/run.sh

test-kernels:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST) $(PACKAGES_KERNELS)
	$(Q)$(MAKE) -s --no-print-directory e2e-built
	$(Q)B=$(B) exec tests/kernels/run.sh

test-systemd:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST) $(PACKAGES_SYSTEMD)
	$(Q)$(MAKE) -s --no-print-directory e2e-built man
	$(Q)B=$(B) exec tests/systemd/run.sh

test-k8s:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST) $(PACKAGES_K8S)
	$(Q)tests/k8s/build.sh --cached >/dev/null || ! grep -q bookworm /etc/os-release || \
		{ deploy/install-packages.sh $(PACKAGES_K8S_BUILD) && tests/k8s/build.sh >/dev/null; }
	$(Q)$(MAKE) -s --no-print-directory e2e-built
	$(Q)B=$(B) exec tests/run.sh k8s

test-browser:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_TEST) $(PACKAGES_BROWSER)
	$(Q)$(MAKE) -s --no-print-directory all $(B)/tests/browser/makepage
	$(Q)B=$(B) exec tests/browser/run.sh $(SHOTS)

fuzz:
	$(Q)deploy/install-packages.sh $(PACKAGES) $(PACKAGES_FUZZ)
	$(Q)$(MAKE) -s --no-print-directory FUZZ=1 fuzz-built
	$(Q)exec tests/fuzz/run.sh $(FUZZ_ONLY)

fuzz-built: $(FUZZ_TARGETS)

soak: packages-test
	$(Q)$(MAKE) -s --no-print-directory e2e-built
	$(Q)B=$(B) exec tests/soak/run.sh

mutants: packages-test
	$(Q)CC='$(CC)' tests/mutants/run.sh $(or $(N),300) $(or $(SEED),$$(date +%s)) $(FILES)

bench: packages
	$(Q)$(MAKE) -s --no-print-directory all bench-built
	$(Q)exec $(B)/tests/bench/bench --dir=$(B) --json=$(B)/bench.json $(ARGS)

bench-built: $(BENCH)

# Another revision is built below build/compare, and its programs take their turns with ours.
bench-compare: packages
	$(Q)$(MAKE) -s --no-print-directory all bench-built
	$(Q)tests/bench/build-other.sh build/compare $(REV)
	$(Q)exec $(B)/tests/bench/bench --dir=$(B) --other=build/compare/build $(ARGS)

# ---- BPF -----------------------------------------------------------------------------------
BPF_HDR := $(wildcard bpf/*.h bpf/*.c) vmlinux/vmlinux.h

$(P)/bpf/%.bpf.o: bpf/%.bpf.c $(BPF_HDR) Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPFFLAGS) -c $< -o $@

$(P)/tests/bpf/%.bpf.o: tests/bpf/%.bpf.c $(BPF_HDR) Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPFFLAGS) -c $< -o $@

$(P)/tests/bench/%.bpf.o: tests/bench/%.bpf.c $(BPF_HDR) Makefile
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPFFLAGS) -c $< -o $@

# The second pass through bpftool strips the debug sections that only clang needs.
$(P)/%.skel.h: $(P)/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen object $(@:.skel.h=.linked.o) $<
	$(Q)$(BPFTOOL) gen skeleton $(@:.skel.h=.linked.o) name $(notdir $*)_bpf >$@

# ---- C -------------------------------------------------------------------------------------
define compile
@mkdir -p $(@D)
$(call say,CC,$@)$(CC) $(CFLAGS_ALL) -MMD -MP -I$(P) -c $< -o $@
endef

$(B)/%.o: %.c Makefile
	$(compile)

# Who knows the version. Only these are compiled anew for another one.
$(call objects,$(addprefix user/,agent/status.c agent/metrics.c base/options.c ctl/bugreport.c ctl/listeners.c formats/export.c \
	formats/report_sarif.c) tests/unit/test_metrics.c tests/unit/test_options.c tests/unit/test_report_sarif.c tests/fuzz/fuzz_listeners.c): CFLAGS_ALL += -DHOSTPORTD_VERSION='"$(VERSION)"'

$(B)/user/registry/builtin.o: user/registry/builtin.S $(wildcard registry/*.yaml) Makefile
	@mkdir -p $(@D)
	$(call say,AS,$@)$(CC) $(CFLAGS_ALL) -c $< -o $@

$(B)/user/formats/vap_asset.o: user/formats/vap_asset.S user/formats/vap.yaml Makefile
	@mkdir -p $(@D)
	$(call say,AS,$@)$(CC) $(CFLAGS_ALL) -c $< -o $@

# The page's script is one, and its policy names script and style by their digests.
PAGE_JS := $(addprefix user/formats/html/,$(addsuffix .js,model filter dom map bands details table main))

$(B)/page/page.js: $(PAGE_JS) Makefile
	@mkdir -p $(@D)
	$(Q)cat $(PAGE_JS) >$@

$(B)/page/page.css: user/formats/html/page.css
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(B)/page/%.sha256: $(B)/page/%
	$(Q)sha256sum <$< | cut -c 1-64 | tr a-f A-F | basenc -d --base16 | base64 -w 0 >$@

$(B)/user/formats/html/page_assets.o: user/formats/html/page_assets.S user/formats/html/page.html user/formats/html/page.css \
		$(B)/page/page.js $(B)/page/page.js.sha256 $(B)/page/page.css.sha256 Makefile
	@mkdir -p $(@D)
	$(call say,AS,$@)$(CC) $(CFLAGS_ALL) -Wa,-I$(B) -c $< -o $@

# Programs for the kernel, compiled for the host, read from what may be NULL; the helper that reads says so.
ifeq ($(DEBUG),1)
$(addprefix $(B)/tests/unit/,$(addsuffix .o,test_hostport test_listen test_sctp test_fold_truth)): CFLAGS_ALL += -fno-sanitize=null
endif

SKELETONS := $(addprefix $(P)/bpf/,hostport.skel.h sockets.skel.h programs.skel.h)
$(filter $(B)/user/kernel/%,$(call objects,$(SRC))) $(B)/tests/unit/test_program_table.o \
		$(addsuffix .o,$(BPF_TESTS)) $(BPF_WORLD): | $(SKELETONS)

$(LIB): $(call objects,$(SRC))
	$(call say,AR,$@)rm -f $@ && $(AR) qcs $@ $^

$(PROGRAMS): $(B)/%: $(B)/user/%.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The agents that tests upgrade to: the first build's objects, but for those that know what differs.
NEXT_OBJECTS := $(addprefix $(B)/next/user/,agent/status.o agent/metrics.o base/options.o)
OTHER_OBJECTS := $(B)/other/user/kernel/layout.o
$(NEXT_OBJECTS): CFLAGS_ALL += -DHOSTPORTD_VERSION='"$(VERSION)+next"'
$(OTHER_OBJECTS): CFLAGS_ALL += -DHP_LAYOUT_EPOCH=1000

$(NEXT_OBJECTS): $(B)/next/%.o: %.c Makefile
	$(compile)

$(OTHER_OBJECTS): $(B)/other/%.o: %.c Makefile | $(SKELETONS)
	$(compile)

$(B)/next/hostportd: $(NEXT_OBJECTS)
$(B)/other/hostportd: $(OTHER_OBJECTS)
$(NEXT): $(B)/user/hostportd.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS)

# What they and the code allocate can fail: tests/unit/memory_fault.h.
$(B)/tests/unit/%_memory: LDFLAGS += $(foreach f,malloc calloc realloc reallocarray strdup strndup,-Wl,--wrap=$(f))

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(UNIT_PARTS) $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka -lm

$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/tests/browser/%: $(B)/tests/browser/%.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BPF_TESTS): %: %.o $(BPF_WORLD) $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(B)/tests/bpf/verdict_test.o: | $(P)/tests/bpf/verdict.skel.h

# Of the bench, what holds programs, and what is measured of functions of this tree, are programs
# of their own: see tests/bench/holder.h and linked.h.
HOLDER_SRC := tests/bench/holder_main.c $(wildcard tests/bench/held*.c)
LINKED_ONLY := $(addprefix tests/bench/,linked_main.c apply.c listen.c)
LINKED_SRC := $(LINKED_ONLY) $(addprefix tests/bench/,scene.c load.c made.c samples.c stats.c)
BENCH_SRC := $(filter-out %.bpf.c $(HOLDER_SRC) $(LINKED_ONLY),$(wildcard tests/bench/*.c))
$(B)/tests/bench/bench: $(call objects,$(BENCH_SRC)) $(LIB)
$(B)/tests/bench/holder: $(call objects,$(HOLDER_SRC)) $(LIB)
$(B)/tests/bench/linked: $(call objects,$(LINKED_SRC)) $(LIB)
$(BENCH):
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lpthread -lm

$(B)/tests/bench/held_peer.o: | $(P)/tests/bench/peers.skel.h

# Subjects are no part of what is tested, and a sanitizer makes the start of each ten times as dear.
ifeq ($(DEBUG),1)
SUBJECTS := $(filter-out %/contained %/leaky %/waytry,$(E2E))
$(SUBJECTS) $(addsuffix .o,$(SUBJECTS)): CFLAGS_ALL := $(filter-out -fsanitize% -fno-sanitize%,$(CFLAGS_ALL))
endif

$(B)/tests/e2e/waytry $(B)/tests/e2e/contained: $(LIB)
$(B)/tests/e2e/contained: E2E_LDLIBS := -lseccomp
$(B)/tests/e2e/%: $(B)/tests/e2e/%.o
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ -lpthread $(E2E_LDLIBS)

# ---- documents, installation ---------------------------------------------------------------
man: $(MANS)
$(B)/man/%: docs/%.scd
	@mkdir -p $(@D)
	$(call say,MAN,$@)scdoc <$< >$@

# Completions are made of the programs' own help.
completions: $(B)/completions/made
$(B)/completions/made: $(PROGRAMS) $(wildcard deploy/completions*)
	@mkdir -p $(@D)
	$(call say,GEN,$@)deploy/completions.sh $(B) $(@D) && touch $@

install: all man completions
	install -d $(DESTDIR)$(datadir)/bash-completion/completions $(DESTDIR)$(datadir)/zsh/site-functions \
		$(DESTDIR)$(datadir)/fish/vendor_completions.d
	install -m 0644 $(B)/completions/bash/* $(DESTDIR)$(datadir)/bash-completion/completions
	install -m 0644 $(B)/completions/zsh/* $(DESTDIR)$(datadir)/zsh/site-functions
	install -m 0644 $(B)/completions/fish/* $(DESTDIR)$(datadir)/fish/vendor_completions.d
	install -d $(DESTDIR)$(sbindir) $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man8 $(DESTDIR)$(unitdir)
	install -m 0755 $(PROGRAMS) $(DESTDIR)$(sbindir)
	install -m 0644 $(filter %.5,$(MANS)) $(DESTDIR)$(mandir)/man5
	install -m 0644 $(filter %.8,$(MANS)) $(DESTDIR)$(mandir)/man8
	sed "s|@sbindir@|$(sbindir)|" deploy/hostportd.service.in >$(DESTDIR)$(unitdir)/hostportd.service
	chmod 0644 $(DESTDIR)$(unitdir)/hostportd.service

# What install would put there, but for settings: those below /etc may be the site's own.
uninstall: all man completions
	$(Q)root=$$(mktemp -d) && trap 'rm -rf "$$root"' EXIT && \
	$(MAKE) -s --no-print-directory install DESTDIR="$$root" >/dev/null && \
	(cd "$$root" && find . '(' -type f -o -type l ')' ! -path './etc/*' -print) | \
	while IFS= read -r f; do rm -f "$(DESTDIR)/$$f"; done

lint: all $(B)/docs/metrics_page $(B)/deploy/seccomp_profile
	$(Q)B=$(B) exec tests/lint.sh

# By way of a file: what fails must not leave half a page.
docs-coverage: $(B)/hostportctl
	$(Q)B=$(B) docs/coverage.sh >$(B)/coverage.md && cp $(B)/coverage.md docs/coverage.md

docs-metrics: $(B)/docs/metrics_page
	$(Q)B=$(B) docs/metrics.sh >$(B)/metrics.md && cp $(B)/metrics.md docs/metrics.md

seccomp-profile: $(B)/deploy/seccomp_profile
	$(Q)$< >$(B)/seccomp.json && cp $(B)/seccomp.json deploy/seccomp/hostportd.json

$(B)/docs/metrics_page $(B)/deploy/seccomp_profile: %: %.o $(LIB)
	$(call say,LD,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $^ $(LDLIBS)

format:
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	$(call say,CLEAN,build)rm -rf build build-debug build-fuzz $(addprefix build-,$(ARCHITECTURES))

-include $(shell find $(B) -name '*.d' 2>/dev/null)

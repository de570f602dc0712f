# The two commands of the README are `make demo` and `make test`; the rest is for those who build here.
prefix ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
SELECTION ?= quick
pure_rooms = base wire shape fault model policy trace diagnose heal

.PHONY: help demo test build bench install install-development format tidy fuzz image clean

help:
	@echo "make demo      build helloscope and watch a flow go well, break and be healed"
	@echo "make test      every test, under ASan and UBSan, and under TSan where threads meet"
	@echo "make build     build/release/helloscope"
	@echo "make bench     measure it beside HAProxy (SELECTION=whole: and beside others)"
	@echo "make install   build, then install under prefix=$(prefix) (DESTDIR is honoured)"
	@echo "make install-development  the library and headers for find_package(helloscope), likewise"
	@echo "make format    clang-format over all C++ files"
	@echo "make tidy      clang-tidy over the rooms below the purity line"
	@echo "make fuzz      all fuzz targets together for SECONDS=$(SECONDS)"
	@echo "make image     build docker/Dockerfile without a registry and test what it made (root)"
	@echo "make clean     remove build/"

demo:
	@.ci/demo

test:
	@.ci/test

build:
	@.ci/install build
	@echo "==> configuring build/release"
	@cmake --preset release
	@echo "==> building helloscope"
	@cmake --build --preset release

bench:
	@.ci/install test
	@echo "==> building helloscope and the load"
	@cmake --preset release
	@cmake --build --preset release \
	    --target helloscope bench_load bench_allocations bench_micro
	@python3 -B tests/bench/bench.py build/release $(SELECTION)

install: build
	@echo "==> installing under $(DESTDIR)$(prefix)"
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(prefix)"

install-development: build
	@echo "==> installing for find_package(helloscope) under $(DESTDIR)$(prefix)"
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(prefix)" --component development

format:
	@echo "==> formatting include, proxy and tests"
	@find include proxy tests -name '*.[ch]pp' -print0 | xargs -0 clang-format-14 -i

# A build folder of its own: clang-tidy reads the flags of clang, not those of g++.
tidy:
	@echo "==> configuring build/tidy"
	@cmake -S . -B build/tidy -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DHELLOSCOPE_TESTS=OFF
	@echo "==> clang-tidy over $(pure_rooms)"
	@find $(wildcard $(pure_rooms:%=proxy/%)) -name '*.cpp' -print0 \
	    | xargs -0 -n 2 -P "$$(nproc)" clang-tidy-19 --quiet -p build/tidy

fuzz:
	@.ci/fuzz $(SECONDS)

# In CI the tests of the image skip the stage that compiles; here it is built too.
image:
	@.ci/install test
	@python3 -B tests/scenarios/test_image.py whole -v

clean:
	@echo "==> removing build/"
	@rm -rf build

# soak: kills a training 200 times.
# build: set up and compile; test: all tests; bench: benchmarks beside their peers; format, lint: style.
.PHONY: build test bench soak format lint clean
build:
	@tools/build release

test:
	@tools/test

bench:
	@tools/bench

soak:
	@tools/build release && RETORT_KILLS=200 python3 -B tests/cli/kill_test.py

format:
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

lint:
	@tools/lint

clean:
	rm -rf build

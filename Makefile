# build: set up and compile; test: all tests; bench: benchmarks beside their peers; format, lint: style.
.PHONY: build test bench format lint clean
build:
	@tools/build release

test:
	@tools/test

bench:
	@tools/bench

format:
	@git ls-files '*.cpp' '*.h' | xargs clang-format -i

lint:
	@tools/lint

clean:
	rm -rf build

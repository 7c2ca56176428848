#!/bin/sh
# Runs a parity test with the interpreter of .venv-parity: run.sh SCRIPT [arguments]. Exit code 77 skips (setup.sh says why).
set -eu
python=$("$(dirname "$0")/setup.sh") || exit $?
exec "$python" "$@"

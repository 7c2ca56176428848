#!/bin/sh
# Runs a parity test with the interpreter of .venv-parity: run.sh SCRIPT [arguments]; with `run.sh --venv NAME SCRIPT ...`
# that of .venv-NAME. Exit code 77 skips (setup.sh says why).
set -eu
name=
if [ "$1" = --venv ]; then
  name=$2
  shift 2
fi
python=$("$(dirname "$0")/setup.sh" $name) || exit $?
exec "$python" "$@"

#!/bin/sh
# Makes a Python environment for parity tests and prints its interpreter: .venv-parity from requirements.txt, or with
# `setup.sh NAME` .venv-NAME from requirements-NAME.txt. Quick when nothing changed. It sees the torch of the interpreter
# that the build uses (RETORT_PYTHON, or build/python).
# Exit code 77 (ctest's "skipped") and one line of reason where the packages cannot be installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
name=${1:-parity}
requirements=requirements${1:+-$1}.txt
venv=$root/.venv-$name
python=$venv/bin/python
torch_python=${RETORT_PYTHON:-$(cat "$root/build/python" 2>/dev/null || true)}

wanted=$(cat "$here/$requirements"; echo "# in $venv, torch of ${torch_python:-nobody}")
mkdir -p "$root/build"
exec 9>"$root/build/$name.lock"
flock 9
if [ -x "$python" ] && [ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ]; then
  echo "$python"
  exit 0
fi

skip() { echo "parity tests skipped: $*" >&2; exit 77; }
base=${torch_python:-python3}
command -v "$base" >/dev/null || skip "there is no interpreter '$base'"
[ -x "$python" ] || "$base" -m venv "$venv" >&2 || skip "'$base -m venv' failed"
"$python" -m pip install -q --disable-pip-version-check -r "$here/$requirements" >"$venv/pip.log" 2>&1 ||
  skip "pip could not install what tests/parity/$requirements names ($(grep -m 1 '^ERROR' "$venv/pip.log"))"
packages() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
if [ -n "$torch_python" ]; then
  packages "$torch_python" >"$(packages "$python")/torch_of_the_build.pth"
fi
printf '%s\n' "$wanted" >"$venv/installed"
echo "$python"

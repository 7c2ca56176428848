# SPDX-License-Identifier: MIT
"""Faults by strace: kills a program at its n-th call of a kind, or makes that call fail."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77  # ctest's "skipped"


def skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)


def require():
    """Skips where strace is missing or may not trace."""
    if shutil.which("strace") is None:
        skip("strace is not installed")
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        skip(f"strace cannot trace here ({probe.stderr.strip()})")


def run(command, inject=None):
    """The finished process, with a fault such as "fsync:error=EIO:when=1" injected."""
    options = ["-e", f"inject={inject}"] if inject else []
    trace = ["-e", f"trace={inject.split(':')[0]}"] if inject else []
    return subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", *trace, *options, *command], capture_output=True,
                          text=True, timeout=120)


def calls(command, kinds, log):
    """How often the command makes each kind of call: {"fsync": 2, ...}."""
    subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", "trace=" + ",".join(kinds), *command], check=True,
                   capture_output=True, timeout=120)
    counts = dict.fromkeys(kinds, 0)
    for line in Path(log).read_text().splitlines():
        found = re.match(r"\d+\s+(\w+)\(", line)
        if found and found[1] in counts:
            counts[found[1]] += 1
    return counts

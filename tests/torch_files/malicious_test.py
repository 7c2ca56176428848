#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: malicious_test.py PROGRAM

PROGRAM refuses every file of the corpus with exit code 4 and one line, within two seconds and little memory, and starts
no process and opens no socket (by strace, where that may trace). The sound files that they were made from it reads.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus

REFUSED, SECONDS, MEMORY = 4, 2.0, 64 << 20
FORBIDDEN = "execve,execveat,fork,vfork,clone,clone3,socket,connect,unlink,rename,mkdir"


def can_trace():
    return shutil.which("strace") is not None and subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def is_sanitized(program):
    return b"__asan_init" in Path(program).read_bytes()


def run(program, path):
    """Exit code, stderr, seconds, and the most memory in bytes."""
    start = time.monotonic()
    process = subprocess.Popen([program, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    stdout, stderr = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, stderr, time.monotonic() - start, usage.ru_maxrss * 1024


def calls(program, path, log):
    """What it calls of the forbidden, but for the first: that starts the program itself."""
    subprocess.run(["strace", "-f", "-qq", "-o", log, "-e", f"trace={FORBIDDEN}", program, path], capture_output=True)
    return open(log).read().splitlines()[1:]


def main():
    program = sys.argv[1]
    sanitized = is_sanitized(program)
    # A sanitizer's own memory and strace do not go together with the bounds.
    traces = can_trace() and not sanitized
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        canary = str(Path(folder, "canary"))
        for name, content in corpus.sound_files().items():
            path = Path(folder, name)
            path.write_bytes(content)
            code, stderr, *_ = run(program, str(path))
            if code != 0:
                failures.append(f"{name} is sound, and was refused: {stderr}")
        files = corpus.malicious_files(canary)
        before = run(program, str(Path(folder, "plain.pt")))[3]
        for name, content in files.items():
            path = Path(folder, name)
            path.write_bytes(content)
            code, stderr, seconds, memory = run(program, str(path))
            if code != REFUSED or len(stderr.splitlines()) != 1:
                failures.append(f"{name}: exit code {code}: {stderr[:500]}")
            if any(ord(character) < 0x20 for character in stderr.rstrip("\n")):
                failures.append(f"{name}: control characters reach the terminal")
            if seconds > SECONDS:
                failures.append(f"{name}: took {seconds:.1f} s")
            if not sanitized and memory - before > 2 * len(content) + MEMORY:
                failures.append(f"{name}: took {memory >> 20} MiB for {len(content)} bytes")
            if traces and (made := calls(program, str(path), str(Path(folder, "log")))):
                failures.append(f"{name}: {made}")
            if Path(canary).exists():
                failures.append(f"{name}: ran its command")
                Path(canary).unlink()
            path.unlink()
    print("\n".join(failures) or f"{len(files)} files refused{'' if traces else ', untraced'}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""usage: atomic_file_test.py ATOMIC_WRITE

One replacement of a file, killed at every system call that writes, syncs or renames, and with each of those calls failing:
the path always holds the whole old content or the whole new one, "durable" is never said of content that is not there, an
error leaves no temporary file, and what was refused is said with path and cause. Exit code 77 where strace cannot be used.
"""
import errno
import os
import pathlib
import subprocess
import sys
import tempfile

import strace

BYTES = 3 * 100_000
KINDS = ["openat", "write", "fallocate", "fsync", "close", "renameat", "rename"]
ERRORS = {"openat": ["EMFILE"], "write": ["ENOSPC", "EDQUOT", "EIO", "EFBIG"], "fallocate": ["ENOSPC"],
          "fsync": ["EIO", "ENOSPC"], "close": ["EIO", "ENOSPC"], "renameat": ["EIO", "ENOSPC"], "rename": []}
RESOURCES = 6


class Target:
    """A file of old content in a folder of its own."""

    def __init__(self, program, folder):
        self.path = pathlib.Path(folder) / "target"
        self.path.write_bytes(b"o" * BYTES)
        self.command = [program, str(self.path), str(BYTES), "n"]

    def content(self):
        content = self.path.read_bytes()
        assert content in (b"o" * BYTES, b"n" * BYTES), f"neither old nor new: {content[:20]}... of {len(content)} bytes"
        return "old" if content[:1] == b"o" else "new"

    def leftovers(self):
        return [name for name in os.listdir(self.path.parent) if name != "target"]


def check_kill(program, kind, number):
    with tempfile.TemporaryDirectory() as folder:
        target = Target(program, folder)
        process = strace.run(target.command, f"{kind}:signal=SIGKILL:when={number}")
        # A call with a fatal signal is not left: its effect may be there or not, its success is never reported.
        assert target.content() == "new" or "durable" not in process.stdout, f"{kind} {number}: said durable and was not"
        return process.returncode != 0


def check_error(program, kind, number, error):
    with tempfile.TemporaryDirectory() as folder:
        target = Target(program, folder)
        process = strace.run(target.command, f"{kind}:error={error}:when={number}")
        content, context = target.content(), f"{kind} {number} {error}: {process}"
        if process.returncode == 0:  # a call before main, the one that says so, or one that need not succeed
            assert content == "new", context
            return False
        assert "durable" not in process.stdout, context
        if process.returncode == RESOURCES:
            assert str(target.path) in process.stderr and os.strerror(getattr(errno, error)) in process.stderr, context
            assert process.stderr.count("\n") == 1, context
            assert target.leftovers() == [], context
        return process.returncode == RESOURCES


def check_full_disk(program):
    """A real full disk: a small tmpfs in a user namespace."""
    script = ('mount -t tmpfs -o size=256k tmpfs "$1" && printf old >"$1/target" && "$2" "$1/target" 3000000 n; code=$?; '
              'cat "$1/target"; ls -A "$1"; exit $code')
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", folder, program],
                                 capture_output=True, text=True)
    if "mount:" in process.stderr or "unshare" in process.stderr:
        print(f"full disk: skipped, no tmpfs of our own ({process.stderr.strip()})")
        return
    assert process.returncode == RESOURCES, process
    assert "No space left on device (needs 2.9 MiB more" in process.stderr, process
    assert process.stdout == "oldtarget\n", process
    print("full disk: refused before the first byte, old content kept")


def main():
    program = os.path.abspath(sys.argv[1])
    strace.require()
    with tempfile.TemporaryDirectory() as folder:
        target = Target(program, folder)
        counts = strace.calls(target.command, KINDS, folder + "/log")
    assert counts["fsync"] == 2, f"a commit syncs the file and its folder: {counts}"
    assert counts["write"] >= 3 and counts["renameat"] == 1, counts
    killed = failed = 0
    for kind, count in counts.items():
        for number in range(1, count + 1):
            killed += check_kill(program, kind, number)
            for error in ERRORS[kind]:
                failed += check_error(program, kind, number, error)
    print(f"killed at {killed} calls, refused {failed} failing ones; calls of one replacement: {counts}")
    assert killed >= 8 and failed >= 15, "the faults did not reach the program"
    check_full_disk(program)


if __name__ == "__main__":
    main()

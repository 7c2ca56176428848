# SPDX-License-Identifier: MIT
"""usage: checkpoint_store_test.py SAVE_CHECKPOINTS [KILLS]

A run that saves one checkpoint after the other is killed: KILLS times (default 20) at random moments, and, where strace can be
used, at every system call by which one more save changes the disk; the calls are made to fail, too. After each, read by this
script alone: the newest folder whose manifest and files agree is at least the last one called durable, no newer folder is
damaged, `best` and `last` lead to whole checkpoints, and the next save works and sweeps up.
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import strace

PROGRAM = os.path.abspath(sys.argv[1])
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
KINDS = ["mkdir", "write", "fsync", "rename", "renameat", "renameat2", "symlink", "unlink", "unlinkat", "rmdir"]
ERRORS = {"mkdir": "ENOSPC", "write": "ENOSPC", "fsync": "EIO", "renameat": "EIO", "renameat2": "EIO", "symlink": "ENOSPC",
          "unlink": "EIO", "unlinkat": "EIO", "rmdir": "EIO"}
RESOURCES = 6
os.environ["OMP_NUM_THREADS"] = "1"


def command(folder, first, last):
    return [PROGRAM, str(folder), str(first), str(last)]


def is_sound(folder):
    text = (folder / "manifest.json").read_text()
    manifest = json.loads(text)
    own = hashlib.sha256(text.replace(manifest["sha256"], "0" * 64, 1).encode()).hexdigest()
    assert own == manifest["sha256"], f"{folder}: the manifest's own hash"
    assert folder.is_symlink() or folder.name == f"step-{manifest['step']:08}", folder
    for name, digest in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert len(content) == digest["bytes"] and hashlib.sha256(content).hexdigest() == digest["sha256"], folder / name
    return manifest["step"]


def check(root, acknowledged, context):
    """The newest step, once everything that a reader could come across is whole."""
    if not root.exists():
        assert acknowledged is None, context
        return None
    steps = []
    for folder in root.glob("step-*"):
        if (folder / "manifest.json").exists():
            steps.append(is_sound(folder))
    newest = max(steps, default=None)
    assert acknowledged is None or (newest is not None and newest >= acknowledged), f"{context}: {newest} < {acknowledged}"
    for folder in root.glob("step-*"):
        is_half_removed = not (folder / "manifest.json").exists()
        assert not is_half_removed or int(folder.name[5:]) < newest, f"{context}: {folder} is half there"
    for link in ("best", "last"):
        if (root / link).is_symlink():
            is_sound(root / link)
    return newest


def acknowledged_in(text):
    lines = [line for line in text.splitlines() if line.startswith("durable ")]
    return int(lines[-1].split()[1]) if lines else None


def expect_swept(root):
    leftovers = [name for name in os.listdir(root) if name.startswith(".")]
    assert leftovers == [], leftovers


def kill_at_random(root):
    source = random.Random(1)
    newest = 0
    for kill in range(KILLS):
        with open(root.parent / "output", "w") as output:
            process = subprocess.Popen(command(root, newest + 1, newest + 10**6), stdout=output)
            time.sleep(0.3 + source.random() * 0.5)
            process.send_signal(signal.SIGKILL)
            process.wait()
        acknowledged = acknowledged_in((root.parent / "output").read_text())
        newest = check(root, acknowledged or newest or None, f"kill {kill}") or 0
    subprocess.run(command(root, newest + 1, newest + 1), check=True, capture_output=True)
    expect_swept(root)
    print(f"killed {KILLS} times at random on the way to step {newest}: nothing acknowledged was lost")


def inject_everywhere(folder):
    """Faults while step 4 is saved again, and then step 5, which makes step 4 superfluous; step 3 is `best` and stays."""
    start = folder / "start"
    subprocess.run(command(start, 1, 4), check=True, capture_output=True)
    shutil.copytree(start, folder / "count", symlinks=True)
    log = folder / "log"
    counts = strace.calls(command(folder / "count", 4, 5), KINDS, log)
    killed = failed = refused = 0
    for kind, count in counts.items():
        for number in range(1, count + 1):
            faults = [f"{kind}:signal=SIGKILL:when={number}"]
            if kind in ERRORS:
                faults.append(f"{kind}:error={ERRORS[kind]}:when={number}")
            for fault in faults:
                root = folder / "root"
                shutil.copytree(start, root, symlinks=True)
                process = strace.run(command(root, 4, 5), fault)
                check(root, acknowledged_in(process.stdout) or 4, fault)
                if "error" in fault:
                    failed += 1
                    refused += process.returncode == RESOURCES
                    assert process.returncode in (0, RESOURCES), (fault, process)
                else:
                    killed += process.returncode != 0
                shutil.rmtree(root)
    print(f"killed at {killed} calls; {failed} failing calls, {refused} refused; calls in all: {counts}")
    assert killed > 20 and refused > 10, "the faults did not reach the program"


def main():
    with tempfile.TemporaryDirectory() as folder:
        kill_at_random(pathlib.Path(folder) / "random")
        strace.require()
        inject_everywhere(pathlib.Path(folder))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The headline run: conf/experiment/cifar10/{fast,paper,ensemble,mixup,grid}.yaml, one after the other, in slots of a few minutes.

    headline.py [options] [OVERRIDE ...]       e.g. trainer.precision=bf16-mixed; NAME:OVERRIDE is of one experiment alone

ends with 0 when all is done, with 75 when the slot is over (or at a signal): the same command goes on. What a slot leaves in
--out is all that must be kept of the machine, as files of at most 16 MiB: what is to be shown (results.json, report.html,
curves, results.md) as it is, and what is needed to go on as pieces, which the next slot finds by --state. Teachers' tables are
not among it; they are made again.

    until python3 benchmarks/headline.py --out kept --state kept --data pieces --seconds 540; [ $? -ne 75 ]; do :; done

--data names a folder with CIFAR-10's archive in pieces: pieces.py split cifar-10-binary.tar.gz pieces"""
import argparse
import csv
import ctypes
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pieces
from results_page import SLOTS, read_json, read_slots, write

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
SOURCE = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("RETORT_PROGRAM", str(SOURCE / "retort"))
EXPERIMENTS = ["fast", "paper", "ensemble", "mixup", "grid"]
ARCHIVE = "cifar-10-binary.tar.gz"
STATE = "state.tar"
PIECE_BYTES = 16 * pieces.MIB
INTERRUPTED = 75


class SlotOver(Exception):
    pass


class Slot:
    """Runs programs until its time is over or a signal comes; they are asked to stop, and leave a checkpoint."""

    def __init__(self, options, end):
        self.end, self.patience, self.log = end - options.reserve, options.reserve / 2, options.work / SLOTS
        self.is_stopped, self.child = False, None
        # Programs hold it with us: who goes on after a kill waits for the one that is still saving.
        self.lock = os.open(options.work / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, *_):
        self.is_stopped = True
        if self.child is not None:
            self.child.send_signal(signal.SIGTERM)

    def run(self, step, arguments, folder):
        if self.is_stopped or time.monotonic() >= self.end:
            raise SlotOver
        print(f"\n== {step}: retort {' '.join(arguments)}", flush=True)
        row = {"step": step, "started_at": f"{time.time():.0f}", "seconds": "", "exit_code": ""}
        note(self.log, row)
        start = time.monotonic()
        # A session of its own, so that ^C reaches it once; and it does not outlive us.
        self.child = subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=[self.lock],
                                      preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
        if self.is_stopped:
            self._stop()
        code = self._wait()
        self.child = None
        note(self.log, {**row, "seconds": f"{time.monotonic() - start:.2f}", "exit_code": code}, row)
        if code == INTERRUPTED or code < 0:  # asked to stop, or killed
            raise SlotOver
        if code != 0:
            sys.exit(code)

    def _wait(self):
        try:
            return self.child.wait(max(self.end - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._stop()
        try:
            return self.child.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


def note(log, row, earlier=None):
    """Adds a row, or puts it in the place of the last, `earlier`: one without seconds is of a program that was killed with us."""
    rows = read_slots(log)
    if earlier is not None and rows and rows[-1] == earlier:
        rows.pop()
    partial = log.with_suffix(".tmp")
    with open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, row.keys())
        writer.writeheader()
        writer.writerows([*rows, row])
    os.replace(partial, log)


def study_arguments(name, options):
    own = [override.split(":", 1)[1] if override.startswith(f"{name}:") else override for override in options.overrides
           if not re.match(rf"(?!{name}:)({'|'.join(EXPERIMENTS)}):", override)]
    return ["study", f"experiment=cifar10/{name}", f"seeds={options.seeds}", "study.folder=studies", f"hydra.run.dir={name}", *own]


def network_files(study):
    """A teacher's and a distilled student's."""
    files = {}
    for training in study.get("trainings", []):
        folder = training["folder"]
        if training["name"].startswith("teacher"):
            files.setdefault("teacher", f"{folder}/teacher.safetensors")
        elif "distilled" in training["name"]:
            files.setdefault("student", f"{folder}/checkpoints/last/model.safetensors")
    return list(files.values()) if len(files) == 2 else []


def work(slot, options, data):
    for name in options.only:
        arguments = [*study_arguments(name, options), *data]
        if read_json(options.work / name / "results.json").get("command") != arguments:
            slot.run(name, arguments, options.work)
    for name in options.only:
        files = network_files(read_json(options.work / name / "results.json"))
        if files and not (options.work / "benchmark" / "results.json").exists():
            pictures = [override for override in study_arguments(name, options) if override.startswith("data=")]
            slot.run("benchmark", ["benchmark", f"checkpoint=[{','.join(files)}]", "hydra.run.dir=benchmark", *pictures], options.work)


def bring_data(options):
    """Overrides that say where the pictures are."""
    if options.data is None:
        return []
    file = options.work / "data" / ARCHIVE
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        pieces.join(options.data, ARCHIVE, file)
    return ["data.root=data", f"data.sha256={pieces.manifest(options.data, ARCHIVE)['sha256']}"]


def is_needed(path):
    """Whether a file of the work folder is needed to go on, or to be kept."""
    parts = path.parts
    if parts[0] != "studies":
        return parts[0] not in ("data", "tables", "unpacking", ".lock")
    return not any(part.startswith(".") for part in parts)


def checkpoint_files(training):
    """Of a training's checkpoints: the newest of one that is under way, the weights of a distilled student that is done."""
    steps = sorted(path.parent for path in (training / "checkpoints").glob("step-*/manifest.json"))
    if not steps:
        # Weights alone, of a folder that was unpacked.
        return sorted((training / "checkpoints").glob("step-*/model.safetensors"))
    if not list(training.glob("*answers.safetensors")):
        return sorted(steps[-1].iterdir())
    run = read_json(training / "run.json")
    is_kept = run.get("role") == "distill" and "experiment=cifar10/grid" not in run.get("arguments", [])
    return [steps[-1] / "model.safetensors"] if is_kept else []


def add_link(archive, name, target):
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, target
    archive.addfile(link)


def pack(options):
    splitter = pieces.Splitter(options.out, STATE, PIECE_BYTES)
    with tarfile.open(fileobj=splitter, mode="w|") as archive:
        for path in sorted(options.work.rglob("*")):
            name = path.relative_to(options.work)
            if path.is_file() and not path.is_symlink() and is_needed(name) and "checkpoints" not in name.parts:
                archive.add(path, str(name))
                show(path, options.out / name)
        for training in sorted((options.work / "studies").glob("*")):
            files = checkpoint_files(training)
            for path in files:
                archive.add(path, str(path.relative_to(options.work)))
            if files:
                add_link(archive, f"studies/{training.name}/checkpoints/last", files[-1].parent.name)
    splitter.close()


def show(path, target):
    if path.suffix in (".safetensors", ".png") or any(part.startswith(".") for part in target.parts[-2:]):
        return
    if path.stat().st_size > PIECE_BYTES:
        print(f"{path} is larger than 16 MiB: it is kept in the pieces alone")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def unpack(options):
    if options.state is None or not pieces.exists(options.state, STATE) or (options.work / "studies").exists():
        return
    partial = options.work / "unpacking"
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(fileobj=pieces.Joiner(options.state, STATE), mode="r|") as archive:
        archive.extractall(partial)
    # studies/ last: it says that all is there.
    for path in sorted(partial.iterdir(), key=lambda path: path.name == "studies"):
        if path.is_dir():
            shutil.rmtree(options.work / path.name, ignore_errors=True)
        os.replace(path, options.work / path.name)
    partial.rmdir()


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", nargs="*", metavar="OVERRIDE")
    parser.add_argument("--work", type=Path, default=SOURCE / "outputs/headline", help="where it is done; stays on the machine")
    parser.add_argument("--out", type=Path, default=os.environ.get("OUT"), help="what is kept of the machine; default: $OUT")
    parser.add_argument("--state", type=Path, help="what an earlier slot left in --out")
    parser.add_argument("--data", type=Path, help="CIFAR-10's archive in pieces; without it data.root=... must say")
    parser.add_argument("--seconds", type=float, default=540, help="of the slot")
    parser.add_argument("--reserve", type=float, default=60, help="of these, for the last checkpoint and the packing")
    parser.add_argument("--only", type=lambda text: text.split(","), default=EXPERIMENTS, help=",".join(EXPERIMENTS))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_intermixed_args(arguments)
    if unknown := set(options.only) - set(EXPERIMENTS):
        parser.error(f"--only: no such experiment: {', '.join(sorted(unknown))}")
    if options.out is None:
        parser.error("--out, or $OUT, must say where to")
    options.work, options.out = Path(options.work).resolve(), Path(options.out).resolve()
    return options


def main(arguments):
    start = time.monotonic()
    options = parse(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    slot = Slot(options, start + options.seconds)
    unpack(options)
    code = 0
    try:
        work(slot, options, bring_data(options))
    except SlotOver:
        code = INTERRUPTED
    except SystemExit as stop:
        code = stop.code
    pack(options)
    write(options.work, options.out / "results.md")
    if code == INTERRUPTED:
        print("\nthe slot is over; the same command goes on", flush=True)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")

#!/usr/bin/env python3
"""kill -9 at any moment of a training, and on with the same command: what is left in the end is what a run leaves that
nobody killed, to the byte, and no checkpoint that was acknowledged is lost.

RETORT_KILLS sets how many moments are tried (20; `make soak`: 200, and every call of a save instead of some)."""
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from support import OK, PROGRAM, QUICK, SOURCE, CommandLineTest

sys.path.insert(0, str(SOURCE / "tests/faults"))
import strace  # noqa: E402

KILLS = int(os.environ.get("RETORT_KILLS", "20"))
IS_SOAK = KILLS > 20
CALLS = ["fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "write"]
TRAINING = ["train", *QUICK, "model.name=student", "+model.student.dropout=0.2", "resume=auto", "trainer.max_epochs=3",
            "trainer.limit_train_batches=24", "trainer.accumulate_grad_batches=2", "trainer.val_check_interval=8",
            "trainer.limit_test_batches=0", "trainer.log_every_n_steps=1", "callbacks=[default,ema_weight_averaging]",
            "callbacks.model_checkpoint.every_n_train_steps=4"]
LEFT = ["metrics.csv", *(f"checkpoints/last/{name}.safetensors" for name in ["model", "training_model", "optimizer"]),
        "checkpoints/best/model.safetensors"]


def contents(run):
    return {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in LEFT}


def newest_step(run):
    """Of the checkpoints whose manifest is there; 0 where there is none."""
    steps = [json.loads(path.read_text())["step"] for path in (run / "checkpoints").glob("step-*/manifest.json")]
    return max(steps, default=0)


class Kill(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.succeed(*TRAINING, "hydra.run.dir=whole")
        self.whole = contents(self.folder / "whole")

    def finish_and_compare(self, run, context):
        before = newest_step(run)
        result = self.succeed(*TRAINING, f"hydra.run.dir={run.name}")
        resumed = re.search(r"resuming from .*: epoch \d+, step (\d+)", result.stdout)
        self.assertEqual(int(resumed[1]) if resumed else 0, before, f"{context}: an acknowledged checkpoint is lost")
        self.assertEqual(contents(run), self.whole, context)
        leftovers = [path for path in (run / "checkpoints").iterdir() if path.name.startswith(".")]
        self.assertEqual(leftovers, [], context)

    def test_at_random_moments(self):
        start = time.monotonic()
        self.succeed(*TRAINING, "hydra.run.dir=timed")
        duration = time.monotonic() - start
        source = random.Random(1)
        killed = 0
        while killed < KILLS:
            run = self.folder / f"random{killed}"
            # Several times in one run, until it is done.
            while killed < KILLS:
                process = self.start(*TRAINING, f"hydra.run.dir={run.name}")
                try:
                    process.communicate(timeout=duration * (0.3 + 0.7 * source.random()))
                    self.assertEqual(process.returncode, OK)
                    break
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    killed += 1
            self.finish_and_compare(run, f"kill {killed}")
            shutil.rmtree(run)

    def test_between_a_checkpoint_and_its_names(self):
        """At the end of a training no later save puts them right."""
        run = self.folder / "unnamed"
        shutil.copytree(self.folder / "whole", run, symlinks=True)
        checkpoints = run / "checkpoints"
        (older,) = {link.readlink() for link in checkpoints.iterdir() if link.name == "best"}
        for link in checkpoints.iterdir():
            if link.is_symlink():
                link.unlink()
        (checkpoints / "last").symlink_to(older)
        (checkpoints / "epoch=0-step=8").symlink_to(older)
        self.finish_and_compare(run, "names of an older checkpoint")
        self.assertEqual({link.name: link.readlink() for link in checkpoints.iterdir() if link.is_symlink()},
                         {link.name: link.readlink() for link in (self.folder / "whole/checkpoints").iterdir() if link.is_symlink()})

    def test_at_the_calls_of_saves(self):
        if shutil.which("strace") is None or subprocess.run(
                ["strace", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode != 0:
            self.skipTest("strace is not here, or may not trace")
        command = lambda run: [PROGRAM, *TRAINING, f"hydra.run.dir={self.folder / run}"]  # noqa: E731
        counts = strace.calls(command("counted"), CALLS, self.folder / "log")
        moments = [(call, number) for call, count in counts.items() for number in range(1, count + 1)]
        random.Random(2).shuffle(moments)
        # Most writes are lines of the log and rows of metrics.csv: a few of them stand for all.
        chosen = moments if IS_SOAK else [m for m in moments if m[0] != "write"][:14] + [
            m for m in moments if m[0] == "write"][:4]
        killed = 0
        for call, number in chosen:
            run = self.folder / "run"
            process = strace.run(command("run"), f"{call}:signal=SIGKILL:when={number}")
            killed += process.returncode != OK
            self.finish_and_compare(run, f"{call} {number}")
            shutil.rmtree(run)
        self.assertGreater(killed, len(chosen) // 2, counts)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The headline run in small: killed, cut off by its slot's end, moved to another machine's folder, and done: table and page."""
import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

from support import INTERRUPTED, OK, PROGRAM, SOURCE, CommandLineTest

sys.path.insert(0, str(SOURCE / "benchmarks"))
import pieces  # noqa: E402

# MNIST and small networks in the place of CIFAR-10 and ResNets; the experiments' files are those of the real run.
SMALL = ["--seeds=1", "fast:seeds=2", "data=mnist", "model.teacher={name: mlp, widths: [32]}", "model.student={name: mlp, widths: [16]}",
         "data.batch_size=64", "trainer.max_epochs=6", "study.teacher.trainer.max_epochs=3", "trainer.limit_train_batches=20",
         "trainer.limit_val_batches=4", "trainer.limit_test_batches=8", "trainer.check_val_every_n_epoch=1", "optimizer.lr=0.05",
         "ensemble:study.teacher_seeds=[0, 1]", "mixup:trainer.max_epochs=2", "grid:trainer.limit_test_batches=0",
         "grid:study.grid={method.temperature: [1.0, 4.0]}", "fast:callbacks.ema_weight_averaging.decay=0.9"]


class Headline(CommandLineTest):
    def begin(self, work, *options, small=SMALL):
        return subprocess.Popen([sys.executable, "-B", SOURCE / "benchmarks/headline.py", f"--work={work}", "--out=kept",
                                 "--state=kept", *options, *small], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "RETORT_PROGRAM": str(PROGRAM), "OMP_NUM_THREADS": "1"})

    def end(self, process, code):
        stdout, stderr = process.communicate(timeout=300)
        self.assertEqual(process.returncode, code, f"{stdout}\n{stderr}")
        return stdout

    def wait_for_checkpoints(self, work, count):
        deadline = time.monotonic() + 120
        while len(list((self.folder / work).glob("studies/*/checkpoints/last"))) < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def results(self, folder, name):
        return json.loads((self.folder / folder / name / "results.json").read_text())

    def test_is_killed_twice_moved_and_done(self):
        killed = self.begin("first")
        self.wait_for_checkpoints("first", 2)
        killed.kill()
        killed.communicate(timeout=60)
        self.assertFalse((self.folder / "kept").exists())

        stopped = self.begin("first")
        self.wait_for_checkpoints("first", 4)
        stopped.send_signal(signal.SIGTERM)
        self.assertIn("the same command goes on", self.end(stopped, INTERRUPTED))
        self.assertIn(self.slots("first")[-1].split(",")[3], ["75", "0"])
        for path in (self.folder / "kept").rglob("*"):
            self.assertLessEqual(path.stat().st_size, 16 << 20)

        # Another machine; a slot that is over before it begins leaves all as it was.
        self.end(self.begin("second", "--seconds=0"), INTERRUPTED)
        before = {path.parent.name for path in (self.folder / "first").glob("studies/*/checkpoints")}
        output = self.end(self.begin("second"), OK)
        self.assertIn("taken from studies/", output)
        self.assertLessEqual(before, {path.name for path in (self.folder / "second/studies").iterdir()})

        page = (self.folder / "kept/results.md").read_text()
        self.assertNotIn("not yet run", page)
        for text in ["ensemble of 2", "distilled, temperature=4.0", "from process start", "LibTorch", "| parameters, million |",
                     "retort study experiment=cifar10/paper", "![paper: accuracy over epochs](results/paper.svg)"]:
            self.assertIn(text, page)
        self.assertIn("<polyline", (self.folder / "kept/results/ensemble.svg").read_text())
        self.assertIn("val/accuracy_top1", self.results("kept", "grid")["teacher"])
        for training in self.results("kept", "paper")["trainings"]:
            self.assertGreater(training["seconds"], 0)
            self.assertGreater(training["images_per_second"], 0)
        # What was stopped and moved gives what an unbroken study gives.
        unbroken = self.results("second", "fast")["command"]
        unbroken[unbroken.index("hydra.run.dir=fast")] = "hydra.run.dir=unbroken"
        (self.folder / "third").mkdir()
        subprocess.run([PROGRAM, *unbroken], cwd=self.folder / "third", check=True, capture_output=True,
                       env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.assertEqual(self.results("third", "unbroken")["seeds"], self.results("kept", "fast")["seeds"])

    def slots(self, work):
        return (self.folder / work / "slots.csv").read_text().splitlines()

    def test_a_mistake_ends_it_with_the_programs_code(self):
        self.end(self.begin("work", "optimizer.lrate=1"), 2)
        self.assertEqual(len(self.slots("work")), 2)

    def test_pieces_are_bounded_and_whole_again(self):
        content = random.Random(0).randbytes(2_500_000)
        source, folder = self.folder / "archive.tar.gz", self.folder / "pieces"
        source.write_bytes(content)
        for _ in range(2):  # again under the same name
            pieces.split(source, folder, 1_000_000)
        self.assertEqual([path.stat().st_size for path in sorted(folder.glob("*.[0-9]*"))], [1_000_000, 1_000_000, 500_000])
        pieces.join(folder, "archive.tar.gz", self.folder / "whole")
        self.assertEqual((self.folder / "whole").read_bytes(), content)

        damaged = sorted(folder.glob("*.001"))[0]
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        with self.assertRaisesRegex(ValueError, "damaged"):
            pieces.join(folder, "archive.tar.gz", self.folder / "other")
        damaged.unlink()
        with self.assertRaisesRegex(ValueError, "missing"):
            pieces.join(folder, "archive.tar.gz", self.folder / "other")
        self.assertFalse((self.folder / "other").exists())


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""`wandb sync` uploads all of a run that we wrote, whole, killed, torn or resumed, to a stand-in server."""
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

from support import STEPS_PER_EPOCH, TrackerTest
from wandb_server import WandbServer

WANDB = Path(sys.executable).with_name("wandb")


class Wandb(TrackerTest):
    def setUp(self):
        super().setUp()
        self.server = WandbServer()

    def tearDown(self):
        self.server.close()
        super().tearDown()

    def log_folder(self):
        [folder] = [path for path in (self.run_folder / "wandb").iterdir() if path.name.startswith("offline-run-")]
        return folder

    def log_file(self):
        [file] = self.log_folder().glob("*.wandb")
        return file

    def of_server(self):
        """The environment in which `wandb` takes our server for W&B's."""
        return {"WANDB_BASE_URL": self.server.url, "WANDB_API_KEY": "0" * 40, "HOME": str(self.folder),
                "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    def sync(self, is_torn=False):
        result = subprocess.run([WANDB, "sync", "--yes", str(self.log_folder())], cwd=self.folder,
                                env={**os.environ, **self.of_server()}, capture_output=True, text=True, timeout=120)
        words = result.stdout + result.stderr
        self.assertEqual(result.returncode, 0, words)
        if not is_torn:
            self.assertNotIn("ERROR", words)
        return words

    def check_history(self, steps):
        rows = self.server.history()
        self.assertEqual([row["_step"] for row in rows], list(range(1, steps + 1)))
        for row in rows:
            step = row["_step"]
            self.assertEqual(row["trainer/global_step"], step)
            self.assertEqual(row["train/loss"], 1 / step)
            self.assertEqual(row["lr"], step / 1000)
            self.assertIn("_timestamp", row)
            self.assertIn("_runtime", row)
            if step % STEPS_PER_EPOCH == 0:
                self.assertEqual(row["val/accuracy"], step // STEPS_PER_EPOCH / 8)
                self.assertEqual(row["weights"], {"_type": "histogram", "values": [3, 0, step // STEPS_PER_EPOCH],
                                                  "bins": [-1, 0, 0.5, 2]})
                self.assertEqual(row["samples/0"]["caption"], f"step {step}")
                self.assertIn(row["samples/0"]["path"], self.server.uploads)
                self.assertEqual(len(self.server.uploads[row["samples/0"]["path"]]), row["samples/0"]["size"])
                table = json.loads(self.server.uploads[row["confusion"]["path"]])
                self.assertEqual(table, {"columns": ["actual", "predicted", "count"],
                                         "data": [["cat", "dog", 3], ["dog", "dog", 7]]})

    def check_end(self, steps):
        summary = self.server.summary()
        self.assertEqual(summary["_step"], steps)
        self.assertEqual(summary["train/loss"], 1 / steps)
        self.assertEqual(summary["test/accuracy_top1"], 0.75)
        self.assertEqual(summary["test/loss"], "Infinity")
        self.assertIs(self.server.complete, True)
        self.assertEqual(self.server.exit_code, 0)
        self.assertEqual(self.server.uploads["note.txt"], b"kept with the run\n")

    def test_a_whole_run(self):
        words = self.write("wandb", 100).stdout
        self.assertIn("wandb: Run history:", words)
        self.assertIn("test/accuracy_top1 0.75\n", words[words.index("Run summary") :])
        self.assertRegex(words, "train/loss █[▁▂▃▄▅▆▇█]*▁\n")
        self.assertIn(f"wandb sync {self.log_folder()}", words)
        self.sync()
        self.check_history(100)
        self.check_end(100)
        config = self.server.config()
        self.assertEqual(config["optimizer"], {"name": "sgd", "lr": 0.1, "nesterov": True})
        self.assertEqual(config["tags"], ["a", "b"])
        self.assertEqual(config["text"], "a 'quoted' | piped value ü")
        upsert = self.server.upsert
        self.assertEqual(upsert["project"], "parity")
        self.assertEqual(upsert["groupName"], "group")
        self.assertEqual(upsert["notes"], "some notes")
        self.assertEqual(upsert["tags"], ["one", "two"])
        self.assertEqual(upsert["displayName"], "distill-resnet18-r3t0rt42")
        output = "".join(str(line) for line in self.server.streams["output.log"].values())
        self.assertIn("epoch 1 done", output)
        self.assertIn("a warning", output)
        events = [json.loads(line) for line in self.server.streams["wandb-events.jsonl"].values()]
        self.assertEqual(len(events), 10)
        self.assertEqual(events[0]["system.cpu"], 50)

    def test_online_calls_the_installed_program(self):
        words = self.write("wandb", 100, WANDB_MODE="online", PATH=f"{WANDB.parent}:{os.environ['PATH']}",
                           **self.of_server()).stdout
        self.assertIn("wandb: Run history:", words)
        self.assertNotIn("wandb sync", words)
        self.check_history(100)
        self.check_end(100)

    def test_online_says_what_is_missing(self):
        programs = self.folder / "bin"
        programs.mkdir()
        words = self.write("wandb", 10, WANDB_MODE="online", PATH=str(programs)).stdout
        self.assertIn("needs the program wandb (pip install wandb), which is not here", words)
        self.assertIn(f"wandb sync {self.log_folder()}", words)
        (programs / "wandb").write_text("#!/bin/sh\nexit 1\n")
        (programs / "wandb").chmod(0o755)
        words = self.write("wandb", 10, WANDB_MODE="online", PATH=str(programs)).stdout
        self.assertIn("the upload failed; the run is whole in its folder", words)

    def test_many_blocks(self):
        self.write("wandb", 3000)
        self.assertGreater(self.log_file().stat().st_size, 10 * 32768)
        self.sync()
        self.check_history(3000)
        self.check_end(3000)

    def test_a_killed_run(self):
        self.write("wandb", 100, kill_at=57)
        self.sync()
        self.check_history(57)
        self.assertEqual(self.server.exit_code, 1)

    def test_a_torn_tail_costs_the_last_record(self):
        self.write("wandb", 100, kill_at=57)
        log = self.log_file()
        log.write_bytes(log.read_bytes()[:-3])
        self.assertIn("incomplete record", self.sync(is_torn=True))
        self.check_history(56)

    def test_a_killed_torn_and_resumed_run(self):
        self.write("wandb", 100, kill_at=57)
        log = self.log_file()
        log.write_bytes(log.read_bytes()[:-3])
        self.write("wandb", 100, keep=40)
        self.sync()
        self.check_history(100)
        self.check_end(100)

    def test_a_finished_run_that_goes_further(self):
        self.write("wandb", 50)
        self.sync()
        self.write("wandb", 80, keep=50)
        self.server.streams.clear()
        self.sync()
        self.check_history(80)
        self.check_end(80)


if __name__ == "__main__":
    unittest.main()

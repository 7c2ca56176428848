#!/usr/bin/env python3
"""Several processes that train as one: started by trainer.devices, and by a launcher's environment."""
import csv
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

from support import CONFIG, INTERRUPTED, OK, PROGRAM, QUICK, CommandLineTest

PEER = 7  # docs/reliability.md
STUDENT = ["train", *QUICK, "model.name=student", "trainer.log_every_n_steps=1"]
TWO = ["trainer.devices=2", "data.batch_size=64"]
LEFT = ["metrics.csv", "checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"]
TIMEOUT = 3


class Distributed(CommandLineTest):
    def rows(self, run):
        with open(self.folder / run / "metrics.csv") as file:
            return list(csv.DictReader(file))

    def losses(self, run):
        return [float(row["train/loss"]) for row in self.rows(run) if row["train/loss"]]

    def hashes(self, run):
        return [hashlib.sha256((self.folder / run / name).read_bytes()).hexdigest() for name in LEFT]

    def engines(self, parent):
        """Process ids by rank of the engines that a process has started."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                is_child = int(status.read_text().rsplit(")", 1)[1].split()[1]) == parent
                environment = (status.parent / "environ").read_bytes() if is_child else b""
            except OSError:
                continue
            if rank := re.search(rb"(?:^|\0)RANK=(\d+)\0", environment):
                found[int(rank[1])] = int(status.parent.name)
        return found

    def start_long(self, *arguments):
        """A training that goes on until it is ended, past its first step; and its engines."""
        process = self.start(*STUDENT, *TWO, "trainer.limit_train_batches=1.0", "trainer.max_epochs=1000", "hydra.run.dir=r",
                             f"trainer.peer_timeout={TIMEOUT}", "callbacks.model_checkpoint.every_n_train_steps=10", *arguments)
        deadline = time.monotonic() + 60
        while not (self.folder / "r/checkpoints/last").exists():
            self.assertIsNone(process.poll(), process.communicate() if process.poll() is not None else "")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        engines = self.engines(process.pid)
        self.assertEqual(sorted(engines), [0, 1])
        return process, engines

    def expect_all_ended(self, engines):
        for process in engines.values():
            deadline = time.monotonic() + 5
            while Path(f"/proc/{process}").exists():
                self.assertLess(time.monotonic(), deadline, "an engine is left behind")
                time.sleep(0.01)

    def expect_peer_is_named(self, process, engines, since, limit, says):
        stdout, stderr = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - since, limit, stderr)
        self.assertEqual(process.returncode, PEER, stderr)
        self.assertRegex(stderr, says)
        self.assertRegex(stderr, r"at step \d+")
        self.expect_all_ended(engines)
        # What was saved before can be gone on with.
        step = json.loads((self.folder / "r/checkpoints/last/manifest.json").read_text())["step"]
        self.succeed(*STUDENT, *TWO, "trainer.limit_train_batches=1.0", "trainer.max_epochs=1000", "hydra.run.dir=r", "resume=auto",
                     f"trainer.max_steps={step + 2}", "trainer.limit_test_batches=0", "trainer.limit_val_batches=0")

    def test_two_processes_see_what_one_sees_and_lose_what_it_loses(self):
        quick = [override for override in QUICK if not override.startswith("model.student")]
        network = ["train", *quick, "model.name=student", "model.student=resnet8", "trainer.log_every_n_steps=1", "data.validation_size=0", "trainer.limit_val_batches=0",
                   "trainer.limit_test_batches=1", "trainer.max_epochs=1", "trainer.num_sanity_val_steps=0",
                   # Small steps: at large ones a value that rounding takes across a ReLU grows within 20 steps; other vector widths do the same.
                   "optimizer=sgd", "optimizer.lr=0.001"]
        self.succeed(*network, "data.batch_size=16", "trainer.devices=2", "trainer.sync_batchnorm=true",
                     "hydra.run.dir=two")
        self.succeed(*network, "data.batch_size=32", "hydra.run.dir=one")
        two, one = self.losses("two"), self.losses("one")
        self.assertEqual(len(one), 20)
        self.assertEqual(len(two), 20)
        for step, (a, b) in enumerate(zip(two, one)):
            self.assertAlmostEqual(a, b, delta=1e-5, msg=step)
        self.succeed(*network, "data.batch_size=16", "trainer.devices=2", "hydra.run.dir=apart")
        self.assertNotAlmostEqual(self.losses("apart")[-1], one[-1], delta=1e-4)

    def test_one_run_is_left_and_one_voice_heard(self):
        result = self.succeed(*STUDENT, *TWO)
        runs = list((self.folder / "outputs").glob("*/*"))
        self.assertEqual(len(runs), 1, runs)
        self.assertEqual(result.stderr, "")
        self.assertEqual(len(re.findall("test accuracy", result.stdout)), 1)
        log = (runs[0] / "train.log").read_text()
        self.assertEqual(len(re.findall("test accuracy", log)), 1)
        rows = self.rows(runs[0].relative_to(self.folder))
        steps = [int(row["step"]) for row in rows if row["train/loss"]]
        self.assertEqual(steps, list(range(1, 41)))

    def test_a_stop_is_one_save_and_a_resume_leaves_the_same_bits(self):
        run = [*STUDENT, *TWO, "trainer.max_epochs=3", "+model.student.dropout=0.2",
               "callbacks=[default,ema_weight_averaging]", "trainer.accumulate_grad_batches=2"]
        self.succeed(*run, "hydra.run.dir=whole")
        process = self.start(*run, "hydra.run.dir=r")
        time.sleep(0.1)
        while not (self.folder / "r/metrics.csv").exists() and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=60)
        if process.returncode != OK:
            self.assertEqual(process.returncode, INTERRUPTED, stderr)
            self.assertRegex(stderr, r"\A[^\n]*stopped by a signal[^\n]*\n\Z")
            self.assertIn("resuming from", self.succeed(*run, "hydra.run.dir=r", "trainer.ckpt_path=last").stdout)
        self.assertEqual(self.hashes("r"), self.hashes("whole"))
        self.refuse(4, *STUDENT, "trainer.max_epochs=4", "data.batch_size=64", "+model.student.dropout=0.2",
                    "callbacks=[default,ema_weight_averaging]", "trainer.accumulate_grad_batches=2",
                    "hydra.run.dir=r", "trainer.ckpt_path=last", says=["trainer.devices is 2 there and 1 here"])

    def test_a_killed_peer_ends_all(self):
        for rank in [1, 0]:
            with self.subTest(rank):
                process, engines = self.start_long()
                since = time.monotonic()
                os.kill(engines[rank], signal.SIGKILL)
                self.expect_peer_is_named(process, engines, since, 5, f"rank {rank} of 2 was killed by signal 9")
                subprocess.run(["rm", "-rf", self.folder / "r"], check=True)

    def test_a_stuck_peer_ends_all_within_the_timeout(self):
        for rank in [1, 0]:
            with self.subTest(rank):
                process, engines = self.start_long()
                since = time.monotonic()
                os.kill(engines[rank], signal.SIGSTOP)
                self.expect_peer_is_named(process, engines, since, TIMEOUT + 5,
                                          rf"rank {1 - rank} of 2 stops at step \d+: nothing was heard of rank {rank} \(at step \d+\)")
                subprocess.run(["rm", "-rf", self.folder / "r"], check=True)

    def test_a_job_that_is_suspended_goes_on(self):
        process, engines = self.start_long()
        for moment in [signal.SIGSTOP, signal.SIGCONT]:
            for engine in engines.values():
                os.kill(engine, moment)
            time.sleep(TIMEOUT + 1)  # the second time, to see that all are content
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        stderr = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, INTERRUPTED, stderr)

    def test_engines_end_with_who_started_them(self):
        process, engines = self.start_long()
        process.kill()
        process.communicate()
        self.expect_all_ended(engines)

    def test_a_launcher_starts_the_processes(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        ranks = [self.start(*STUDENT, "hydra.run.dir=r", "data.batch_size=64",
                            env={"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
                                 "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"})
                 for rank in range(2)]
        outputs = [rank.communicate(timeout=120) for rank in ranks]
        self.assertEqual([rank.returncode for rank in ranks], [OK, OK], outputs)
        self.assertIn("test accuracy", outputs[0][0])
        self.assertEqual(outputs[1], ("", ""))
        self.succeed(*STUDENT, *TWO, "hydra.run.dir=own", env={"OMP_NUM_THREADS": "1"})
        self.assertEqual(self.hashes("r"), self.hashes("own"))

    def test_a_stop_ends_a_rank_that_waits_for_the_others(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        rank = self.start(*STUDENT, env={"RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_PORT": str(port)})
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
        rank.send_signal(signal.SIGTERM)
        stderr = rank.communicate(timeout=10)[1]
        self.assertEqual(rank.returncode, INTERRUPTED, stderr)
        self.assertRegex(stderr, r"\A[^\n]*rank 0 of 2 was stopped by a signal while it waited[^\n]*\n\Z")

    def test_what_cannot_be_is_refused_before_anything_starts(self):
        launcher = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}
        for command, environment, says in [
            ([*STUDENT, "trainer.devices=0"], {}, ["devices"]),
            ([*STUDENT, "trainer.devices=many"], {}, ["devices"]),
            ([*STUDENT, "trainer.num_nodes=2"], {}, ["torchrun"]),
            ([*STUDENT, "trainer.strategy=fsdp"], {}, ["ddp"]),
            ([*STUDENT, "trainer.sync_batchnorm=true", "trainer.precision=64-true"], {}, ["sync_batchnorm"]),
            ([*STUDENT, "trainer.devices=4"], launcher, ["devices=4", "WORLD_SIZE"]),
            ([*STUDENT], {**launcher, "RANK": "2"}, ["RANK='2'"]),
            ([*STUDENT], {**launcher, "MASTER_PORT": ""}, ["MASTER_PORT"]),
            ([*STUDENT, "-m", "trainer.devices=2", "seed=1,2"], {}, ["sweep"]),
            (["study", *QUICK[:1], "trainer.devices=2"], {}, ["devices"]),
        ]:
            with self.subTest(command[-2:]):
                self.refuse(CONFIG, *command, "data.root=nowhere", env=environment, says=says)


if __name__ == "__main__":
    unittest.main()

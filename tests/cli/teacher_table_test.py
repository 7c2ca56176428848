#!/usr/bin/env python3
"""Distillation from a table of the teacher's answers, as a user runs it."""
import csv
import hashlib
import signal
import time
import unittest

from support import CHECKPOINT, CONFIG, INTERRUPTED, QUICK, CommandLineTest

VIEWS = ["data.augmentation=crop", "data.views=3"]
RESULTS = ["metrics.csv", "checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"]


class TeacherTable(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.succeed("train", *QUICK, "model.name=teacher", "trainer.limit_test_batches=1.0")

    def distill(self, directory, *overrides):
        return self.succeed("train", *QUICK, *VIEWS, "model.name=distill", "trainer.max_epochs=4",
                            f"hydra.run.dir={directory}", *overrides)

    def digests(self, directory):
        return [hashlib.sha256((self.folder / directory / name).read_bytes()).hexdigest() for name in RESULTS]

    def losses(self, directory):
        with open(self.folder / directory / "metrics.csv") as file:
            return [float(row["train/loss"]) for row in csv.DictReader(file) if row["train/loss"]]

    def test_a_run_from_the_table_equals_a_live_run(self):
        self.distill("live")
        table = ["teacher.table=tables", "teacher.table_rows=float32"]
        cold = self.distill("cold", *table)
        self.assertIn("teacher table: tables/", cold.stdout)
        self.distill("warm", *table)
        for directory in ["cold", "warm"]:
            self.assertEqual(self.digests(directory), self.digests("live"), directory)

        self.distill("half_cold", "teacher.table=tables")
        self.distill("half_warm", "teacher.table=tables")
        self.assertEqual(self.digests("half_cold"), self.digests("half_warm"))
        for half, live in zip(self.losses("half_warm"), self.losses("live")):
            self.assertAlmostEqual(half, live, delta=1e-3 * live)
        self.assertEqual(len(list(self.folder.glob("tables/*.table"))), 2)  # one for each kind of row

    def test_cache_teacher_fills_it_once_and_goes_on_where_it_was_stopped(self):
        cache = ["cache-teacher", *QUICK, *VIEWS, "data.batch_size=500"]
        process = self.start(*cache)
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
        self.assertIn(process.returncode, [INTERRUPTED, 0], stderr)
        self.succeed(*cache)
        result = self.succeed(*cache)
        self.assertIn("3 views of each of 55000", result.stdout)

    def test_mixed_pictures_are_asked_for_live(self):
        mixed = self.distill("mixed", "data.mixup_alpha=1", "teacher.table=tables")
        self.assertIn("asked live, since mixed pictures", mixed.stdout)
        self.assertFalse((self.folder / "tables").exists())
        self.refuse(CONFIG, "cache-teacher", *QUICK, *VIEWS, "data.mixup_alpha=1", says=["data.mixup_alpha"])

    def test_a_damaged_table_is_refused_by_name(self):
        self.distill("first", "teacher.table=tables")
        (table,) = self.folder.glob("tables/*.table")
        with open(table, "r+b") as file:
            file.truncate(table.stat().st_size - 1)
        self.refuse(CHECKPOINT, "train", *QUICK, *VIEWS, "model.name=distill", "teacher.table=tables",
                    says=[table.name, "delete it"])
        self.refuse(CONFIG, "cache-teacher", *QUICK, "teacher.table=null", says=["teacher.table"])


if __name__ == "__main__":
    unittest.main()

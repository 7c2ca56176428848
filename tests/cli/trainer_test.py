#!/usr/bin/env python3
"""The trainer's flags and callbacks as a user sets them; going on with a run."""
import csv
import hashlib
import json
import signal
import time
import unittest
from pathlib import Path

from support import CHECKPOINT, CONFIG, INTERRUPTED, NUMERIC, QUICK, RESOURCES, CommandLineTest

STUDENT = ["train", *QUICK, "model.name=student"]


class Trainer(CommandLineTest):
    def rows(self, run):
        with open(self.folder / run / "metrics.csv") as file:
            return list(csv.DictReader(file))

    def sha256(self, path):
        return hashlib.sha256((self.folder / path).read_bytes()).hexdigest()

    def expect_same(self, one, other, names=("metrics.csv", "checkpoints/last/model.safetensors",
                                             "checkpoints/last/optimizer.safetensors")):
        for name in names:
            self.assertEqual(self.sha256(f"{one}/{name}"), self.sha256(f"{other}/{name}"), name)

    def wait_for(self, path, process):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None and not (self.folder / path).exists():
            time.sleep(0.005)

    def test_what_cannot_be_is_refused_before_data_are_read(self):
        for overrides, says in [
            (["trainer.max_epochs=-1"], ["max_epochs", "never end"]),
            (["trainer.max_epochs=-1", "trainer.max_time=00:00:01:00"], ["cosine"]),
            (["schedule=one_cycle", "trainer.max_epochs=-1", "trainer.max_time=00:00:01:00"], ["one cycle"]),
            (["method.label_smoothing=2"], ["method.label_smoothing", "at most 1"]),
            (["trainer.precision=16-mixed"], ["16-mixed", "GPU"]),
            (["trainer.precision=bf17"], ["bf16"]),
            (["trainer.accelerator=tpu"], ["cuda"]),
            (["trainer.precision=16-true"], ["16-mixed"]),
            (["trainer.gradient_clip_algorithm=value"], ["gradient_clip_val"]),
            (["trainer.fast_dev_run=true", "trainer.overfit_batches=1"], ["fast_dev_run"]),
            (["trainer.barebones=true", "trainer.profiler=simple"], ["barebones"]),
            (["trainer.check_val_every_n_epoch=null"], ["val_check_interval"]),
            (["trainer.min_epochs=9"], ["min_epochs"]),
            (["resume=auto", "trainer.ckpt_path=last"], ["resume"]),
            (["callbacks=[default,early_stopping]", "data.validation_size=0"], ["early_stopping", "validation"]),
            (["callbacks=[default,early_stopping]", "callbacks.early_stopping.monitor=test/loss"], ["test set"]),
            (["callbacks=[default,early_stopping]", "+callbacks.early_stopping.patients=3"], ["patience"]),
            (["callbacks.model_checkpoint.filename=a/b"], ["filename"]),
            (["callbacks=none", "trainer.on_nonfinite=rollback"], ["rollback"]),
            (["callbacks=[default,batch_size_finder]", "trainer.devices=2"], ["batch_size_finder", "one process"]),
            (["callbacks=[default,batch_size_finder]", "callbacks.batch_size_finder.mode=fast"], ["binsearch"]),
            (["callbacks=[default,ema_weight_averaging,stochastic_weight_averaging]",
              "callbacks.stochastic_weight_averaging.swa_lrs=0.1"], ["average"]),
        ]:
            with self.subTest(overrides):
                self.refuse(CONFIG, *STUDENT, *overrides, "data.root=nowhere", says=says)

    def test_the_log_has_the_name_and_the_lines_of_hydra(self):
        short = ["train", *QUICK, "model.name=teacher", "trainer.fast_dev_run=1"]
        self.succeed(*short, "hydra.run.dir=r", "hydra.job.name=mine")
        text = (self.folder / "r/mine.log").read_text()
        for line in (text.splitlines()[0], text.splitlines()[-1]):
            self.assertRegex(line, r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]\[\w+\]\[[A-Z]+\] - ")
        for logging in ("none", "disabled", "stdout"):
            self.succeed(*short, f"hydra.run.dir={logging}", f"hydra/job_logging={logging}")
            self.assertEqual(list((self.folder / logging).glob("*.log")), [], logging)
        self.refuse(CONFIG, *short, "hydra.run.dir=r", "hydra.job.name=a/b", says=["hydra.job.name"])

    def test_a_rerun_goes_to_a_folder_of_its_own(self):
        short = ["train", *QUICK, "model.name=teacher", "trainer.fast_dev_run=1"]
        self.succeed(*short, "hydra.run.dir=first", "seed=7")
        self.succeed("train", "--experimental-rerun", "first", "trainer.fast_dev_run=2")
        (again,) = self.folder.glob("outputs/*/*")
        before, after = ((run / ".hydra/overrides.yaml").read_text() for run in (self.folder / "first", again))
        self.assertEqual(after, before + "- trainer.fast_dev_run=2\n")
        text = (self.folder / "first/.hydra/config.yaml").read_text()
        self.assertEqual((again / ".hydra/config.yaml").read_text(), text.replace("fast_dev_run: 1", "fast_dev_run: 2"))

    def test_a_fast_dev_run_keeps_nothing(self):
        self.succeed("train", *QUICK, "model.name=teacher", "trainer.fast_dev_run=2", "hydra.run.dir=r")
        for name in ["r/metrics.csv", "r/checkpoints", "teacher.safetensors"]:
            self.assertFalse((self.folder / name).exists(), name)

    def test_an_overfitting_run_sees_the_same_batches_and_learns_them(self):
        self.succeed(*STUDENT, "trainer.overfit_batches=1", "trainer.max_epochs=60", "trainer.log_every_n_steps=1",
                     "optimizer.lr=0.01", "hydra.run.dir=r")
        losses = [float(row["train/loss"]) for row in self.rows("r") if row["train/loss"]]
        self.assertEqual(len(losses), 60)
        self.assertLess(losses[-1], 0.3 * losses[0])

    def test_validation_within_the_epoch_has_rows_of_its_own(self):
        self.succeed(*STUDENT, "trainer.val_check_interval=0.25", "hydra.run.dir=r")
        steps = [int(row["step"]) for row in self.rows("r") if row["val/loss"]]
        self.assertEqual(steps, [5, 10, 15, 20, 25, 30, 35, 40])

    def test_max_steps_cut_an_epoch_that_a_longer_run_finishes(self):
        constant = ["schedule=constant", "trainer.max_epochs=3"]
        self.succeed(*STUDENT, *constant, "hydra.run.dir=whole")
        self.succeed(*STUDENT, *constant, "trainer.max_steps=33", "hydra.run.dir=part")
        self.succeed(*STUDENT, *constant, "trainer.ckpt_path=part", "hydra.run.dir=rest")
        self.expect_same("whole", "rest", ["checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"])

    def test_callbacks_are_chosen_as_a_group(self):
        result = self.succeed(*STUDENT, "callbacks=[default,early_stopping,learning_rate_monitor,throughput_monitor,"
                              "device_stats_monitor,timer]", "callbacks.early_stopping.stopping_threshold=9",
                              "trainer.profiler=simple", "hydra.run.dir=r")
        self.assertIn("early stopping: val/loss", result.stdout)
        self.assertIn("backward", result.stdout)
        self.assertIn("timer:", result.stdout)
        rows = self.rows("r")
        self.assertEqual(max(int(row["epoch"]) for row in rows), 0)
        for column in ["lr-adamw", "device/samples_per_sec", "device/memory_gigabytes"]:
            self.assertTrue(any(row[column] for row in rows), column)

    def test_the_rate_finder_draws_and_sets_the_rate(self):
        result = self.succeed(*STUDENT, "callbacks=[default,learning_rate_finder]", "hydra.run.dir=r")
        self.assertRegex(result.stdout, r"learning rate \S+ \(X\)")
        self.assertTrue((self.folder / "r/learning_rate_finder.csv").exists())

    def test_a_batch_size_that_was_found_is_as_if_it_were_configured(self):
        finder = ["callbacks=[default,batch_size_finder]", "callbacks.batch_size_finder.max_val=32"]
        run = [*STUDENT, "schedule=constant"]
        result = self.succeed(*run, *finder, "trainer.max_steps=33", "hydra.run.dir=found")
        self.assertRegex(result.stdout, r"batch size +memory +images/s\n.*\n +2 .*\n +4 .*\n +8 .*\n +16 .*\n +32 .*B +\d+\n")
        self.assertIn("batch size 32: that is max_val", result.stdout)
        self.assertEqual(json.loads((self.folder / "found/run.json").read_text())["config"]["data"]["batch_size"], 32)
        # Whoever goes on has the size that was found then, whatever would be found now.
        again = self.succeed(*run, *finder, "callbacks.batch_size_finder.max_val=8", "trainer.ckpt_path=found", "hydra.run.dir=found")
        self.assertNotIn("batch size", again.stdout)
        self.succeed(*run, "data.batch_size=32", "hydra.run.dir=told")
        self.expect_same("found", "told", ["checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"])

    def test_the_time_is_limited(self):
        start = time.monotonic()
        result = self.succeed(*STUDENT, "trainer.max_epochs=1000000", "trainer.max_time=00:00:00:01", "hydra.run.dir=r")
        self.assertLess(time.monotonic() - start, 30)
        self.assertIn("timer: ", result.stdout)

    def test_barebones_leaves_out_summary_log_and_checkpoints(self):
        result = self.succeed(*STUDENT, "hydra.run.dir=full")
        self.assertIn("FLOPs/picture", result.stdout)
        self.assertRegex(result.stdout, r"test accuracy .* errors in 1024")
        result = self.succeed(*STUDENT, "trainer.barebones=true", "hydra.run.dir=bare")
        self.assertNotIn("FLOPs", result.stdout)
        for name in ["metrics.csv", "checkpoints"]:
            self.assertFalse((self.folder / "bare" / name).exists(), name)

    def test_names_of_the_best_hold_no_folder(self):
        self.succeed(*STUDENT, "callbacks.model_checkpoint.filename='{epoch:02d}-{val/accuracy_top1:.3f}'",
                     "callbacks.model_checkpoint.save_top_k=-1", "hydra.run.dir=r")
        names = sorted(path.name for path in (self.folder / "r/checkpoints").iterdir())
        self.assertRegex(" ".join(names), r"best epoch=00-val_accuracy_top1=0\.\d{3} epoch=01-\S+ last step-00000020 step")

    def test_resume_auto_begins_and_goes_on(self):
        self.succeed(*STUDENT, "trainer.max_epochs=3", "hydra.run.dir=whole")
        run = [*STUDENT, "trainer.max_epochs=3", "trainer.limit_train_batches=20", "resume=auto", "hydra.run.dir=r"]
        process = self.start(*run, "trainer.num_sanity_val_steps=0")
        self.wait_for("r/checkpoints/last", process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        result = self.succeed(*run)
        if process.returncode == INTERRUPTED:
            self.assertIn("resuming from", result.stdout)
        self.expect_same("whole", "r")

    def test_the_best_checkpoint_goes_along(self):
        best = ["callbacks.model_checkpoint.mode=min", "callbacks.model_checkpoint.monitor=train/loss_epoch"]
        self.succeed(*STUDENT, *best, "hydra.run.dir=first")
        self.succeed(*STUDENT, *best, "trainer.ckpt_path=first", "trainer.max_epochs=2", "hydra.run.dir=second")
        self.expect_same("first", "second", ["checkpoints/best/model.safetensors", "checkpoints/last/model.safetensors"])
        results = [json.loads((self.folder / run / "results.json").read_text()) for run in ["first", "second"]]
        self.assertEqual(results[0]["val/loss"], results[1]["val/loss"])
        self.succeed(*STUDENT, *best, "trainer.ckpt_path=best", "hydra.run.dir=second", "trainer.max_epochs=3")

    def test_a_change_is_allowed_by_name(self):
        self.succeed(*STUDENT, "schedule=constant", "hydra.run.dir=s")
        resume = [*STUDENT, "schedule=constant", "trainer.ckpt_path=s", "trainer.max_epochs=3", "optimizer.lr=0.0005",
                  "hydra.run.dir=t"]
        self.refuse(CHECKPOINT, *resume, says=["optimizer.lr is 0.001 there and 0.0005 here", "allow_changes"])
        self.succeed(*resume, "trainer.allow_changes=[optimizer.lr]")
        self.assertEqual(float([row for row in self.rows("t") if row["lr"]][-1]["lr"]), 0.0005)

    def test_sigusr1_saves_and_goes_on(self):
        process = self.start(*STUDENT, "trainer.limit_train_batches=1.0", "trainer.max_epochs=1000",
                             "trainer.log_every_n_steps=1", "hydra.run.dir=r")
        self.wait_for("r/metrics.csv", process)
        time.sleep(0.2)
        process.send_signal(signal.SIGUSR1)
        self.wait_for("r/checkpoints/last", process)
        self.assertIsNone(process.poll(), "the run ended")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED)

    def test_a_second_run_in_a_directory_is_told_who_holds_it(self):
        long = [*STUDENT, "trainer.max_epochs=1000", "hydra.run.dir=r"]
        process = self.start(*long)
        self.wait_for("r/metrics.csv", process)
        self.refuse(RESOURCES, *long, says=["r is held by another run", f"process {process.pid} on", "hydra.run.dir"])
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED)

    def test_what_is_not_finite_is_named_and_never_saved(self):
        fast = ["optimizer=sgd", "optimizer.lr=1e30", "hydra.run.dir=r"]
        self.refuse(NUMERIC, *STUDENT, *fast, says=["step", "lr", "first in"])
        self.assertFalse((self.folder / "r/checkpoints/last").exists())
        self.refuse(NUMERIC, *STUDENT, *fast, "trainer.on_nonfinite=skip", "trainer.max_nonfinite=3",
                    says=["max_nonfinite=3"])

    def test_other_precisions_train(self):
        def of_weights(precision):
            self.succeed(*STUDENT, f"trainer.precision={precision}", f"hydra.run.dir=p{precision}")
            with open(self.folder / f"p{precision}/checkpoints/last/model.safetensors", "rb") as file:
                header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            return {entry["dtype"] for name, entry in header.items() if name != "__metadata__"}

        self.assertEqual(of_weights("64-true"), {"F64"})
        self.assertEqual(of_weights("32"), {"F32"})
        flags = Path("/proc/cpuinfo").read_text()
        if "avx512_bf16" not in flags and "amx_bf16" not in flags:
            self.refuse(CONFIG, *STUDENT, "trainer.precision=bf16-mixed", says=["bfloat16"])
            return
        self.assertEqual(of_weights("bf16-mixed"), {"F32"})
        self.assertNotEqual(self.sha256("p32/checkpoints/last/model.safetensors"),
                            self.sha256("pbf16-mixed/checkpoints/last/model.safetensors"))
        self.assertEqual(of_weights("bf16-true"), {"BF16"})

    def test_a_last_batch_of_one_picture_is_left_out(self):
        result = self.succeed(*STUDENT, "data.validation_size=59871", "trainer.limit_train_batches=1.0", "hydra.run.dir=r")
        self.assertIn("left out", result.stdout)

    def test_evaluate_holds_a_validation_split_to_the_one_of_training(self):
        self.succeed(*STUDENT, "seed=3", "hydra.run.dir=s")
        evaluate = ["evaluate", "data=mnist", "checkpoint=s", "split=validation"]
        self.refuse(CONFIG, *evaluate, says=["seed=3"])
        self.succeed(*evaluate, "seed=3")

    def test_a_published_teacher_is_sealed(self):
        self.succeed("train", *QUICK, "model.name=teacher", "hydra.run.dir=t")
        file = self.folder / "teacher.safetensors"
        content = bytearray(file.read_bytes())
        content[-5] ^= 1
        file.write_bytes(content)
        self.refuse(CHECKPOINT, "train", *QUICK, "model.name=distill", says=["teacher.safetensors", "damaged"])


if __name__ == "__main__":
    unittest.main()

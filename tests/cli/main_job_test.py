#!/usr/bin/env python3
"""The main job as a user runs it: train a teacher, distil it, evaluate, stop and go on."""
import csv
import hashlib
import json
import signal
import struct
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "torch_files"))
import corpus
from support import CHECKPOINT, CONFIG, DATA, INTERRUPTED, NUMERIC, QUICK, RESOURCES, CommandLineTest


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_header(path):
    content = path.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + size])


class MainJob(CommandLineTest):
    def run_directory(self):
        runs = sorted(self.folder.glob("outputs/*/*"))
        self.assertTrue(runs, "no run directory")
        return runs[-1]

    def train(self, role, *overrides, directory=None):
        extra = [f"hydra.run.dir={directory}"] if directory else []
        return self.succeed("train", *QUICK, f"model.name={role}", *extra, *overrides)

    def test_teacher_then_distilled_student(self):
        self.train("teacher", "trainer.limit_test_batches=1.0", directory="t")
        header = read_header(self.folder / "teacher.safetensors")
        self.assertEqual(json.loads(header["__metadata__"]["retort.architecture"]), {"name": "mlp", "widths": [32]})
        recorded = float(header["__metadata__"]["retort.test_accuracy_top1"])

        result = self.train("distill", directory="d")
        self.assertIn("teacher.safetensors", result.stdout)
        self.assertRegex(result.stdout, rf"accuracy \d+\.\d\d %.*\({100 * recorded:.2f} %")
        with open(self.folder / "d/metrics.csv") as file:
            rows = list(csv.DictReader(file))
        steps = [row for row in rows if row["train/loss"]]
        self.assertEqual([int(row["step"]) for row in steps], [5, 10, 15, 20, 25, 30, 35, 40])
        for row in steps:  # alpha 0.1, beta 0.9
            self.assertAlmostEqual(float(row["train/loss"]),
                                   0.1 * float(row["train/loss_hard"]) + 0.9 * float(row["train/loss_distill"]), places=4)
        self.assertEqual([int(row["epoch"]) for row in rows if row["val/accuracy_top1"]], [0, 1])
        results = json.loads((self.folder / "d/results.json").read_text())
        self.assertGreater(results["test/accuracy_top1"], 0.2)
        # What leaves is the student alone.
        names = set(read_header(self.folder / "d/checkpoints/last/model.safetensors")) - {"__metadata__"}
        self.assertEqual(len(names), 4, names)

    def test_output_that_is_no_terminal_holds_no_control_characters(self):
        result = self.train("student")
        self.assertNotRegex(result.stdout + result.stderr, r"[\x00-\x08\x0b-\x1f\x7f]")
        self.assertEqual(len([line for line in result.stdout.splitlines() if line.startswith("epoch ")]), 2)
        run = self.run_directory()
        for name in [".hydra/config.yaml", ".hydra/overrides.yaml", ".hydra/hydra.yaml", "train.log", "metrics.csv"]:
            self.assertTrue((run / name).is_file(), name)

    def test_a_run_repeats_to_the_byte_whatever_the_loader_threads(self):
        for directory, threads in [("a", 1), ("b", 1), ("c", 0), ("d", 3)]:
            self.train("student", f"data.loader_threads={threads}", "data.augmentation=crop", directory=directory)
        for directory in "bcd":
            for name in ["metrics.csv", "checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"]:
                self.assertEqual(sha256(self.folder / "a" / name), sha256(self.folder / directory / name), name)

    def test_stop_and_resume_equals_never_stopped(self):
        longer = ["trainer.max_epochs=4", "trainer.limit_train_batches=120", "trainer.log_every_n_steps=1",
                  "+model.student.dropout=0.3"]
        self.train("student", *longer, directory="whole")
        process = self.start("train", *QUICK, "model.name=student", *longer, "hydra.run.dir=part")
        metrics = self.folder / "part/metrics.csv"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (metrics.exists() and metrics.stat().st_size > 8192):
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED, stderr)
        self.assertIn("trainer.ckpt_path=part", stderr)
        step = json.loads((self.folder / "part/checkpoints/last/manifest.json").read_text())["step"]
        self.assertGreater(step, 0)
        self.assertLess(step, 480)
        self.train("student", *longer, "trainer.ckpt_path=last", directory="part")
        for name in ["metrics.csv", "checkpoints/last/model.safetensors", "checkpoints/last/optimizer.safetensors"]:
            self.assertEqual(sha256(self.folder / "whole" / name), sha256(self.folder / "part" / name), name)

    def test_resuming_with_another_configuration_is_refused_and_says_what_differs(self):
        self.train("student", directory="s")
        resume = ["train", *QUICK, "model.name=student", "trainer.ckpt_path=s"]
        self.refuse(CHECKPOINT, *resume, "optimizer.lr=0.5", says=["optimizer.lr is 0.001 there and 0.5 here"])
        self.refuse(CHECKPOINT, *resume, "seed=7", "data.batch_size=17", says=["seed", "data.batch_size"])
        self.succeed(*resume, "trainer.max_epochs=3")

    def test_two_runs_in_one_directory_are_refused(self):
        first = self.start("train", *QUICK, "model.name=student", "trainer.max_epochs=200", "hydra.run.dir=same")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (self.folder / "same/metrics.csv").exists():
            time.sleep(0.01)
        self.refuse(RESOURCES, "train", *QUICK, "model.name=student", "hydra.run.dir=same", says=["same", "held"])
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
        self.assertEqual(first.returncode, INTERRUPTED)

    def test_evaluate_takes_a_file_that_does_not_say_what_it_holds(self):
        self.train("student", directory="s")
        content = (self.folder / "s/checkpoints/last/model.safetensors").read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + size])
        del header["__metadata__"]
        text = json.dumps(header).encode()
        (self.folder / "foreign.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + content[8 + size :])
        ours = self.succeed("evaluate", "data=mnist", "checkpoint=s").stdout
        foreign = ["evaluate", "data=mnist", "checkpoint=foreign.safetensors"]
        result = self.succeed(*foreign, "architecture={name: mlp, widths: [16]}")
        self.assertEqual(ours.partition(" on mnist")[2], result.stdout.partition(" on mnist")[2])
        self.refuse(CHECKPOINT, *foreign, says=["architecture=resnet18"])
        result = self.run_retort(*foreign, "architecture=resnet18")
        self.assertEqual(result.returncode, CHECKPOINT)
        self.assertRegex(result.stderr, r"\Aretort: foreign.safetensors does not fit the network: \d+ mismatched, \d+ missing, \d+ unexpected\n"
                         r"(  mismatched  .*\n)+(  missing     .*\n)+(  unexpected  .*\n)+\Z")

    def test_recorded_answers_teach_like_the_network_that_gave_them(self):
        self.train("teacher", directory="t")
        train = ["train", *QUICK, "model.name=distill", "data.validation_size=0"]
        self.succeed("evaluate", "data=mnist", "data.validation_size=0", "checkpoint=teacher.safetensors", "split=train",
                     "predictions=answers.safetensors")
        result = self.succeed(*train, "teacher.logits=answers.safetensors", "hydra.run.dir=recorded")
        self.assertRegex(result.stdout, r"teacher's answers from answers.safetensors: accuracy \d+")
        self.succeed(*train, "hydra.run.dir=live")
        losses = []
        for directory in ["recorded", "live"]:
            with open(self.folder / directory / "metrics.csv") as file:
                losses.append([float(row["train/loss"]) for row in csv.DictReader(file) if row["train/loss"]])
        for recorded, live in zip(*losses, strict=True):
            self.assertAlmostEqual(recorded, live, places=4)
        self.refuse(CHECKPOINT, *train, "teacher.logits=teacher.safetensors", says=["logits"])

    def test_export_writes_what_evaluate_reads(self):
        self.train("student", directory="s")
        before = self.succeed("evaluate", "data=mnist", "checkpoint=s").stdout.partition(" on mnist")[2]
        for form, name in [("pytorch", "student.pt"), ("safetensors", "student.safetensors")]:
            self.succeed("export", "data=mnist", "checkpoint=s", f"format={form}", f"output={name}")
            after = self.succeed("evaluate", "data=mnist", f"checkpoint={name}", "architecture={name: mlp, widths: [16]}").stdout
            self.assertEqual(before, after.partition(" on mnist")[2])
        self.succeed("export", "data=mnist", "checkpoint=s", "output=student.onnx")
        self.assertIn(b"retort.normalization", (self.folder / "student.onnx").read_bytes())
        self.refuse(CONFIG, "export", "data=mnist", "checkpoint=s", "output=x", "format=safetensors", "dtype=int8", says=["dtype"])
        self.refuse(RESOURCES, "export", "data=mnist", "checkpoint=s", "output=nowhere/x.onnx", says=["nowhere"])

    def test_benchmark_puts_teacher_and_student_side_by_side(self):
        self.train("teacher", directory="t")
        self.train("student", directory="s")
        result = self.succeed("benchmark", "data=mnist", "checkpoint=[t,s]", "seconds=0.05", "hydra.run.dir=b")
        self.assertRegex(result.stdout, r"parameters +25\.4 k +12\.7 k +2\.0x")
        self.assertRegex(result.stdout, r"latency p99, batch 1 .* ms .* ms .*x")
        self.assertIn("energy", result.stdout)
        figures = json.loads((self.folder / "b/results.json").read_text())["s"]
        self.assertEqual(figures["bytes_fp32"], 4 * 12730)
        self.assertLessEqual(figures["latency_p50_ms"], figures["latency_p99_ms"])

    def test_a_teacher_may_be_a_file_of_pytorchs_and_nothing_in_it_runs(self):
        self.train("teacher", directory="t")
        content = (self.folder / "teacher.safetensors").read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        tensors = {}
        for name, entry in json.loads(content[8 : 8 + size]).items():
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                tensors[name] = (entry["shape"], content[8 + size + begin : 8 + size + end])
        ours = self.succeed("evaluate", "data=mnist", "checkpoint=teacher.safetensors").stdout.partition(" on mnist")[2]
        architecture = "architecture={name: mlp, widths: [32]}"
        for file, prefix, key in [("plain.pt", "", None), ("parallel.pth", "module.", None), ("lightning.ckpt", "net.", "state_dict")]:
            (self.folder / file).write_bytes(corpus.state_file(tensors, prefix, key))
            theirs = self.succeed("evaluate", "data=mnist", f"checkpoint={file}", architecture).stdout
            self.assertEqual(ours, theirs.partition(" on mnist")[2])
        self.succeed("train", *QUICK, "model.name=distill", "teacher.checkpoint=lightning.ckpt")
        lacking = {name: tensor for name, tensor in tensors.items() if name != "fc.bias"}
        (self.folder / "lacking.pt").write_bytes(corpus.state_file({**lacking, "extra": ([2], bytes(8))}))
        refused = self.run_retort("evaluate", "data=mnist", "checkpoint=lacking.pt", architecture)
        self.assertEqual(refused.returncode, CHECKPOINT)
        self.assertRegex(refused.stderr, r"\A.* does not fit the network: 1 missing, 1 unexpected\n  missing +fc.bias .*\n  unexpected +extra .*\n\Z")
        for file in ["os_system.pt", "os_system_in_state.pt", "memo_bomb.pt", "entries_overlap.pt"]:
            (self.folder / file).write_bytes(corpus.malicious_files(str(self.folder / "canary"))[file])
            self.refuse(CHECKPOINT, "evaluate", "data=mnist", f"checkpoint={file}", architecture, says=[file])
        self.assertFalse((self.folder / "canary").exists())

    def test_evaluate_refuses_a_damaged_checkpoint(self):
        self.train("student", directory="s")
        file = next((self.folder / "s/checkpoints").glob("step-*40")) / "model.safetensors"
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        self.refuse(CHECKPOINT, "evaluate", "data=mnist", f"checkpoint={file}", says=["model.safetensors"])

    def test_evaluate_shows_calibration_classes_and_the_teacher_and_combines_an_ensemble(self):
        self.train("student", directory="a")
        self.train("student", "seed=1", directory="b")
        alone = self.succeed("evaluate", "data=mnist", "checkpoint=a", "teacher.checkpoint=a", "hydra.run.dir=alone").stdout
        for text in ["ECE", "Brier", "agrees with the teacher on 100.00 %", "confidence  pictures  accuracy", "class "]:
            self.assertIn(text, alone)
        results = json.loads((self.folder / "alone/results.json").read_text())
        self.assertEqual(results["test/agreement"], 1.0)
        self.assertAlmostEqual(results["test/kl"], 0.0)
        self.assertEqual(sum(row["samples"] for row in results["classes"]), 10000)
        self.assertEqual(sum(row["samples"] for row in results["reliability"]), 10000)
        self.succeed("evaluate", "data=mnist", "checkpoint=[a,b]", "ensemble=true", "hydra.run.dir=both",
                     "predictions=p.safetensors")
        both = json.loads((self.folder / "both/results.json").read_text())
        self.assertEqual(len(both), 3)
        self.assertLess(both["ensemble"]["test/loss"], max(row["test/loss"] for row in both.values()))
        biased = self.succeed("evaluate", "data=mnist", "checkpoint=a", "class_bias={3: 1000}", "hydra.run.dir=biased")
        results = json.loads((self.folder / "biased/results.json").read_text())
        self.assertEqual(results["classes"][3]["hits"], results["classes"][3]["samples"])
        self.refuse(CONFIG, "evaluate", "data=mnist", "checkpoint=a", "class_bias={x: 1}", says=["class_bias"])
        self.refuse(CONFIG, "evaluate", "data=mnist", "checkpoint=a", "ensemble=true", says=["several"])

    def test_evaluate_writes_predictions_in_data_set_order(self):
        self.train("student", directory="s")
        result = self.succeed("evaluate", "data=mnist", "checkpoint=s", "predictions=p.safetensors")
        self.assertRegex(result.stdout, r"accuracy \d+\.\d\d %")
        header = read_header(self.folder / "p.safetensors")
        self.assertEqual((header["logits"]["dtype"], header["logits"]["shape"]), ("F32", [10000, 10]))
        self.assertEqual((header["labels"]["dtype"], header["labels"]["shape"]), ("I64", [10000]))

    def test_distilling_without_a_teacher_says_how_to_make_one(self):
        self.refuse(CHECKPOINT, "train", *QUICK, "model.name=distill",
                    says=["teacher.safetensors", "./retort train model.name=teacher"])

    def test_damaged_and_foreign_teachers_are_refused_in_one_line(self):
        self.train("teacher", directory="t")
        file = self.folder / "teacher.safetensors"
        whole = file.read_bytes()
        distill = ["train", *QUICK, "model.name=distill"]
        for content in [whole[:-1], whole[: len(whole) // 2], whole + b"x", b"", b"PK\x03\x04" + whole, b"<html>404</html>"]:
            file.write_bytes(content)
            self.refuse(CHECKPOINT, *distill, says=["teacher.safetensors"])
        file.write_bytes(whole)
        self.refuse(CHECKPOINT, *distill, "model.teacher.widths=[33]", says=["mlp", "33"])
        self.refuse(CHECKPOINT, *distill, "data.mean=[0.5]", says=["normalised"])

    def test_damaged_checkpoints_are_refused_or_passed_over(self):
        self.train("student", directory="s")
        folder = next((self.folder / "s/checkpoints").glob("step-*40"))
        file = folder / "model.safetensors"
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        resume = ["train", *QUICK, "model.name=student"]
        self.refuse(CHECKPOINT, *resume, f"trainer.ckpt_path={folder}", says=["model.safetensors"])
        self.refuse(CHECKPOINT, *resume, "trainer.ckpt_path=nowhere", says=["nowhere"])

    def test_wrong_keys_and_values_are_refused_before_data_are_read(self):
        for override, says in [
            ("data.bacth_size=64", ["batch_size"]),
            ("+data.bacth_size=64", ["bacth_size", "batch_size"]),
            ("data.batch_size=0", ["data.batch_size"]),
            ("data.batch_size=many", ["data.batch_size", "many"]),
            ("method.temperature=0", ["method.temperature"]),
            ("model.name=teach", ["model.name", "teacher"]),
            ("model.student=resnet19", ["resnet18"]),
            ("optimizer=sdg", ["sgd"]),
            ("tracker=[csv,wnadb]", ["wnadb"]),
            ("trainer.limit_train_batches=1.5", ["limit_train_batches"]),
        ]:
            with self.subTest(override):
                result = self.run_retort("train", *QUICK, override, "data.root=nowhere")
                self.assertEqual(result.returncode, CONFIG, result.stderr)
                for text in says:
                    self.assertIn(text, result.stderr)

    def test_missing_data_are_refused_in_one_line(self):
        self.refuse(DATA, "train", *QUICK, "data.root=nowhere", says=["nowhere"])
        self.refuse(DATA, "train", "data.root=nowhere", says=["nowhere", "data.download=True"])

    def test_a_loss_that_is_not_finite_ends_the_run(self):
        self.refuse(NUMERIC, "train", *QUICK, "model.name=student", "optimizer=sgd", "optimizer.lr=1e30",
                    says=["step", "optimizer.lr"])


if __name__ == "__main__":
    unittest.main()

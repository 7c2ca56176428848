#!/usr/bin/env python3
"""`retort study` as a user runs it: seeds, a verdict, several ways to distil, trainings that are done once."""
import hashlib
import json
import signal
import time
import unittest

from support import CHECKPOINT, CONFIG, DATA, INTERRUPTED, QUICK, SOURCE, CommandLineTest

STUDY = ["study", *(override for override in QUICK if not override.startswith("teacher.")), "study.folder=trainings",
         "study.teacher.trainer.max_epochs=2"]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Study(CommandLineTest):
    def trainings(self, folder="trainings"):
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def results(self, directory):
        return json.loads((self.folder / directory / "results.json").read_text())

    def figures(self, name):
        """The results without what differs from one run to the next: folders, times, the command."""
        results = self.results(name)
        del results["command"], results["trainings"]
        for arm in results["seeds"].values():
            if isinstance(arm, dict):
                del arm["folders"]
        return results

    def test_compares_over_seeds_and_trains_nothing_twice(self):
        first = self.succeed(*STUDY, "seeds=3", "hydra.run.dir=first")
        for row in ["teacher ", "student alone", "student distilled"]:
            self.assertRegex(first.stdout, rf"\n{row} +mlp .*\+-")
        self.assertRegex(first.stdout, r"\n(distillation (helps|hurts)|no evidence): [+-]\d+\.\d\d \+- .*p = .*, 3 seeds")
        table = first.stdout[first.stdout.index("accuracy %") :]
        self.assertLessEqual(max(map(len, table.split("results:")[0].splitlines())), 90)
        whole = self.results("first")
        self.assertIn("seeds=3", whole.pop("command"))
        self.assertEqual([training["name"] for training in whole["trainings"]][:4],
                         ["teacher, seed 0", "teacher, seed 1", "teacher, seed 2", "student alone, seed 0"])
        for training in whole["trainings"]:
            self.assertGreater(training["seconds"], 0)
            self.assertGreater(training["images_per_second"], 0)
            self.assertGreater(training["machine"]["cores"], 0)
            self.assertIn("LibTorch", dict(training["versions"]))
        self.assertEqual(list(whole)[:3], ["teacher", "student alone", "student distilled"])
        self.assertEqual(whole["seeds"]["seeds"], [0, 1, 2])
        self.assertEqual(len(whole["seeds"]["student distilled"]["test/errors"]), 3)
        self.assertEqual(len(self.trainings()), 9)

        page = (self.folder / "first/report.html").read_text()
        self.assertIn(whole["verdicts"][0], page)
        self.assertIn("student distilled, mean", page)

        again = self.succeed(*STUDY, "seeds=3", "hydra.run.dir=second")
        self.assertEqual(again.stdout.count("taken from"), 9)
        same = self.results("second")
        same.pop("command")
        self.assertEqual(same, whole)
        # Another way to distil shares teachers and controls; so does a grid.
        self.succeed(*STUDY, "seeds=3", "method.temperature=20", "hydra.run.dir=third")
        self.assertEqual(len(self.trainings()), 12)
        grid = self.succeed(*STUDY, "seeds=3", "study.grid={method.temperature: [4.0, 20, 8]}", "hydra.run.dir=fourth")
        self.assertIn("distilled, temperature=8", grid.stdout)
        self.assertEqual(len(self.trainings()), 15)
        self.assertEqual(self.results("fourth")["distilled, temperature=20"]["test/errors"],
                         self.results("third")["student distilled"]["test/errors"])

    def test_processes_side_by_side_find_what_one_finds(self):
        alone = self.succeed(*STUDY, "seeds=2", "study.n_jobs=1", "trainer.num_threads=1", "hydra.run.dir=alone")
        self.assertNotIn("side by side", alone.stdout)
        both = self.succeed(*STUDY, "seeds=2", "study.n_jobs=2", "trainer.num_threads=1", "hydra.run.dir=both",
                            "study.folder=other")
        self.assertIn("2 processes train side by side", both.stdout)
        self.assertEqual(self.figures("both"), self.figures("alone"))
        self.assertEqual(len(self.trainings("other")), len(self.trainings()))
        # Each did some of it.
        words = (self.folder / "both/worker-1.log").read_text()
        self.assertRegex(words, r"epoch 1/")
        self.assertRegex(both.stdout, r"epoch 1/")

    def test_a_grid_of_students_has_a_control_for_each(self):
        result = self.succeed(*STUDY, "hydra.run.dir=r", "study.grid={model.student: [{name: mlp, widths: [8]}, "
                              "{name: mlp, widths: [12]}], method.temperature: [1, 4]}")
        for text in ["alone, student=mlp 8", "alone, student=mlp 12", "student=mlp 12, temperature=4: "]:
            self.assertIn(text, result.stdout)
        self.assertEqual(len(self.trainings()), 1 + 2 + 4)

    def test_a_setting_is_chosen_on_held_out_pictures(self):
        result = self.succeed(*STUDY, "seeds=2", "study.split=validation", "trainer.limit_test_batches=0", "hydra.run.dir=r",
                              "study.grid={method.temperature: [1, 4]}")
        self.assertIn("on the pictures held out of the training set", result.stdout)
        self.assertEqual(len(self.results("r")["seeds"]["teacher"]["val/errors"]), 2)
        self.assertNotIn("test/", json.dumps(self.results("r")))
        for overrides, says in [(["data.validation_size=0"], "validation_size"), (["study.teacher_seeds=[1,2]"], "another seed"),
                                (["+study.student.data.validation_size=100"], "the same pictures"),
                                (["teacher.checkpoint=t.safetensors"], "another seed")]:
            self.refuse(CONFIG, *STUDY, "study.split=validation", *overrides, says=["study.split", says])

    def test_labels_may_be_smoothed_for_the_control_alone(self):
        self.succeed(*STUDY, "hydra.run.dir=plain")
        self.succeed(*STUDY, "+study.student.method.label_smoothing=0.2", "hydra.run.dir=smoothed")
        plain, smoothed = self.results("plain")["seeds"], self.results("smoothed")["seeds"]
        for name in ["teacher", "student distilled"]:
            self.assertEqual(plain[name]["test/loss"], smoothed[name]["test/loss"])
        self.assertNotEqual(plain["student alone"]["test/loss"], smoothed["student alone"]["test/loss"])

    def test_an_ensemble_teaches_every_seed(self):
        result = self.succeed(*STUDY, "seeds=2", "study.teacher_seeds=[5, 6, 7]", "hydra.run.dir=r")
        self.assertIn("ensemble of 3", result.stdout)
        self.assertEqual(len(self.trainings()), 3 + 4)
        self.assertEqual(len(self.results("r")["seeds"]["teacher"]["test/errors"]), 3)

    def test_takes_a_teacher_that_is_there(self):
        self.succeed("train", *QUICK, "model.name=teacher")
        self.succeed(*STUDY, "teacher.checkpoint=teacher.safetensors", "hydra.run.dir=r")
        self.assertEqual(len(self.trainings()), 2)
        self.refuse(CHECKPOINT, *STUDY, "teacher.checkpoint=nowhere.safetensors", says=["nowhere.safetensors"])

    def test_a_class_left_out_is_looked_at_again_with_its_bias(self):
        result = self.succeed(*STUDY, "hydra.run.dir=r", "+study.distill.data.train_classes=[0,1,2,4,5,6,7,8,9]",
                              "study.class_bias={3: 100}")
        self.assertIn("class 3: 100.0 % right (without: ", result.stdout)

    def test_a_study_that_was_stopped_goes_on_by_the_same_command(self):
        longer = [*STUDY, "trainer.max_epochs=60"]
        process = self.start(*longer, "hydra.run.dir=part")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and len(list((self.folder / "trainings").glob("*/checkpoints/last"))) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED, stderr)
        self.assertIn("the same command goes on", stderr)
        self.succeed(*longer, "hydra.run.dir=part2")
        self.succeed(*longer, "study.folder=unbroken", "hydra.run.dir=whole")
        weights = "checkpoints/last/model.safetensors"
        shared = [name for name in self.trainings() if name in self.trainings("unbroken")]
        self.assertEqual(len(shared), 2)  # a distilled student's hash names its teacher's file, which lies elsewhere
        for name in shared:
            self.assertEqual(sha256(self.folder / "trainings" / name / weights),
                             sha256(self.folder / "unbroken" / name / weights))
        self.assertEqual(self.figures("part2"), self.figures("whole"))

    def test_every_experiment_is_one_that_a_study_takes(self):
        folder = SOURCE / "conf/experiment"
        names = [str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.yaml")]
        self.assertGreater(len(names), 5)
        for name in names:
            with self.subTest(name):
                # Refused for its data alone, after every key was read.
                self.refuse(DATA, "study", f"experiment={name}", "data.root=nowhere", says=["nowhere"])

    def test_wrong_keys_are_refused_before_anything_is_trained(self):
        for override, says in [("seeds=0", "seeds"), ("study.grid=[1]", "grid"), ("study.class_bias={3: x}", "class_bias"),
                               ("study.grid={method.temprature: [1]}", "temprature"), ("trainer.ckpt_path=last", "same command"),
                               ("trainer.fast_dev_run=true", "fast_dev_run"), ("trainer.barebones=true", "barebones"),
                               ("trainer.devices=2", "devices"),
                               ("trainer.enable_checkpointing=false", "enable_checkpointing")]:
            with self.subTest(override):
                result = self.run_retort(*STUDY, override)
                self.assertEqual(result.returncode, CONFIG, result.stderr)
                self.assertIn(says, result.stderr)
        self.assertFalse((self.folder / "trainings").exists())


if __name__ == "__main__":
    unittest.main()

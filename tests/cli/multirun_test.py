#!/usr/bin/env python3
"""Sweeps as a user runs them. A small program stands in the engine's place, so that this needs no LibTorch."""
import csv
import os
import shutil
import signal
import stat
import sys
import time
import unittest

from support import CONFIG, INTERRUPTED, PROGRAM, SOURCE, CommandLineTest

# Does what an engine does for a job of a sweep: leaves .hydra/overrides.yaml, sleeps `seconds`, fails for lr=0.5, leaves
# results.json. Seconds are given as trainer.max_steps, in hundredths: every key of a sweep is checked before its first job.
# With SLOW_TO_STOP it wants to be asked twice to stop. With MEET=N it goes on only when N jobs have begun.
ENGINE = r"""#!%s
import json, os, pathlib, signal, sys, time
values = dict(a.split("=", 1) for a in sys.argv[2:] if "=" in a)
folder = pathlib.Path(values["hydra.sweep.dir"].strip("'")) / values["hydra.job.num"]
(folder / ".hydra").mkdir(parents=True, exist_ok=True)
task = [a for a in sys.argv[2:] if not a.startswith("hydra.") and not a.startswith("--")]
(folder / ".hydra/overrides.yaml").write_text("".join(f"- {a}\n" for a in task) or "[]\n")
stopped = []
def stop(*_):
    stopped.append(1)
    (folder / f"asked_to_stop_{len(stopped)}").touch()
signal.signal(signal.SIGTERM, stop)
patience = time.monotonic() + 60
while len(list(folder.parent.glob("*/.hydra"))) < int(os.environ.get("MEET", 0)):
    if time.monotonic() > patience:
        sys.exit("the others have not begun")
    time.sleep(0.01)
end = time.monotonic() + float(values.get("trainer.max_steps", 0)) / 100
while time.monotonic() < end and len(stopped) < (2 if "SLOW_TO_STOP" in os.environ else 1):
    time.sleep(0.01)
if stopped:
    if len(stopped) == 1:
        (folder / "checkpoints/last").mkdir(parents=True, exist_ok=True)
    sys.exit(75)
lr = float(values["optimizer.lr"])
if lr == 0.5 and not (folder / "mended").exists():
    print("lr is too large", file=sys.stderr)
    sys.exit(5)
print("trained with", lr, "from", values.get("trainer.ckpt_path"), "in", os.environ.get("SURROUNDINGS"))
(folder / "results.json").write_text(json.dumps({"val/accuracy_top1": lr, "test/loss": -lr, "inner": {"n": 1}}))
""" % sys.executable


class Multirun(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.program = self.folder / "bin/retort"
        self.program.parent.mkdir()
        shutil.copy2(PROGRAM, self.program)
        engine = self.folder / "bin/retort-engine"
        engine.write_text(ENGINE)
        engine.chmod(engine.stat().st_mode | stat.S_IXUSR)
        os.environ["RETORT_CONF"] = str(SOURCE / "conf")
        self.addCleanup(os.environ.pop, "RETORT_CONF")

    def start(self, *arguments, **options):
        return super().start(*arguments, program=self.program, **options)

    def sweep_directory(self):
        (directory,) = self.folder.glob("multirun/*/*")
        return directory

    def test_runs_every_combination_and_names_the_best(self):
        result = self.succeed("train", "-m", "optimizer.lr=0.1,0.3,0.2", "seed=1")
        directory = self.sweep_directory()
        self.assertIn("#1 : optimizer.lr=0.3 seed=1", result.stdout)
        self.assertIn("trained with 0.3", result.stdout)
        self.assertRegex(result.stdout, r"\n\* +1 +0\.3 +done +0\.3 +-0\.3 +1\n")
        self.assertIn(f"best by val/accuracy_top1: #1 in {directory.relative_to(self.folder)}/1", result.stdout)
        with open(directory / "results.csv") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["optimizer.lr"] for row in rows], ["0.1", "0.3", "0.2"])
        self.assertEqual([row["inner/n"] for row in rows], ["1", "1", "1"])
        self.assertIn("optimizer", (directory / "multirun.yaml").read_text())

    def test_the_table_has_the_swept_keys_the_state_and_every_figure(self):
        result = self.run_retort("train", "-m", "optimizer.lr=0.1,0.5", "seed=1,2", "data=mnist", "hydra.sweep.dir=sweep")
        self.assertEqual(result.stdout[result.stdout.index("  job "):], """\
  job optimizer.lr seed      state val/accuracy_top1 test/loss inner/n
──────────────────────────────────────────────────────────────────────
*   0          0.1    1       done               0.1      -0.1       1
    1          0.1    2       done               0.1      -0.1       1
    2          0.5    1 failed (5)
    3          0.5    2 failed (5)

best by val/accuracy_top1: #0 in sweep/0
""")
        self.assertEqual((self.folder / "sweep/results.csv").read_text(),
                         "job,optimizer.lr,seed,state,val/accuracy_top1,test/loss,inner/n\n0,0.1,1,done,0.1,-0.1,1\n1,0.1,2,done,0.1,-0.1,1\n"
                         "2,0.5,1,failed (5),,,\n3,0.5,2,failed (5),,,\n")

    def test_a_failed_job_does_not_stop_the_rest_and_runs_again(self):
        jobs = ["train", "-m", "optimizer.lr=0.1,0.5,0.2", "hydra.sweep.dir=sweep", "hydra.sweeper.direction=minimize"]
        result = self.run_retort(*jobs)
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("1 of 3 jobs failed", result.stderr)
        self.assertIn("best by val/accuracy_top1: #0", result.stdout)
        self.assertTrue((self.folder / "sweep/2/results.json").exists())
        (self.folder / "sweep/1/mended").touch()
        result = self.succeed(*jobs)
        self.assertIn("2 of 3 jobs were finished before", result.stdout)
        self.assertNotIn("#0 :", result.stdout)
        self.assertIn("trained with 0.5", result.stdout)
        self.refuse(CONFIG, "train", "-m", "optimizer.lr=7,8", "hydra.sweep.dir=sweep", says=["another sweep"])

    def test_a_finished_job_of_other_files_is_no_job_of_this_sweep(self):
        jobs = ["train", "-m", "optimizer.lr=0.1,0.2", "hydra.sweep.dir=sweep"]
        self.succeed(*jobs)
        record = self.folder / "sweep/1/.hydra/config.yaml"
        record.write_text(self.succeed("train", "optimizer.lr=0.2", "trainer.ckpt_path=last", "--cfg", "job").stdout)
        self.assertIn("2 of 2 jobs were finished before", self.succeed(*jobs).stdout)
        record.write_text(record.read_text().replace("momentum: 0.9", "momentum: 0.8"))
        self.refuse(CONFIG, *jobs, says=["sweep/1 was finished with another configuration"])

    def test_settings_of_hydra_are_followed_or_refused(self):
        result = self.succeed("train", "hydra.mode=MULTIRUN", "optimizer.lr=0.1,0.2", "+hydra.job.env_set.SURROUNDINGS=here")
        self.assertIn("trained with 0.2 from None in here", result.stdout)
        self.refuse(CONFIG, "train", "-m", "optimizer.lr=0.1,0.2", "hydra.job.chdir=true", says=["hydra.job.chdir"])
        self.assertIn("mode: MULTIRUN", self.succeed("train", "hydra.mode=MULTIRUN", "--cfg", "hydra").stdout)

    def test_jobs_run_side_by_side_with_words_of_their_own(self):
        os.environ["MEET"] = "6"
        self.addCleanup(os.environ.pop, "MEET")
        result = self.succeed("train", "-m", "optimizer.lr=range(1,7)", "hydra.launcher.n_jobs=6", "hydra.sweep.dir=sweep")
        self.assertNotIn("trained with", result.stdout)
        self.assertIn("trained with 3.0", (self.folder / "sweep/2/console.log").read_text())

    def test_a_stopped_sweep_goes_on(self):
        jobs = ["train", "-m", "optimizer.lr=0.1,0.2", "trainer.max_steps=3000", "hydra.sweep.dir=sweep"]
        process = self.start(*jobs)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (self.folder / "sweep/0/.hydra/overrides.yaml").exists():
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, INTERRUPTED, stdout + stderr)
        self.assertIn("hydra.sweep.dir=sweep", stderr)
        self.assertFalse((self.folder / "sweep/1").exists())

    def test_jobs_end_with_their_sweep_however_it_ends(self):
        process = self.start("train", "-m", "optimizer.lr=0.1,0.2", "trainer.max_steps=6000", "hydra.sweep.dir=sweep",
                             "hydra.launcher.n_jobs=2")
        self.wait_for(lambda: all((self.folder / f"sweep/{job}/.hydra/overrides.yaml").exists() for job in (0, 1)))
        time.sleep(0.2)
        process.kill()
        process.communicate(timeout=30)
        self.wait_for(lambda: all((self.folder / f"sweep/{job}/checkpoints/last").exists() for job in (0, 1)))

    def test_a_second_interrupt_ends_the_sweep_and_its_jobs_at_once(self):
        process = self.start("train", "-m", "optimizer.lr=0.1,0.2", "trainer.max_steps=6000", "hydra.sweep.dir=sweep",
                             "hydra.launcher.n_jobs=2", env={"SLOW_TO_STOP": "1"})
        everywhere = lambda name: all((self.folder / f"sweep/{job}/{name}").exists() for job in (0, 1))
        self.wait_for(lambda: everywhere(".hydra/overrides.yaml"))
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        self.wait_for(lambda: everywhere("asked_to_stop_1"))
        self.assertIsNone(process.poll())  # it waits for its jobs, which save
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, INTERRUPTED)
        self.assertLess(time.monotonic() - start, 5.0)
        self.wait_for(lambda: everywhere("asked_to_stop_2"))
        self.assertFalse((self.folder / "sweep/0/checkpoints").exists())

    def wait_for(self, is_so, seconds=20):
        deadline = time.monotonic() + seconds
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_glob_params_and_mistakes_before_the_first_job(self):
        result = self.succeed("train", "-m", "data=glob(*)", "optimizer.lr=0.1",
                              "hydra.sweeper.params={seed: '1,2'}")
        for line in ["#0 : seed=1 data=cifar10", "#3 : seed=2 data=mnist"]:
            self.assertIn(line, result.stdout)
        result = self.run_retort("train", "-m", "optimizer.lr=0.1", "data=cifar10,cifar11", "hydra.sweep.dir=none")
        self.assertEqual(result.returncode, CONFIG)
        self.assertIn("cifar11", result.stderr)
        for last, says in [("optimizer.lr=0.1,-1", "job 1 of the sweep: optimizer.lr=-1"), ("optimizer.lr=0.1,x", "a number"),
                           ("+optimizer.lt=1,2", "Did you mean 'lr'?")]:
            self.refuse(CONFIG, "train", "-m", "seed=1", last, "hydra.sweep.dir=none", says=[says])
        self.assertFalse((self.folder / "none").exists())


if __name__ == "__main__":
    unittest.main()

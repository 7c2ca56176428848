#!/usr/bin/env python3
"""Commands that look at what runs left: report, ls, diff, plot. The runs are written here, as the engine leaves them."""
import base64
import json
import os
import re
import shutil
import time
import unittest

from support import CONFIG, DATA, RESOURCES, CommandLineTest, in_terminal

# One pixel, grey.
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
EPOCHS, STEPS_PER_EPOCH, STEPS_PER_ROW = 10, 40, 4
CLASSES = ["cat", "dog <&>", "ship"]


def figures(accuracy):
    bins = [{"count": 0, "confidence": 0, "accuracy": 0} for _ in range(15)]
    bins[14] = {"count": 60, "confidence": 0.97, "accuracy": 0.9}
    bins[9] = {"count": 40, "confidence": 0.63, "accuracy": 0.7}
    return {"accuracy": accuracy, "nll": 0.3, "ece": 0.07, "bins": bins}


def write_run(folder, role, lr=0.1, seed=0, hostile=""):
    (folder / "pictures").mkdir(parents=True)
    machine = {"host": "host", "os": "Linux", "cpu": "a processor", "user": "user", "cores": 2, "memory_bytes": 1 << 33}
    networks = [{"role": "teacher", "network": "resnet50", "parameters": 23520842, "parameter_bytes": 94000000,
                 "forward_flops": 2600000000, "latency_p50_ms": 31.5, "latency_p99_ms": 40.25}] if role == "distill" else []
    networks.append({"role": "teacher" if role == "teacher" else "student", "network": "resnet18", "parameters": 11173962,
                     "parameter_bytes": 44780000, "forward_flops": 1110000000,
                     "latency_p50_ms": 12.345, "latency_p99_ms": 16})
    (folder / "run.json").write_text(json.dumps({
        "id": "abcdefgh", "role": role, "network": "resnet18", "arguments": ["train", f"model.name={role}"],
        "overrides": [f"model.name={role}"], "versions": [["retort", "0.1.0"]], "git_commit": "", "machine": machine,
        "started_at": 1795530000.5, "data_set": "cifar10", "class_names": CLASSES, "networks": networks,
        "config": {"seed": seed, "optimizer": {"lr": lr, "name": "sgd"}, "note": hostile},
        "defaults": {"optimizer.lr": 0.25, "note": None}}))
    rows = []
    for step in range(STEPS_PER_ROW, EPOCHS * STEPS_PER_EPOCH + 1, STEPS_PER_ROW):
        losses = {"train/loss": 2 / step}
        if role == "distill":
            losses |= {"train/loss_hard": 1 / step, "train/loss_distill": 3 / step}
        rows.append({"epoch": (step - 1) // STEPS_PER_EPOCH, "step": step, **losses, "lr": lr * step / 400})
        if step % STEPS_PER_EPOCH == 0:
            epoch = step // STEPS_PER_EPOCH
            rows.append({"epoch": epoch - 1, "step": step, "train/loss_epoch": 2.5 / step, "lr": lr * step / 400,
                         "val/loss": 1 / epoch, "val/accuracy_top1": 1 - 1 / (1 + epoch)})
    (folder / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "results.json").write_text(json.dumps({"test/accuracy_top1": 0.91, "test/loss": 0.3, "seconds": 65}))
    rates = [(10 ** (-6 + i / 10), 2.3 - i / 50) for i in range(50)]
    (folder / "learning_rate_finder.csv").write_text("lr,loss,suggested\n" + "".join(
        f"{rate},{loss},{1 if i == 30 else 0}\n" for i, (rate, loss) in enumerate(rates)))
    evaluation = {"split": "test", "count": 100, "temperature": 4, "class_names": CLASSES,
                  "confusion": [[30, 3, 0], [2, 31, 0], [0, 4, 30]], "student": figures(0.91)}
    sample = {"id": 7, "label": 0, "picture": "pictures/test_00007.png", "student": [0.2, 0.7, 0.1], "teacher": [],
              "soft_targets": []}
    if role == "distill":
        sample |= {"teacher": [0.9, 0.05, 0.05], "soft_targets": [0.5, 0.26, 0.24]}
        evaluation |= {"teacher": figures(0.95), "agreement": 0.93}
    evaluation["samples"] = [sample]
    (folder / "pictures/test_00007.png").write_bytes(PICTURE)
    (folder / "evaluation.json").write_text(json.dumps(evaluation))


def points_of_curves(html):
    """Title of each chart -> points of its curves."""
    charts = {}
    for chart in re.findall(r'<figure class="chart">.*?</figure>', html, re.DOTALL):
        title = re.search(r"<figcaption>(.*?)</figcaption>", chart)[1]
        charts[title] = [len(points.split()) for points in re.findall(r'<polyline[^>]* points="([^"]*)"', chart)]
    return charts


class Runs(CommandLineTest):
    def test_report_of_one_run(self):
        write_run(self.folder / "run", "distill")
        result = self.succeed("report", "run")
        self.assertEqual(result.stdout, "report: run/report.html\n")
        html = (self.folder / "run/report.html").read_text()
        self.assertEqual(points_of_curves(html),
                         {"Accuracy": [EPOCHS, 2], "Evaluation loss": [EPOCHS],
                          "Training loss": [EPOCHS * STEPS_PER_EPOCH // STEPS_PER_ROW, EPOCHS],
                          "Training loss: hard": [EPOCHS * STEPS_PER_EPOCH // STEPS_PER_ROW],
                          "Training loss: distill": [EPOCHS * STEPS_PER_EPOCH // STEPS_PER_ROW],
                          "Learning rate": [EPOCHS * STEPS_PER_EPOCH // STEPS_PER_ROW],
                          "Learning-rate finder": [50, 2]})
        self.assertRegex(html, "<th>optimizer.lr</th><td><code>0.1</code></td><td><code>0.25</code></td>")
        for text in ["31.5 ms", "40.2 ms", "12.3 ms", "16 ms", "suggested rate <b>0.001</b>", "91.00 %", "0.0700", "93.00 %", "11.17 M", "42.7 MiB", "1.11 G", "1:05", "a processor", "optimizer.lr",
                     "Confusion matrix", "Accuracy by class", "Reliability of the student", "Reliability of the teacher",
                     "soft targets, temperature 4", "data:image/png;base64,", "dog &lt;&amp;&gt;",
                     "prefers-color-scheme: dark"]:
            self.assertIn(text, html)
        self.assertNotIn("<script", html)
        self.assertNotRegex(html, r'(src|href)="(?!data:)')

    def test_report_of_several_runs_shows_them_together(self):
        for role in ["teacher", "student", "distill"]:
            write_run(self.folder / "runs" / role, role)
        self.succeed("report", "runs", "output=all.html")
        html = (self.folder / "all.html").read_text()
        self.assertEqual(points_of_curves(html)["val/accuracy_top1"], [EPOCHS] * 3)
        self.assertLess(html.index("teacher (resnet18)"), html.index("student distilled (resnet18)"))

    def test_what_a_run_says_cannot_become_markup(self):
        write_run(self.folder / "run", "student", hostile="<script>alert(1)</script><img src=x onerror=alert(1)>")
        self.succeed("report", "run")
        html = (self.folder / "run/report.html").read_text()
        self.assertNotIn("<script", html)
        self.assertNotIn("<img src=x", html)

    def test_a_run_that_is_not_done(self):
        write_run(self.folder / "run", "student")
        for name in ["results.json", "evaluation.json"]:
            (self.folder / "run" / name).unlink()
        with open(self.folder / "run/metrics.jsonl", "a") as file:
            file.write('{"epoch": 10, "st')
        self.succeed("report", "run")
        self.assertIn("has not finished", (self.folder / "run/report.html").read_text())
        self.assertIn("step 400", self.succeed("ls", "run").stdout)

    def test_a_damaged_log_is_said(self):
        write_run(self.folder / "run", "student")
        log = self.folder / "run/metrics.jsonl"
        rows = log.read_text().splitlines(keepends=True)
        log.write_text("".join(rows[:10]) + "\0\0\0\n" + "".join(rows[10:]))
        self.succeed("report", "run")
        self.assertIn("metrics.jsonl of student alone (resnet18) is damaged", (self.folder / "run/report.html").read_text())
        self.assertIn("metrics.jsonl is damaged", self.succeed("plot", "run").stdout)
        log.write_text('{"epoch":0,"step":1,"a\\u001b[31m":1e308}\n{"epoch":0,"step":2,"a\\u001b[31m":-1e308,"b":"NaN"}\n')
        self.assertNotIn("nan", self.succeed("plot", "run").stdout)
        self.assertIn("b: no number of it can be drawn", self.succeed("plot", "run", "metric=b").stdout)
        self.refuse(CONFIG, "plot", "run", "metric=c", says=["a\\x1b[31m, b"])
        log.unlink()
        self.assertEqual(self.succeed("plot", "run", "metric=train/loss").stdout, "the run has logged nothing yet\n")

    def test_report_of_a_study(self):
        arms = {"teacher": [0.97, 0.98], "student alone": [0.9, 0.91], "distilled, temperature=4": [0.93, 0.95]}
        folders = {}
        for arm, role in zip(arms, ["teacher", "student", "distill"]):
            folders[arm] = [f"../trainings/{role}{seed}" for seed in range(2)]
            for seed in range(2):
                write_run(self.folder / f"trainings/{role}{seed}", role, seed=seed)
        seeds = {arm: {"network": "resnet18", "test/accuracy_top1": values, "test/errors": [3, 2], "test/loss": [0.5, 0.25],
                       "test/ece": [0.01, 0.02], "test/agreement": [], "folders": folders[arm]} for arm, values in arms.items()}
        verdict = "temperature=4: distillation helps: +3.50 +- 0.50 points, <b>"
        (self.folder / "study").mkdir()
        (self.folder / "study/results.json").write_text(json.dumps({"seeds": {"seeds": [5, 7], **seeds}, "verdicts": [verdict]}))
        self.assertEqual(self.succeed("report", "study").stdout, "report: study/report.html\n")
        html = (self.folder / "study/report.html").read_text()
        self.assertLess(html.index('<p class="verdict">temperature=4: distillation helps: +3.50 +- 0.50 points, &lt;b&gt;'),
                        html.index("<h2>"))
        self.assertIn('<tr><th>7</th><td class="n">98.00</td><td class="n">91.00</td><td class="n">95.00</td></tr>', html)
        self.assertIn("94.00<small>± 1.41</small>", html)
        self.assertEqual(points_of_curves(html)["val/accuracy_top1"], [EPOCHS] * 9)  # of each arm both seeds and their mean
        self.assertEqual(html.count("Confusion matrix"), 3)
        shutil.rmtree(self.folder / "trainings")  # the outcome stays
        self.succeed("report", "study")
        self.assertIn("distillation helps", (self.folder / "study/report.html").read_text())

    def test_damaged_and_absent_runs_are_named(self):
        self.refuse(DATA, "report", "nowhere", says=["nowhere", "run.json"])
        self.refuse(CONFIG, "report", says=["folder"])
        self.refuse(CONFIG, "report", "ouput=x", says=["output"])
        write_run(self.folder / "run", "student")
        (self.folder / "run/evaluation.json").write_text('{"split": 3}')
        self.refuse(DATA, "report", "run", says=["evaluation.json"])
        self.assertIn("evaluation.json", self.succeed("ls", "run").stdout)

    def test_foreign_folders_end_in_plain_words(self):
        (self.folder / "empty").mkdir()
        self.assertEqual(self.succeed("ls", "empty").stdout, "no runs below empty; name other folders: retort ls FOLDER\n")
        write_run(self.folder / "run", "distill")
        run, evaluation = (json.loads((self.folder / f"run/{name}.json").read_text()) for name in ["run", "evaluation"])
        for name, record in [("run", run | {"started_at": 1e300}), ("run", run | {"networks": [run["networks"][0] | {"parameters": -1}]}),
                             ("run", run | {"config": 5}), ("evaluation", evaluation | {"agreement": 7}),
                             ("evaluation", evaluation | {"count": -1})]:
            with self.subTest(record=record):
                (self.folder / f"run/{name}.json").write_text(json.dumps(record))
                self.refuse(DATA, "report", "run", says=[f"run/{name}.json is damaged"])
            (self.folder / "run/run.json").write_text(json.dumps(run))
        (self.folder / "run/evaluation.json").write_text(json.dumps(evaluation))
        (self.folder / "run/pictures/test_00007.png").unlink()
        self.succeed("report", "run")  # with a hole in it
        self.refuse(RESOURCES, "report", "run", "output=nowhere/report.html", says=["nowhere/report.html"])
        (self.folder / "run/results.json").unlink()
        os.mkfifo(self.folder / "run/results.json")
        self.assertIn("not a regular file", self.succeed("ls", "run").stdout)

    def test_many_runs_are_listed_at_once(self):
        write_run(self.folder / "runs/000", "student")
        rows = (self.folder / "runs/000/metrics.jsonl").read_text()
        (self.folder / "runs/000/metrics.jsonl").write_text(rows * 10)
        for number in range(1, 50):
            shutil.copytree(self.folder / "runs/000", self.folder / f"runs/{number:03}")
        began = time.monotonic()
        self.assertEqual(len(self.succeed("ls", "runs").stdout.splitlines()), 52)
        self.assertLess(time.monotonic() - began, 10)

    def test_a_table_is_as_wide_as_the_terminal(self):
        write_run(self.folder / "outputs/2026-11-25/02-19-19", "student")
        write_run(self.folder / "outputs/2026-11-25/02-20-00", "distill", lr=0.05, hostile="x" * 100)
        runs = [str(path.parent.relative_to(self.folder)) for path in sorted(self.folder.glob("outputs/*/*/run.json"))]
        for columns in [80, 200]:
            for arguments in [["ls"], ["diff", *runs], ["plot", runs[1]]]:
                with self.subTest(columns=columns, arguments=arguments):
                    text = in_terminal(columns, *arguments, cwd=self.folder)
                    self.assertTrue(text)
                    for line in text.splitlines():
                        self.assertLessEqual(len(line), columns)
        listing = in_terminal(80, "ls", cwd=self.folder)
        for part in [*runs, "resnet18", "90.91 %", "91.00 %", "done"]:
            self.assertIn(part, listing)
        self.assertIn("begun", in_terminal(200, "ls", cwd=self.folder))
        for columns, shows_all in [("200", True), ("60", False)]:
            self.assertEqual("begun" in self.succeed("ls", env={"COLUMNS": columns}).stdout, shows_all, columns)
        self.assertEqual(self.succeed("ls", env={"COLUMNS": "wide"}).stdout, self.succeed("ls", env={"COLUMNS": ""}).stdout)
        for environment in [{"LC_ALL": "C"}, {"TERM": "dumb"}]:
            for arguments in [["ls"], ["diff", *runs], ["plot", runs[1]]]:
                self.assertTrue(in_terminal(80, *arguments, cwd=self.folder, **environment).isascii())

    def test_ls_and_diff(self):
        write_run(self.folder / "outputs/day/a", "student")
        write_run(self.folder / "outputs/day/b", "student", lr=0.05, seed=1)
        lines = self.succeed("ls").stdout.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[2], r"^outputs/day/b .* resnet18 +10 +90.91 % +91.00 % +done$")
        text = self.succeed("diff", "outputs/day/a", "outputs/day/b").stdout
        self.assertRegex(text, r"optimizer.lr +0.1 +0.05")
        self.assertRegex(text, r"seed +0 +1")
        self.assertNotIn("optimizer.name", text)
        results = self.folder / "outputs/day/b/results.json"
        results.write_text(results.read_text().replace("65", "125"))
        (self.folder / "outputs/day/b/evaluation.json").unlink()
        self.assertRegex(self.succeed("diff", "outputs/day/a", "outputs/day/b").stdout, r"training time +1:05 +2:05 +\+1:00\n")
        self.assertIn("The outcomes are the same", text)

    def test_plot_in_unicode_and_in_ascii(self):
        write_run(self.folder / "run", "student")
        unicode = self.succeed("plot", "run", "metric=val/accuracy_top1", env={"LC_ALL": "C.UTF-8"}).stdout
        self.assertRegex(unicode, "[\u2801-\u28ff]")
        ascii = self.succeed("plot", "run", env={"LC_ALL": "C"}).stdout
        self.assertTrue(ascii.isascii())
        self.assertLessEqual(max(map(len, ascii.splitlines())), 80)
        self.refuse(CONFIG, "plot", "run", "metric=val/acuracy_top1", says=["val/accuracy_top1"])

    def test_each_command_has_help(self):
        for command in ["report", "ls", "diff", "plot"]:
            self.assertIn(f"retort {command}", self.succeed(command, "--help").stdout)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""A training through all trackers: what it leaves, how it is configured, and that each step stands once after a kill."""
import csv
import json
import os
import signal
import struct
import threading
import time
import unittest
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import CONFIG, INTERRUPTED, QUICK, CommandLineTest

ALL = "tracker=[csv,tensorboard,wandb,mlflow]"


def wandb_records(log):
    """The payloads of a W&B log."""
    content = log.read_bytes()
    assert content[:7] == b":W&B\xe1\xbe\x00"
    at, payload, records = 7, b"", []
    while at < len(content):
        room = 32768 - at % 32768
        if room < 7:
            at += room
            continue
        crc, size, kind = struct.unpack_from("<IHB", content, at)
        data = content[at + 7 : at + 7 + size]
        assert crc == zlib.crc32(bytes([kind]) + data), at
        payload, at = payload + data, at + 7 + size
        if kind in (1, 4):
            records.append(payload)
            payload = b""
    return records


class Trackers(CommandLineTest):
    def rows(self, folder):
        with open(self.folder / folder / "metrics.csv") as file:
            return list(csv.DictReader(file))

    def lines(self, folder):
        return [json.loads(line) for line in (self.folder / folder / "metrics.jsonl").read_text().splitlines()]

    def log_of(self, folder):
        [log] = (self.folder / folder / "wandb").glob("offline-run-*/run-*.wandb")
        return log

    def test_csv_and_tensorboard_by_default(self):
        self.succeed("train", *QUICK, "model.name=student", "hydra.run.dir=s")
        self.assertEqual(len(list((self.folder / "s/tensorboard").glob("events.out.tfevents.*"))), 1)
        self.assertFalse((self.folder / "s/wandb").exists())
        rows, lines = self.rows("s"), self.lines("s")
        self.assertEqual(len(rows), len(lines))
        for row, line in zip(rows, lines):
            self.assertEqual({key: float(value) for key, value in row.items() if value}, line)
        [first, second] = [row for row in rows if row["val/loss"]]
        self.assertEqual((first["step"], second["step"]), ("20", "40"))
        for row in (first, second):  # a full row an epoch
            for column in ["train/loss_epoch", "lr", "val/loss", "val/accuracy_top1", "val/accuracy_top5"]:
                self.assertTrue(row[column], column)
        run = json.loads((self.folder / "s/run.json").read_text())
        self.assertEqual(run["role"], "student")
        self.assertIn("model.name=student", run["overrides"])
        evaluation = json.loads((self.folder / "s/evaluation.json").read_text())
        results = json.loads((self.folder / "s/results.json").read_text())
        self.assertAlmostEqual(evaluation["student"]["accuracy"], results["test/accuracy_top1"], places=12)
        self.assertAlmostEqual(evaluation["student"]["nll"], results["test/loss"], places=5)
        self.assertEqual(sum(map(sum, evaluation["confusion"])), evaluation["count"])
        for sample in evaluation["samples"]:
            self.assertTrue((self.folder / "s" / sample["picture"]).read_bytes().startswith(b"\x89PNG"))
        self.assertIn("<svg", (self.folder / "s/report.html").read_text())

    def test_a_distilled_student_is_held_against_its_teacher(self):
        self.succeed("train", *QUICK, "model.name=teacher")
        self.succeed("train", *QUICK, "model.name=distill", "hydra.run.dir=d", ALL)
        run = json.loads((self.folder / "d/run.json").read_text())
        for network in run["networks"]:
            self.assertLess(0, network["latency_p50_ms"])
            self.assertLessEqual(network["latency_p50_ms"], network["latency_p99_ms"])
        self.assertEqual([network["role"] for network in run["networks"]], ["teacher", "student"])
        self.assertEqual(run["defaults"]["trainer.max_epochs"], 200)
        evaluation = json.loads((self.folder / "d/evaluation.json").read_text())
        self.assertGreater(evaluation["agreement"], 0.1)
        self.assertGreater(evaluation["teacher"]["accuracy"], 0.1)
        for sample in evaluation["samples"]:
            self.assertAlmostEqual(sum(sample["soft_targets"]), 1)
            self.assertLess(max(sample["soft_targets"]), max(sample["teacher"]))
        log = b"".join(wandb_records(self.log_of("d")))
        for text in [b"weights/", b"confusion_matrix", b"samples/0", b"train/loss_distill", b"proc.memory.rssMB"]:
            self.assertIn(text, log)
        [artifacts] = (self.folder / "mlruns").glob("*/*/artifacts")
        self.assertEqual(len(list((artifacts.parent / "metrics/train").glob("loss"))), 1)
        for name in ["run.json", "results.json", "evaluation.json", "report.html"]:
            self.assertEqual((artifacts / name).read_bytes(), (self.folder / "d" / name).read_bytes(), name)
        self.assertEqual((artifacts / "config.yaml").read_bytes(), (self.folder / "d/.hydra/config.yaml").read_bytes())
        self.assertFalse((artifacts / "model.safetensors").exists())

    def test_wandb_by_key_by_group_and_by_environment(self):
        result = self.succeed("train", *QUICK, "model.name=student", "hydra.run.dir=a", "tracker=wandb",
                              "wandb.project=byKey", "wandb.tags=[x,y]", env={"WANDB_NOTES": "some notes"})
        self.assertIn("wandb: Run history:", result.stdout)
        self.assertIn("wandb sync a/wandb/offline-run-", result.stdout)
        log = b"".join(wandb_records(self.log_of("a")))
        for text in [b"byKey", b"some notes", b"epoch 2/2  loss"]:
            self.assertIn(text, log)
        self.assertFalse((self.folder / "a/metrics.csv").exists())

        said = {"WANDB_PROJECT": "fromEnv", "WANDB_ENTITY": "a-team", "WANDB_NAME": "a name", "WANDB_RUN_GROUP": "a group",
                "WANDB_JOB_TYPE": "a job", "WANDB_TAGS": "first,second", "WANDB_NOTES": "a note", "WANDB_RUN_ID": "my-id"}
        environment = {**said, "WANDB_DIR": "elsewhere", "WANDB_MODE": "online", "WANDB_SILENT": "true",
                       "PATH": "/usr/bin:/bin"}
        result = self.succeed("train", *QUICK, "model.name=student", "hydra.run.dir=b", "tracker=[csv,wandb]",
                              env=environment)
        self.assertNotIn("Run history", result.stdout)
        self.assertIn("wandb sync elsewhere/wandb/offline-run-", result.stdout)  # there is no wandb to call
        [log] = self.folder.glob("elsewhere/wandb/offline-run-*/run-my-id.wandb")
        content = b"".join(wandb_records(log))
        for text in ",".join(said.values()).split(","):
            self.assertIn(text.encode(), content)
        self.assertTrue((self.folder / "b/metrics.csv").exists())
        self.succeed("train", *QUICK, "model.name=student", "hydra.run.dir=c", "tracker=wandb",
                     env={"WANDB_MODE": "disabled"})
        self.assertFalse((self.folder / "c/wandb").exists())
        # That run left no W&B run to go on with.
        self.refuse(CONFIG, "train", *QUICK, "model.name=student", "hydra.run.dir=c", "tracker=wandb", "trainer.ckpt_path=last",
                    env={"WANDB_RESUME": "must"}, says=["wandb.resume=must"])
        self.refuse(CONFIG, "train", *QUICK, "tracker=wandb", "wandb.id=a/b", says=["wandb.id"])

    def test_a_run_does_not_pass_for_an_earlier_one_in_its_folder(self):
        arguments = ["train", *QUICK, "model.name=student", "hydra.run.dir=s"]
        self.succeed(*arguments, "tracker=[csv,wandb,mlflow]")
        self.assertIn("done", self.succeed("ls", "s").stdout)
        ends = ["results.json", "evaluation.json", "report.html"]
        for more, gone in [(["tracker=[csv,wandb,mlflow]", "trainer.ckpt_path=last"], ends),
                           (["tracker=tensorboard"], [*ends, "metrics.csv", ".wandb.json", ".mlflow.json"])]:
            process = self.start(*arguments, *more, "trainer.max_epochs=100000")
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and (self.folder / "s" / gone[-1]).exists():
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, INTERRUPTED)
            self.assertNotIn("done", self.succeed("ls", "s").stdout)
            for name in gone:
                self.assertFalse((self.folder / "s" / name).exists(), name)

    def test_mlflow_of_two_runs_at_once_and_of_a_wrong_address(self):
        class Server(BaseHTTPRequestHandler):
            searches = 0
            rows = 0

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, text, path = 200, {}, self.path.split("?")[0].removeprefix("/api/2.0/mlflow/")
                if path == "experiments/get-by-name":  # missing when it is looked for first, made when it is to be made
                    Server.searches += 1
                    status = 404 if Server.searches == 1 else 200
                    text = {"experiment": {"experiment_id": "7"}}
                elif path == "experiments/create":
                    status, text = 400, {"error_code": "RESOURCE_ALREADY_EXISTS"}
                elif path == "runs/create":
                    assert json.loads(body)["experiment_id"] == "7"
                    text = {"run": {"info": {"run_id": "abc"}}}
                elif path == "runs/get":
                    text = {"run": {"info": {"artifact_uri": "mlflow-artifacts:/7/abc"}}}
                elif path == "runs/log-batch":
                    Server.rows += len(json.loads(body).get("metrics", []))
                elif path.startswith("/moved"):
                    status = 302
                content = json.dumps(text).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "https://127.0.0.1/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        address = f"http://127.0.0.1:{server.server_port}"
        run = ["train", *QUICK, "model.name=student", "hydra.run.dir=s", "tracker=mlflow"]
        self.assertNotIn("mlflow:", self.succeed(*run, f"mlflow.tracking_uri={address}").stdout)
        self.assertGreater(Server.rows, 20)
        words = self.succeed(*run, f"mlflow.tracking_uri={address}/moved").stdout
        self.assertIn("on to https://127.0.0.1/elsewhere", words)

    def test_after_a_kill_each_step_stands_once(self):
        longer = ["trainer.max_epochs=4", "trainer.limit_train_batches=100", "trainer.log_every_n_steps=1", ALL]
        self.succeed("train", *QUICK, "model.name=student", *longer, "hydra.run.dir=whole")
        process = self.start("train", *QUICK, "model.name=student", *longer, "hydra.run.dir=part")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (self.folder / "part/checkpoints/step-00000200").exists():
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        self.succeed("train", *QUICK, "model.name=student", *longer, "hydra.run.dir=part", "trainer.ckpt_path=last")
        for name in ["metrics.csv", "metrics.jsonl"]:
            self.assertEqual((self.folder / "whole" / name).read_bytes(), (self.folder / "part" / name).read_bytes(), name)
        self.assertEqual(len(list((self.folder / "part/wandb").glob("offline-run-*"))), 1)
        [losses] = [path for path in (self.folder / "mlruns").glob("*/*/metrics/train/loss")
                    if json.loads((self.folder / "part/.mlflow.json").read_text())["run_id"] in str(path)]
        self.assertEqual([int(line.split()[2]) for line in losses.read_text().splitlines()], list(range(1, 401)))


if __name__ == "__main__":
    unittest.main()

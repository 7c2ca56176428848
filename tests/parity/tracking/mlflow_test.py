#!/usr/bin/env python3
"""MlflowClient reads back every metric, parameter and artifact, from a real server and from the file store."""
import os
import socket
import subprocess
import sys
import time
import unittest
import urllib.request
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

from mlflow.tracking import MlflowClient
from support import STEPS_PER_EPOCH, TrackerTest

MLFLOW = Path(sys.executable).with_name("mlflow")
EXPERIMENT = "parity experiment"


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


class Mlflow(TrackerTest):
    def start_server(self, port):
        server = subprocess.Popen(
            [MLFLOW, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
             "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--artifacts-destination", self.folder / "art"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=open(self.folder / "server.log", "w"),
            start_new_session=True)
        self.addCleanup(server.wait)
        self.addCleanup(os.killpg, server.pid, 15)
        deadline = time.monotonic() + 180  # a busy machine takes a minute
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                return
            except OSError:
                if time.monotonic() > deadline:
                    self.fail((self.folder / "server.log").read_text())
                time.sleep(0.2)

    def check(self, uri, steps):
        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name(EXPERIMENT)
        [run] = client.search_runs([experiment.experiment_id])
        losses = client.get_metric_history(run.info.run_id, "train/loss")
        self.assertEqual(sorted((metric.step, metric.value) for metric in losses),
                         [(step, 1 / step) for step in range(1, steps + 1)])
        accuracies = client.get_metric_history(run.info.run_id, "val/accuracy")
        self.assertEqual(sorted((metric.step, metric.value) for metric in accuracies),
                         [(step, step // STEPS_PER_EPOCH / 8)
                          for step in range(STEPS_PER_EPOCH, steps + 1, STEPS_PER_EPOCH)])
        self.assertEqual(run.data.metrics["test/accuracy_top1"], 0.75)
        self.assertEqual(run.data.params["optimizer.lr"], "0.1")
        self.assertEqual(run.data.params["optimizer.name"], "sgd")
        self.assertEqual(run.info.status, "FINISHED")
        self.assertEqual(run.info.run_name, "distill-resnet18-r3t0rt42")
        kept = {artifact.path: artifact.file_size for artifact in client.list_artifacts(run.info.run_id)}
        self.assertEqual(set(kept), {"run.json", "note.txt", "model.safetensors"})
        for name, size in kept.items():
            copy = Path(client.download_artifacts(run.info.run_id, name, self.folder)).read_bytes()
            self.assertEqual(copy, (self.run_folder / name).read_bytes())
            self.assertEqual(size, len(copy))

    def test_server(self):
        port = free_port()
        uri = f"http://127.0.0.1:{port}"
        with self.subTest("away from the start to the end"):
            began = time.monotonic()
            words = self.write("mlflow", 30, MLFLOW_TRACKING_URI=uri, WAIT_SECONDS="1").stdout
            self.assertLess(time.monotonic() - began, 10)
            self.assertIn("metrics.jsonl", words)
        self.start_server(port)
        with self.subTest("back again: the resumed run sends what was missing, and no row twice"):
            self.write("mlflow", 60, keep=30, kill_at=55, MLFLOW_TRACKING_URI=uri, WAIT_BEFORE_KILL="3")
            words = self.write("mlflow", 3000, keep=40, MLFLOW_TRACKING_URI=uri, WAIT_SECONDS="60",
                               LOG_MODEL="1").stdout
            self.assertEqual(words, "")
            self.check(uri, 3000)

    def test_file_store(self):
        store = self.folder / "mlruns"
        made = MlflowClient(str(store)).create_experiment(EXPERIMENT)
        self.write("mlflow", 30, kill_at=25, MLFLOW_TRACKING_URI=str(store), WAIT_BEFORE_KILL="1.5")
        self.write("mlflow", 200, keep=20, MLFLOW_TRACKING_URI=str(store), LOG_MODEL="1")
        self.check(str(store), 200)
        self.assertEqual(MlflowClient(str(store)).get_experiment_by_name(EXPERIMENT).experiment_id, made)
        self.assertEqual(len(MlflowClient(str(store)).search_experiments()), 2)  # with MLflow's own "Default"


if __name__ == "__main__":
    unittest.main()

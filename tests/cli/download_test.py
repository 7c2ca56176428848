#!/usr/bin/env python3
"""The mission's commands on real CIFAR-10, fetched from a server on the loopback; skipped where the pictures are not at hand."""
import functools
import hashlib
import http.server
import os
import shutil
import subprocess
import threading
import unittest
from pathlib import Path

from support import DATA, SOURCE, CommandLineTest

UNPACK = SOURCE.parent / "shared/data/unpack-cifar10"
CACHE = SOURCE / "build/cifar10"


@functools.cache
def cifar10_archive():
    """The archive of the official layout, made once from the lossless copy."""
    archive = CACHE / "cifar-10-binary.tar.gz"
    if archive.exists():
        return archive
    if not UNPACK.exists():
        raise unittest.SkipTest(f"no CIFAR-10 at {UNPACK.parent}")
    python = os.environ.get("RETORT_PARITY_PYTHON", "python3")
    if not shutil.which("djxl") or subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode:
        raise unittest.SkipTest("unpacking CIFAR-10 needs djxl (Debian: libjxl-tools) and NumPy")
    scratch = CACHE.with_suffix(f".{os.getpid()}")
    subprocess.run([python, UNPACK, scratch, "--tarball"], check=True, capture_output=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    (scratch / archive.name).rename(archive)
    shutil.rmtree(scratch)
    return archive


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Download(CommandLineTest):
    def setUp(self):
        super().setUp()
        self.archive = cifar10_archive()
        self.sha256 = hashlib.sha256(self.archive.read_bytes()).hexdigest()
        handler = functools.partial(QuietHandler, directory=self.archive.parent)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        super().tearDown()

    def source(self, sha256=None):
        return ["data.download=True",
                f"data.url=http://127.0.0.1:{self.server.server_port}/{self.archive.name}",
                f"data.sha256={sha256 or self.sha256}"]

    def test_the_two_commands_of_the_mission_with_small_networks(self):
        limits = ["model.teacher=resnet14", "model.student=resnet8", "trainer.max_epochs=1",
                  "trainer.limit_train_batches=20", "trainer.limit_val_batches=2", "trainer.limit_test_batches=4"]
        self.succeed("train", "model.name=teacher", *self.source(), *limits)
        self.assertTrue((self.folder / "teachers/cifar10/resnet14.safetensors").is_file())
        result = self.succeed("train", "model.name=distill", *self.source(), *limits)
        self.assertRegex(result.stdout, r"resnet14.*teachers/cifar10/resnet14\.safetensors.*accuracy \d+\.\d\d %")

    def test_an_archive_of_another_checksum_is_refused_and_leaves_nothing(self):
        self.refuse(DATA, "train", *self.source(sha256="0" * 64), says=["SHA-256", self.sha256])
        leftovers = [path for path in (self.folder / "data").rglob("*") if path.is_file() and path.stat().st_size > 4096]
        self.assertEqual(leftovers, [])


if __name__ == "__main__":
    unittest.main()

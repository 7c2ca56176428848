"""Runs write_run in a folder of its own."""
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WRITE_RUN = sys.argv.pop(1) if len(sys.argv) > 1 else "write_run"
STEPS_PER_EPOCH = 10


class TrackerTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.run_folder = self.folder / "run"

    def tearDown(self):
        self._folder.cleanup()

    def write(self, trackers, steps, keep=-1, kill_at=None, **environment):
        arguments = [WRITE_RUN, str(self.run_folder), trackers, str(steps), str(keep)]
        if kill_at is not None:
            arguments.append(str(kill_at))
        result = subprocess.run(arguments, cwd=self.folder, env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
                                capture_output=True, text=True, timeout=120)
        expected = 0 if kill_at is None else -signal.SIGKILL
        self.assertEqual(result.returncode, expected, result.stdout + result.stderr)
        return result

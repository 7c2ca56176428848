"""Runs the program as a user does, in a folder of its own."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import tempfile
import termios
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("RETORT_PROGRAM", SOURCE / "build/release/bin/retort"))

# Exit codes (docs/reliability.md).
OK, CONFIG, DATA, CHECKPOINT, NUMERIC, RESOURCES, INTERRUPTED = 0, 2, 3, 4, 5, 6, 75

# Small networks on the first digits: a training of a second or two.
QUICK = [
    "data=mnist",
    "model.teacher={name: mlp, widths: [32]}",
    "model.student={name: mlp, widths: [16]}",
    "teacher.checkpoint=teacher.safetensors",
    "trainer.max_epochs=2",
    "trainer.limit_train_batches=20",
    "trainer.limit_val_batches=4",
    "trainer.limit_test_batches=8",
    "trainer.log_every_n_steps=5",
    "optimizer=adamw",
]


def in_terminal(columns, *arguments, cwd, **environment):
    """What the program writes to a pseudo-terminal so wide; it must succeed."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([PROGRAM, *arguments], cwd=cwd, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
                               env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", **environment})
    os.close(follower)
    content = b""
    while True:
        select.select([leader], [], [], 60)
        try:
            part = os.read(leader, 65536)
        except OSError:  # the program has closed its end
            break
        if not part:
            break
        content += part
    os.close(leader)
    assert process.wait(60) == OK, content
    return content.decode().replace("\r\n", "\n")


class CommandLineTest(unittest.TestCase):
    """Each test starts in an empty working directory."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def start(self, *arguments, **options):
        environment = {**os.environ, **options.pop("env", {})}
        program = options.pop("program", PROGRAM)
        return subprocess.Popen([program, *arguments], cwd=self.folder, env=environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_retort(self, *arguments, **options):
        process = self.start(*arguments, **options)
        stdout, stderr = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def succeed(self, *arguments, **options):
        result = self.run_retort(*arguments, **options)
        self.assertEqual(result.returncode, OK, f"{arguments}\n{result.stdout}\n{result.stderr}")
        return result

    def refuse(self, code, *arguments, says=(), **options):
        """The run ends with this code and one plain line that holds every text of `says`, below it at most the override, marked."""
        result = self.run_retort(*arguments, **options)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}\n{result.stderr}")
        lines = [line for line in result.stderr.splitlines() if not line.startswith(("warning: ", "downloading "))]
        self.assertRegex("\n".join(lines), r"\A[^\n]*(\n  [^\n]*\n +\^)?\Z")
        for text in says:
            self.assertIn(text, lines[0])
        return result

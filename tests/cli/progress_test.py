#!/usr/bin/env python3
"""What a training says in a real pseudo-terminal, narrow and wide, in a dumb one, and in a file."""
import re
import subprocess
import unittest

from support import PROGRAM, QUICK, CommandLineTest, in_terminal

REWRITE = "\r\x1b[K"
# Slow enough that the bar, redrawn every tenth of a second, is seen to grow on a quick machine too.
LONGER = ["trainer.limit_train_batches=300", "trainer.max_epochs=2", "model.student.widths=[1000,1000]"]


def on_screen(line):
    """What stands in a line after it was rewritten."""
    return line.split(REWRITE)[-1]


class Progress(CommandLineTest):
    def in_terminal(self, columns, *arguments, **environment):
        return in_terminal(columns, *arguments, cwd=self.folder, **environment)

    def distill(self):
        self.succeed("train", *QUICK, "model.name=teacher")
        return ["train", *QUICK, *LONGER, "model.name=distill"]

    def test_a_terminal_of_80_and_of_200_columns(self):
        arguments = self.distill()
        for columns, texts in [(80, []), (200, ["step ", "hard ", "distill ", "data wait ", "teacher ", "student "])]:
            with self.subTest(columns):
                output = self.in_terminal(columns, *arguments, f"hydra.run.dir=wide{columns}")
                live = [text for line in output.split("\n") for text in line.split(REWRITE) if "━" in text]
                self.assertTrue(live, output)
                training = [text for text in live if "loss" in text]
                self.assertTrue(training, live)
                for text in live:
                    self.assertLess(len(text), columns)
                    self.assertRegex(text, r"^epoch [12]/2  ━*[╸━]─*  *\d+ %")
                self.assertTrue(all("left" in text and "images/s" in text for text in training), training)
                for text in texts:
                    self.assertIn(text, training[-1])
                epochs = [on_screen(line) for line in output.split("\n") if on_screen(line).startswith("epoch ")]
                self.assertEqual(len(epochs), 2, epochs)
                for line in epochs:
                    self.assertLess(len(line), columns)
                    self.assertIn("val accuracy", line)
                # Nothing is left of the live line.
                for line in output.split("\n"):
                    self.assertNotIn("━", on_screen(line))

    def test_a_terminal_without_unicode(self):
        output = self.in_terminal(80, "train", *QUICK, *LONGER, "model.name=student", LC_ALL="C")
        self.assertTrue(output.isascii(), output)
        self.assertIn("[=", output)

    def test_no_color_has_none(self):
        output = self.in_terminal(80, "train", *QUICK, "model.name=student", NO_COLOR="1")
        self.assertNotRegex(output, r"\x1b\[[0-9;]*m")

    def test_a_dumb_terminal_has_no_control_characters(self):
        output = self.in_terminal(80, "train", *QUICK, "model.name=student", TERM="dumb")
        self.assertNotRegex(output, r"[\x00-\x09\x0b-\x1f\x7f]")
        self.assertEqual(len(re.findall(r"^epoch ", output, re.MULTILINE)), 2)

    def test_a_file_has_no_control_characters_and_one_line_an_epoch(self):
        with open(self.folder / "out.txt", "w") as file:
            subprocess.run([PROGRAM, *self.distill()], cwd=self.folder, stdout=file, stderr=file, check=True)
        text = (self.folder / "out.txt").read_text()
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]")
        epochs = [line for line in text.splitlines() if line.startswith("epoch ")]
        self.assertEqual(len(epochs), 2)
        for part in ["hard ", "distill ", "images/s", "data wait ", "teacher ", "student "]:
            self.assertIn(part, epochs[0])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The configuration as a user meets it: help, flags, printed configurations, completion, and errors. Needs no engine."""
import os
import re
import shutil
import subprocess
import time
import unittest

from support import CONFIG, OK, PROGRAM, CommandLineTest


class Help(CommandLineTest):
    def test_alone_it_says_what_it_is_and_lists_the_commands(self):
        for arguments in [(), ("--help",), ("-h",)]:
            text = self.succeed(*arguments).stdout
            for word in ["knowledge distillation", "study", "train", "evaluate", "config"]:
                self.assertIn(word, text)
            commands = [line for line in text.split("\n\n")[2].splitlines()]
            columns = {re.match(r"  [a-z-]+ +", line).end() for line in commands}
            self.assertEqual(len(columns), 1, text)

    def test_a_command_lists_its_groups_and_its_configuration(self):
        text = self.succeed("train", "--help").stdout
        self.assertIn("data: cifar10, mnist", text)
        self.assertRegex(text, r"optimizer: .*adamw.*sgd")
        self.assertIn("max_epochs: 200", text)
        self.assertNotIn("hydra:", text)

    def test_a_key_is_explained_from_its_file(self):
        text = self.succeed("train", "--help", "method").stdout
        self.assertRegex(text, r"method\.temperature +4\.0 +tau: softens both distributions")
        self.assertIn("adamw", self.succeed("train", "--help", "optimizer").stdout)
        self.assertRegex(self.succeed("train", "--help", "data.batch_size").stdout,
                         r"data\.batch_size +128 +pictures a step +\[an integer, at least 1 and at most 1048576\]")
        self.assertIn("[a number, or null, at least 0 and below 1]", self.succeed("train", "--help", "optimizer").stdout)
        self.refuse(CONFIG, "train", "--help", "optimiser", says=["Did you mean 'optimizer'?"])

    def test_version_and_flags(self):
        self.assertRegex(self.succeed("--version").stdout, r"^retort \d+\.\d+\.\d+\n$")
        self.assertIn("--multirun,-m", self.succeed("--hydra-help").stdout)

    def test_it_answers_at_once(self):
        for arguments in [("--help",), ("train", "--help"), ("train", "--cfg", "job"),
                          ("-sc", "query=bash", "--", "retort train data=")]:
            best = min(self.seconds(*arguments) for _ in range(5))
            # A sanitized build on a busy machine is some ten times slower than a release build, which takes under 0.02 s.
            self.assertLess(best, 0.5, arguments)

    def seconds(self, *arguments):
        start = time.monotonic()
        self.succeed(*arguments)
        return time.monotonic() - start


class Printed(CommandLineTest):
    def test_overrides_and_flags_stand_in_any_order(self):
        expected = self.succeed("train", "data=mnist", "seed=3", "--cfg", "job", "-p", "data").stdout
        self.assertTrue(expected.startswith("# @package data\nname: mnist\n"), expected)
        for arguments in [("--cfg", "job", "train", "-p", "data", "data=mnist", "seed=3"),
                          ("-c", "job", "--package=data", "train", "seed=3", "data=mnist")]:
            self.assertEqual(self.succeed(*arguments).stdout, expected)

    def test_interpolations_stand_until_resolved(self):
        self.assertIn("${data.name}", self.succeed("train", "--cfg", "job", "-p", "teacher").stdout)
        self.assertIn("teachers/cifar10/resnet50.safetensors",
                      self.succeed("train", "--cfg", "job", "--resolve", "-p", "teacher").stdout)

    def test_hydra_and_all(self):
        self.assertTrue(self.succeed("train", "--cfg", "hydra").stdout.startswith("hydra:\n"))
        text = self.succeed("train", "--cfg", "all", "seed=3").stdout
        self.assertIn("\nhydra:\n", "\n" + text)
        self.assertIn("\nseed: 3\n", text)

    def test_info(self):
        for topic, says in [("defaults", "| data/cifar10"), ("defaults-tree", "data: cifar10"), ("searchpath", "conf"),
                            ("config", "max_epochs: 200"), ("all", "data: cifar10")]:
            self.assertIn(says, self.succeed("train", "--info", topic).stdout, topic)

    def test_any_tree_is_composed(self):
        (self.folder / "tree/db").mkdir(parents=True)
        (self.folder / "tree/main.yaml").write_text("defaults:\n  - db: mysql\n  - _self_\ncount: 1\n")
        (self.folder / "tree/db/mysql.yaml").write_text("host: ${oc.env:HOST_NAME,localhost}\n")
        (self.folder / "tree/db/sqlite.yaml").write_text("file: x\n")
        tree = ["config", "--config-path", "tree", "--config-name", "main"]
        self.assertEqual(self.succeed(*tree).stdout, "db:\n  host: ${oc.env:HOST_NAME,localhost}\ncount: 1\n")
        self.assertEqual(self.succeed(*tree, "db=sqlite", "+m=[1,x]").stdout, "db:\n  file: x\ncount: 1\nm:\n- 1\n- x\n")
        self.assertEqual(self.succeed(*tree, "-m", "db=glob(*)", "count=1,2").stdout,
                         "#0 : db=mysql count=1\n#1 : db=mysql count=2\n#2 : db=sqlite count=1\n#3 : db=sqlite count=2\n")
        self.refuse_lines(CONFIG, *tree, "db=mysqll", says=["mysqll", "mysql", "sqlite"])

    def refuse_lines(self, code, *arguments, says=()):
        result = self.run_retort(*arguments)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        self.assertTrue(result.stderr.startswith("retort: "), result.stderr)
        for text in says:
            self.assertIn(text, result.stderr)

    def test_values_are_checked_before_anything_runs_or_is_printed(self):
        for override, position, says in [
            ("optimizer.lr=abc", 13, "optimizer.lr='abc' (override 'optimizer.lr=abc'): expected a number"),
            ("optimizer.lr=-1", 13, "above 0"),
            ("trainer.precision=32-ture", 18, "Did you mean '32-true'?"),
            ("+trainer.epochs=3", 16, "no such option"),
            ("model.student={name: mlp, widths: [8, 0]}", 34, "a layer has 1 to"),
        ]:
            for flags in [("--cfg", "job"), ("--cfg", "all", "--resolve"), ()]:
                with self.subTest(override=override, flags=flags):
                    result = self.refuse(CONFIG, "train", override, *flags, says=[says])
                    self.assertEqual(result.stderr.splitlines()[1:], ["  " + override, " " * (2 + position) + "^"])
        self.refuse(CONFIG, "evaluate", "data.augmentation=crops", "--cfg", "job", says=["Did you mean 'crop'?"])
        self.assertIn("checkpoint: ???", self.succeed("evaluate", "--cfg", "job").stdout)
        self.succeed("train", "data.root=${oc.env:NOT_SET_ANYWHERE}", "--cfg", "job")

    def test_mistakes_are_met_with_what_was_meant(self):
        for arguments, says in [
            (("trian",), ["'trian' is no command", "Did you mean 'train'?"]),
            (("train", "--epochs=3"), ["--epochs", "Did you mean 'epochs=3'?"]),
            (("train", "--cgf", "job"), ["Did you mean '--cfg'?"]),
            (("seed=1",), ["which command", "retort train seed=1"]),
            (("train", "optimizer.lr=[1,2"), ["\n  optimizer.lr=[1,2\n" + " " * 19 + "^"]),
            (("train", "data.bacth_size=1"), ["Did you mean 'data.batch_size'?", "\n  data.bacth_size=1\n" + " " * 7 + "^"]),
            (("train", "epoch=3"), ["Did you mean 'trainer.max_epochs'?", "\n  epoch=3\n  ^"]),
            (("train", "optimizer=sdg"), ["override 'optimizer=sdg'", "adamw", "sgd", "\n  optimizer=sdg\n" + " " * 12 + "^"]),
            (("train", "tracker=[csv,csw]"), ["Could not load 'tracker/csw'. Did you mean 'csv'?", "\n  tracker=[csv,csw]\n" + " " * 10 + "^"]),
            (("train", "optimizer@here=sgd"), ["\n  optimizer@here=sgd\n  ^"]),
            (("train", "~optimizr"), ["Did you mean 'optimizer'?", "\n  ~optimizr\n   ^"]),
            (("train", "hydra.run.dirr=x"), ["Did you mean 'hydra.run.dir'?", "\n  hydra.run.dirr=x\n" + " " * 12 + "^"]),
            (("train", "data.root=${data.name"), ["never closed", "\n  data.root=${data.name\n" + " " * 12 + "^"]),
            (("train", "data.root=${data.nam}"), ["data.nam", "\n  data.root=${data.nam}\n" + " " * 12 + "^"]),
            (("train", "+epochs=3"), ["Did you mean 'trainer.max_epochs'?", "\n  +epochs=3\n" + " " * 10 + "^"]),
            (("train", "model.name=a,b"), ["model.name=[a,b]", "\"model.name='a,b'\"", "--multirun"]),
            (("train", "--cfg", "job", "-p", "optimzer"), ["package 'optimzer' not found", "Did you mean 'optimizer'?"]),
            (("train", "seed=1,2"), ["seed=1,2", "--multirun"]),
            (("train", "--config-dir", "nowhere"), ["nowhere"]),
            (("train", "--config-name", "trian"), ["trian"]),
            (("train", "--lr", "0.1"), ["Did you mean 'lr=VALUE'?"]),
            (("train", "experiment=mnist/hintn"), ["Could not find 'experiment/mnist/hintn'. Did you mean 'mnist/hinton'?"]),
            (("train", "experiment=hinton"), ["Could not find 'experiment/hinton'. Did you mean 'mnist/hinton'?"]),
            (("train", "+optimizer=sgd"), ["write optimizer=OPTION, without '+'", "\n  +optimizer=sgd\n"]),
            (("train", "-m", "optimizer=glob(x*)"), ["there are: adamw, sgd", "\n  optimizer=glob(x*)\n" + " " * 12 + "^"]),
            (("train", "-m", "seed=range(1,1)"), ["'seed=range(1,1)' takes no value"]),
            (("train", "-m", "seed=range(200)", "data.batch_size=range(1,100)"), ["the sweep has more than 10000 jobs"]),
        ]:
            with self.subTest(arguments):
                self.refuse_lines(CONFIG, *arguments, says=says)


    def test_an_alias_of_the_primary_config_is_expanded_everywhere(self):
        (self.folder / "tree/net").mkdir(parents=True)
        (self.folder / "tree/main.yaml").write_text(
            "defaults:\n  - net@a.b: small\n  - _self_\na: {lr: 1}\n"
            "hydra:\n  aliases:\n    lr: a.lr\n    net: net@a.b\n    'quick,q': a.lr=0\n")
        for option in ("small", "large"):
            (self.folder / f"tree/net/{option}.yaml").write_text(f"size: {option}\n")
        tree = ["config", "--config-path", "tree", "--config-name", "main"]
        self.assertEqual(self.succeed(*tree, "lr=3", "net=large").stdout, "a:\n  b:\n    size: large\n  lr: 3\n")
        self.assertEqual(self.succeed(*tree, "q").stdout, "a:\n  b:\n    size: small\n  lr: 0\n")
        self.assertEqual(self.succeed(*tree, "-m", "net=large,small", "lr=1").stdout, "#0 : net@a.b=large a.lr=1\n#1 : net@a.b=small a.lr=1\n")
        self.assertEqual(self.succeed(*tree, "lr=3", "--cfg", "hydra", "-p", "hydra.overrides.task").stdout,
                         "# @package hydra.overrides.task\n- a.lr=3\n")
        self.assertNotIn("aliases", self.succeed(*tree, "--cfg", "hydra").stdout)
        self.assertIn("lr=VALUE -> a.lr=VALUE\nnet=VALUE -> net@a.b=VALUE\nquick -> a.lr=0\n", self.succeed(*tree, "--info", "aliases").stdout)
        self.refuse_lines(CONFIG, *tree, "lr=[1", says=["\n  a.lr=[1\n", "\n'lr=[1' stands for 'a.lr=[1'\n"])
        self.refuse_lines(CONFIG, *tree, "lr", says=["needs a value: lr=VALUE"])
        for override in ("hydra.aliases.lr=x", "+hydra.aliases.x=a", "hydra.aliases=null"):
            self.refuse_lines(CONFIG, *tree, override, says=["hydra.aliases can only be set in the primary config"])
        (self.folder / "tree/net/wrong.yaml").write_text("\nhydra: {aliases: {x: a}}\n")
        self.refuse_lines(CONFIG, *tree, "+net@_global_=wrong", says=["In 'net/wrong' (tree/net/wrong.yaml:2:", "hydra.aliases can only be set in the primary config"])

    def test_a_rerun_is_composed_from_what_the_run_was_asked_for(self):
        run = self.folder / "run/.hydra"
        run.mkdir(parents=True)
        typed = ["train", "optimizer=adamw", "seed=5", "hydra.run.dir=run", "hydra.verbose=true"]
        (run / "config.yaml").write_text(self.succeed(*typed, "--cfg", "job").stdout)
        (run / "hydra.yaml").write_text(self.succeed(*typed, "--cfg", "hydra").stdout)
        (run / "overrides.yaml").write_text("- optimizer=adamw\n- seed=5\n")
        again = ["train", "--experimental-rerun", "run"]
        self.assertEqual(self.succeed(*again, "--cfg", "job").stdout, (run / "config.yaml").read_text())
        self.assertEqual(self.succeed(*again, "--cfg", "hydra", "-p", "hydra.run.dir").stdout[:8], "outputs/")
        self.assertEqual(self.succeed(*again, "--cfg", "hydra", "-p", "hydra.verbose").stdout, "True\n")
        self.assertEqual(self.succeed(*again, "seed=6", "--cfg", "job", "-p", "seed").stdout, "6\n")
        self.assertIn("optimizer: adamw", self.succeed(*again, "--cfg", "hydra", "-p", "hydra.runtime.choices").stdout)
        self.assertIn("name: sgd", self.succeed(*again, "optimizer=sgd", "--cfg", "job", "-p", "optimizer").stdout)
        text = (run / "config.yaml").read_text()
        (run / "config.yaml").write_text(text.replace("seed: 5", "seed: 4"))
        self.assertIn("have changed since run ran", self.succeed(*again, "--cfg", "job").stderr)
        self.refuse_lines(CONFIG, *again, "--config-name", "study", says=["--config-name"])
        (run / "hydra.yaml").rename(run / "elsewhere.yaml")
        self.refuse_lines(CONFIG, *again, says=["--experimental-rerun run: no run is recorded there"])
        (run / "elsewhere.yaml").rename(run / "hydra.yaml")
        (run / "overrides.yaml").write_text("a: 1\n")
        self.refuse_lines(CONFIG, *again, says=["is no list of overrides"])


class Completion(CommandLineTest):
    def complete(self, typed, shell="fish"):
        return self.succeed("-sc", f"query={shell}", "--", typed).stdout.split("\n")[:-1]

    def test_commands_flags_groups_options_keys_and_choices(self):
        self.assertEqual(self.complete("retort tr"), ["train"])
        self.assertIn("--multirun", self.complete("retort train --mu"))
        self.assertEqual(self.complete("retort train --cfg "), ["all", "hydra", "job"])
        self.assertEqual(self.complete("retort train dat"), ["data.", "data="])
        self.assertEqual(self.complete("retort train data="), ["data=cifar10", "data=mnist"])
        self.assertEqual(self.complete("retort train data=mnist,c"), ["data=mnist,cifar10"])
        self.assertEqual(self.complete("retort train optimizer=adamw optimizer.bet"), ["optimizer.betas="])
        self.assertEqual(self.complete("retort train +data.rand"), [])
        self.assertEqual(self.complete("retort train data.download="), ["data.download=false", "data.download=true"])
        self.assertEqual(self.complete("retort train model.name=t"), ["model.name=teacher"])
        self.assertEqual(self.complete("retort train trainer.precision=bf16-"),
                         ["trainer.precision=bf16-mixed", "trainer.precision=bf16-true"])
        self.assertEqual(self.complete("retort train optimizer.lr="), ["optimizer.lr=0.1"])
        self.assertIn("hydra.run.", self.complete("retort train hydra."))

    def test_aliases_and_what_they_stand_for(self):
        (self.folder / "tree/data").mkdir(parents=True)
        (self.folder / "tree/train.yaml").write_text("defaults: [data@d: a]\nhydra: {aliases: {da: data@d, quick: x=1}}\n")
        (self.folder / "tree/data/a.yaml").touch()
        line = "retort train --config-path tree "
        self.assertEqual(self.complete(line + "da"), ["da=", "data="])
        self.assertEqual(self.complete(line + "qu"), ["quick"])
        self.assertEqual(self.complete(line + "da="), ["da=a"])

    def test_files(self):
        (self.folder / "weights").mkdir()
        (self.folder / "weights/a.safetensors").touch()
        self.assertEqual(self.complete("retort train teacher.checkpoint=we"), ["teacher.checkpoint=weights/"])
        self.assertEqual(self.complete("retort train --config-dir w"), ["weights/"])

    def test_bash_takes_what_stands_behind_the_equal_sign(self):
        self.assertEqual(self.complete("retort train data=", "bash"), ["cifar10", "mnist"])
        script = ('eval "$("$PROGRAM" -sc install=bash)"; COMP_LINE="retort train optimizer=ad"; COMP_POINT=${#COMP_LINE}; '
                  'compopt() { :; }; _retort "$PROGRAM"; echo "${COMPREPLY[@]}"')
        answer = subprocess.run(["bash", "-c", script], env={**os.environ, "PROGRAM": str(PROGRAM)}, text=True,
                                capture_output=True, timeout=30)
        self.assertEqual(answer.stdout, "adamw\n", answer.stderr)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_runs_its_script(self):
        script = ('compdef() { :; }; compadd() { print -l -- "${@[5,-1]}"; }; eval "$("$PROGRAM" -sc install=zsh)"; '
                  'words=("$PROGRAM" train optimizer=ad); CURRENT=3; _retort')
        self.assertEqual(self.answer_of("zsh", "-fc", script), "optimizer=adamw\n")

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_runs_its_script(self):
        (self.folder / "retort").symlink_to(PROGRAM)
        script = '"$PROGRAM" -sc install=fish | source; complete --do-complete "retort train optimizer=ad"'
        path = f"{self.folder}:{os.environ['PATH']}"
        self.assertEqual(self.answer_of("fish", "--no-config", "-c", script, PATH=path), "optimizer=adamw\n")

    def answer_of(self, *command, **environment):
        environment = {**os.environ, "PROGRAM": str(PROGRAM), "HOME": str(self.folder), **environment}
        done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_broken_lines_and_unknown_shells(self):
        self.assertEqual(self.complete("retort train a=[1 data=m"), ["data=mnist"])
        self.assertEqual(self.complete("retort train 'x"), [])
        self.refuse(CONFIG, "-sc", "install=tcsh", says=["bash, zsh or fish"])


class Surroundings(CommandLineTest):
    def test_without_home_or_standard_streams(self):
        environment = {name: value for name, value in os.environ.items() if name != "HOME"}
        for closed in ["", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"]:
            with self.subTest(closed):
                code = subprocess.run(["bash", "-c", f'"$0" train --cfg job {closed}', str(PROGRAM)], env=environment,
                                      stdout=subprocess.DEVNULL, timeout=30).returncode
                self.assertEqual(code, OK)

    def test_a_reader_that_goes_away_and_a_full_disk(self):
        done = subprocess.run(["bash", "-o", "pipefail", "-c", '"$0" train --help | head -c 1', str(PROGRAM)],
                              capture_output=True, timeout=30)
        self.assertEqual(done.stderr, b"")
        full = subprocess.run(["bash", "-c", '"$0" train --cfg job >/dev/full', str(PROGRAM)], capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(full.returncode, 6)
        self.assertIn("No space left", full.stderr)

    def test_no_file_can_speak_to_the_terminal(self):
        (self.folder / "tree").mkdir()
        for text in ['defaults:\n  - g: "a\\e]0;x\\a"\n', 'defaults:\n  - "\\e[2J"\n', '"\\e[2J": 1\n"\\e[2J": 2\n', "a: !!int '" + "x" * 200000 + "'\n",
                     "defaults:\n  - g: " + "x" * 200000 + "\n", '"a\\e[2Jb": {}\n"c": ${a\\e}\n', 'hydra: {searchpath: ["pkg\\e[2J://x"]}\n']:
            (self.folder / "tree/main.yaml").write_text(text)
            result = self.run_retort("config", "--config-path", "tree", "--config-name", "main")
            self.assertNotRegex(result.stderr, r"[\x00-\x08\x0b-\x1f\x7f]")
            self.assertLess(len(result.stderr), 5000)

    def test_hostile_arguments_end_in_one_error(self):
        for argument in ["\x1b[31m=1", "a=\x07", "a=" + "[" * 100000, "=" * 1000, "+" * 1000, "a." * 10000 + "b=1", "a=\udcff"]:
            result = self.run_retort("train", "--cfg", "job", argument)
            self.assertEqual(result.returncode, CONFIG, result.stderr)
            self.assertNotRegex(result.stderr, r"[\x00-\x08\x0b-\x1f\x7f]")
            self.assertLess(len(result.stderr), 2000)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""Seeded sweeps: lists with commas, the functions that make and change sweeps, globs over groups. Few jobs each: Hydra
composes every one."""

from case import Case
from chooser import Chooser

GROUND = {
    ("training", "minimal"): (["a", "b.c", "+new", "++a", "+deep.er"], ["+model", "+model@x"]),
    ("training", "config"): (["seed", "epochs", "name", "model.depth", "trainer.limits.val", "+extra"], ["model", "data", "experiment", "optimizer@trainer.optimizer", "schedule"]),
    ("training", "sweep"): (["seed", "epochs", "text"], ["model"]),
    ("packages", "config"): (["top", "source.port"], ["db", "db@source", "server/site@here", "store/inner@from_root"]),
}
OPTIONS = ["vit", "resnet", "mnist", "cifar", "fast", "null", "sgd", "adam", "mysql", "postgres", "news", "blog", "step"]
ITEMS = ["1", "2", "-3", "1.5", "1e3", "1e-7", "true", "False", "null", "x", "a b", "'q r'", '"d,e"', r"a\,b", r"\[", "[1,2]", "[]", "{x:1}", "{1: a}", "{}", "${b.c}", "${seed}", "x=y", "a:b", "", "inf", "1_000", "é", "/a/b", "'it\\'s'"]
NUMBERS = ["0", "1", "-2", "0.1", "0.25", "1.5", "1e-3", "3", "10"]
PATTERNS = ["*", "v*", "[a-m]*", "?it", "*_large", "nothing*", "[!r]*", "'*'", "m*l", "[v*,r*]", "[]"]


class SweepGenerator(Chooser):
    def items(self, least: int = 1) -> str:
        return self.pick([",", ",", " , "]).join(self.pick(ITEMS) for _ in range(self.random.randrange(least, 4)))

    def span(self) -> str:
        step = self.pick(["1", "2", "-1", "0.1", "0.3", "-0.25", "1e-3", "3"])
        start = self.pick(NUMBERS)
        stop = f"{float(start) + float(step) * self.pick([0, 1, 2, 2.5, 3, 4]):g}"
        return self.pick([f"range({start},{stop},{step})", f"range(start={start},stop={stop},step={step})", f"range({start},{stop},step={step})", f"range({self.pick(['1', '2', '2.5', '0', '-1'])})"])

    def sweep(self) -> str:
        kind = self.random.random()
        if kind < 0.4:
            return self.items(2)
        if kind < 0.55:
            return f"choice({self.items()})"
        if kind < 0.75:
            return self.span()
        inner = self.pick([self.span(), f"choice({self.items()})", self.pick(["3,1,2", "b,a,c", "2.5,1", "1,true,0", "a,1"])])
        outer = self.pick(["sort({})", "sort({},reverse=true)", "sort({},reverse=false)", "tag(t,{})", "tag(t,u,{})", "int({})", "float({})", "str({})", "bool({})", "sort(tag(t,{}))", "shuffle([7])", "interval(0,1)", "choice({})", "sort(sweep={})"])
        return outer.format(inner)

    def group_sweep(self) -> str:
        if self.chance(0.5):
            exclude = f",exclude={self.pick(PATTERNS)}" if self.chance(0.3) else ""
            return f"glob({self.pick(PATTERNS)}{exclude})"
        return self.pick(["{},{}", "choice({},{})", "{},[{}]", "sort({},{})"]).format(self.pick(OPTIONS), self.pick(OPTIONS))

    def case(self) -> Case:
        (tree, config), (keys, groups) = self.pick(GROUND.items())
        arguments = [f"{key}={self.sweep()}" for key in self.some(keys, 2)]
        if self.chance(0.5) or not arguments:
            arguments.append(f"{self.pick(groups)}={self.group_sweep()}")
        if self.chance(0.15):
            arguments.append(self.pick(["~" + keys[0].lstrip("+"), f"{keys[0]}=5", "hydra.sweeper.max_batch_size=2"]))
        self.random.shuffle(arguments)
        if (tree, config) == ("training", "config"):
            arguments.append("required=1")
        return Case("generated sweep", tree, config, ("--multirun", *arguments))


def generate_sweeps(seed: int, count: int) -> list[Case]:
    generator = SweepGenerator(seed)
    return [generator.case() for _ in range(count)]

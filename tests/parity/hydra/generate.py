# SPDX-License-Identifier: MIT
"""Seeded cases: random override lists over the trees' own groups and keys, some of them spoilt on purpose."""

import string

from case import TREES, Case
from chooser import Chooser

# Where the generator works: config, keys that exist there, group keys as one would write them on the command line.
GROUND = {
    ("training", "config"): (
        "seed name epochs threshold tags nothing required trainer trainer.epochs trainer.devices trainer.devices.1 trainer.limits "
        "trainer.limits.val trainer.optimizer trainer.optimizer.lr model model.name model.depth model.widths model.stem.kernel "
        "data.batch_size data.mean data.transform data.transform.0.padding logger.csv.file output".split(),
        {"model": "model", "data": "data", "optimizer@trainer.optimizer": "optimizer", "schedule": "schedule", "logger": "logger",
         "experiment": "experiment", "local": None, "recipe": "recipe", "recipe/extra": "recipe/extra"}),
    ("training", "study"): (
        "seed epochs required model.heads trainer.optimizer.betas schedule.steps logger.csv".split(),
        {"model": "model", "optimizer@trainer.optimizer": "optimizer", "schedule": "schedule", "experiment": "experiment"}),
    ("training", "recipe"): ("model.depth recipe.lr lr data.name".split(), {"model": "model", "data": "data", "recipe": "recipe"}),
    ("packages", "config"): (
        "top db.port db source.user backup.first.options backup.first.options.ssl file server.site.pages server.name store.outer "
        "from_root.leaf server.db_here.file absolute.file driver leaf".split(),
        {"db": "db", "db@source": "db", "db@backup.first": "db", "db@_global_": "db", "server/site@here": "server/site",
         "server/site": "server/site", "server/site@server.second": "server/site", "store": "store", "store/inner": "store/inner",
         "store/inner@from_root": "store/inner", "db@server.db_here": "db", "server": "server"}),
    ("packages", "include"): (
        "a.port b.user c.d.options pack.x pack.one.port".split(),
        {"db@a": "db", "db@c.d": "db", "db@e": "db", "nested@pack": "nested", "db@pack.one": "db", "nested/other@pack.three": "nested/other"}),
    ("scalars", "config"): (
        "integers integers.0 floats floats.3 booleans nulls x empty_map empty_list nested_empty nested_empty.c.d list_of_lists "
        "list_of_lists.1.1 list_of_maps.0.b.c list_of_maps.1 missing interpolated blank last".split(), {}),
    ("links", "config"): (
        "a f t s n name b b.c b.list b.list.0 b.f b.f.g whole key later later.x select create env".split(), {}),
    ("search/main", "config"): ("name kind.from far.away".split(), {"kind": "kind", "far": None}),
}

WORDS = ["abc", "x", "a-b", "a_b", "1a", "a1", "yes", "no", "n", "On", "null", "true", "False", "~", "-", "/a/b.txt", "a.b", "http://h:1/p", "50%", "a*", "?", "$v", "|", "a:b", "é", "日本", "2001-01-01", "12:30:45", "0x1F", "1_000", "010", "v1.2.3", "a b", "a  b", "none", "inf", "@x", "+x", "e3", "1e", "."]
NUMBERS = ["0", "1", "-1", "+7", "10", "1_000", "3.14", "-.5", "5.", "1e3", "1E-3", "-1e5", "1e16", "1e15", "1e-5", "0.0001", "inf", "-inf", "nan", "12345678901234567890", "1.0", "0.1", "1e400", "00", "007"]
INTERPOLATIONS = ["${seed}", "${a}", "${.x}", "${..x}", "${x}", "${oc.env:PARITY_NAME}", "${oc.env:PARITY_UNSET,d}", "${oc.select:a,1}", "x${a}y", "${a.b[0]}", "${hydra:job.config_name}", "${no}${a}", "${nowhere.at}", "${oc.decode:1}"]
IN_QUOTES = ["a", "word", "two words", "b c", ",", "=", ":", "#", "{", "}", "[", "]", "(", ")", "\\\\", "\\'", '\\"', "\\", "'", '"', "$", "${a}", "\\${a}", "é", "\t", " ", "%", "@", "&", "*", "!", "|", ">", "-", "?", "1", "null", "yes", "0x1", "~", "`"]
DICT_KEYS = ["x", "y", "z", "lr", "1", "0", "-1", "01", "1_0", "1.0", "1.5", "1e3", "-0.0", "inf", "nan", "true", "TRUE", "false", "null", "yes", "a-b", "a b", "$k", "-", "a.b", "a/b", "n", "c", "é", "0x1", "1a", "\\:", "a\\,b", "?", "12345678901234567890"]
FLAGS = [["--resolve"], ["--resolve"], ["--cfg", "hydra", "--package", "hydra.overrides"], ["--cfg", "hydra", "--package", "hydra.runtime.choices"], ["--cfg", "hydra", "--package", "hydra.job.override_dirname"], ["--cfg", "all", "--package", "hydra.runtime.choices"]]
SEARCH_PATHS = ["[file://search/third]", "[file://search/extra]", "[file://search/third,file://search/extra]", "[search/extra]", "[]", "null", "['file://${oc.env:PARITY_TREES}/search/third']", "[pkg://no.where]", "[nowhere]", "third", "[1]"]
ESCAPED = ["\\\\", "\\(", "\\)", "\\[", "\\]", "\\{", "\\}", "\\:", "\\=", "\\,", "\\ ", "a", "b", "1", "-"]


class Generator(Chooser):
    def blank(self) -> str:
        return " " if self.chance(0.15) else ""

    def quoted(self) -> str:
        quote = self.pick("'\"")
        return quote + "".join(self.pick(IN_QUOTES) for _ in range(self.random.randrange(5))) + quote

    def primitive(self) -> str:
        kind = self.random.random()
        if kind < 0.35:
            return self.pick(WORDS)
        if kind < 0.65:
            return self.pick(NUMBERS)
        if kind < 0.82:
            return self.quoted()
        if kind < 0.9:
            return self.pick(INTERPOLATIONS)
        return "".join(self.pick(ESCAPED) for _ in range(self.random.randrange(1, 5)))

    def sequence(self, element, depth: int) -> str:
        comma = f"{self.blank()},{self.blank()}"
        return self.blank() + comma.join(element(depth - 1) for _ in range(self.random.randrange(4))) + self.blank()

    def pair(self, depth: int) -> str:
        key = self.pick(DICT_KEYS) if self.chance(0.9) else self.quoted()
        return f"{key}{self.blank()}:{self.blank()}{self.element(depth)}"

    def function(self, depth: int) -> str:
        name = self.pick(["int", "float", "str", "bool", "json_str", "sort", "sort", "shuffle", "choice", "range", "nofunction"])
        if name == "shuffle":  # chance itself cannot be compared
            return f"shuffle([{self.primitive()}])"
        if name == "sort" and self.chance(0.6):
            items = ",".join(str(self.random.randrange(20)) for _ in range(4))
            return f"sort([{items}]{self.pick(['', ',reverse=true', ', reverse=false'])})"
        return f"{name}({self.sequence(self.element, depth)})" if self.chance(0.3) else f"{name}({self.element(depth - 1)})"

    def element(self, depth: int = 2) -> str:
        kind = self.random.random()
        if depth <= 0 or kind < 0.6:
            return self.primitive()
        if kind < 0.75:
            return f"[{self.sequence(self.element, depth)}]"
        if kind < 0.88:
            return f"{{{self.sequence(self.pair, depth)}}}"
        return self.function(depth)

    def option(self, tree: str, folder: str | None) -> str:
        options = [path.stem for path in sorted((TREES / tree / folder).glob("*.yaml"))] if folder else ["away", "default"]
        kind = self.random.random()
        if kind < 0.87:
            return self.pick(options)
        if kind < 0.92:
            return f"[{','.join(self.random.sample(options, min(len(options), 2)))}]"
        return self.pick(["null", "nowhere", "", "???", "1", ",".join(options[:2]), "{x:1}", "'" + options[0] + "'"])

    def path(self, keys: list[str]) -> str:
        kind = self.random.random()
        if kind < 0.9:
            return self.pick(keys)
        if kind < 0.95:
            return f"{self.pick(keys)}.{self.pick(['new', '0', '7', 'x.y'])}"
        return self.pick(["new", "new.deep.key", "_x", "$d", "a-b", "hydra.job.name", "hydra.run.dir", "hydra.nowhere", "7", ""])

    def override(self, tree: str, keys: list[str], groups: dict) -> str:
        kind = self.random.random()
        if groups and kind < 0.35:
            group = self.pick(groups)
            folder = groups[group]
            sign = self.pick(["", "", "", "", "", "", "+", "+", "~", "~", "++"])
            if sign == "~" and self.chance(0.7):
                return "~" + group
            if sign == "+" and self.chance(0.85):
                group = group.split("@")[0] + self.pick(["@new", "@new.place", "@_global_", "@_global_.new", "@_here_"])
            return f"{sign}{group}={self.option(tree, folder)}"
        sign = self.pick(["", "", "", "", "", "", "+", "+", "++", "++", "~"])
        key = self.path(keys)
        if tree == "search/main" and self.chance(0.15):
            return f"hydra.searchpath={self.pick(SEARCH_PATHS)}"
        if sign == "+" and self.chance(0.8):
            key = self.pick(["new", "fresh", "new.deeper"])
        if sign == "~":
            return f"~{key}" if self.chance(0.6) else f"~{key}={self.pick(['1', '10', 'null', 'true', '0.1', '', 'text', self.element()])}"
        return f"{sign}{key}={self.element()}"

    def again(self, override: str) -> str:
        """A second override where an earlier one was: the same key, what is in it, or its removal."""
        key = override.lstrip("+~").partition("=")[0]
        return self.pick([f"{key}={self.element()}", f"~{key}", f"++{key}={self.element()}", f"{key}.{self.pick(DICT_KEYS)}={self.element()}", f"+{key}.{self.pick(['x', '1', 'new'])}={self.element()}", f"+{key}={{{self.sequence(self.pair, 1)}}}", f"~{key}.{self.pick(['x', '1', 'y'])}"])

    def spoil(self, text: str) -> str:
        place = self.random.randrange(len(text) + 1)
        junk = self.pick("=,:'\"\\[]{}()+~@/. $#!" + string.ascii_lowercase[:3])
        return self.pick([text[:place] + junk + text[place:], text[:place] + text[place + 1:], text[:place], text[place:] + text[:place]])

    def case(self) -> Case:
        (tree, config), (keys, groups) = self.pick(GROUND.items())
        arguments = [self.override(tree, keys, groups) for _ in range(self.pick([1, 1, 1, 2, 2, 3]))]
        if self.chance(0.2):
            arguments.append(self.again(arguments[0]))
        if self.chance(0.08):
            index = self.random.randrange(len(arguments))
            arguments[index] = self.spoil(arguments[index])
        arguments = [argument for argument in arguments if argument and not argument.startswith("-")]
        if config == "config" and tree == "training" and self.chance(0.5):
            arguments.append("required=1")
        flags = self.pick(FLAGS) if self.chance(0.15) else ["--package", self.path(keys) or "_global_"] if self.chance(0.05) else []
        if tree == "search/main" and self.chance(0.2):
            flags = [*flags, "--config-dir", "search/third"]
        return Case("generated", tree, config, tuple(flags + arguments))


def generate(seed: int, count: int) -> list[Case]:
    generator = Generator(seed)
    return [generator.case() for _ in range(count)]

# SPDX-License-Identifier: MIT
"""Seeded YAML documents: random structure, styles, scalars, anchors and merge keys; and documents whose values are
interpolations, printed as they are and resolved."""

from case import Case
from chooser import Chooser
from document_cases import documents

PLAIN = ["a", "two words", "1", "-1", "0", "+7", "010", "0x1F", "0b101", "1_000", "1.5", "-.5", "1e3", "1e-5", "1.5E+7", ".inf", "-.INF", ".nan", "12:30", "12:30:45", "1:20.5", "2001-01-01", "yes", "No", "ON", "off", "true", "FALSE", "null", "~", "", "???", "a:b", "a#b", "é", "日本 語", "50%", "-", "a-", "v1.2", "1e", "_1", "$a", "/a/b", "C:\\x", "it's", 'say "x"', "a #b", "12345678901234567", "0.1", "1.0", "100000000000000000.0", "3.14159265358979"]
ODD = ["=", "a b: c", "http://h:1/p?q=1", "x, y", "- a", "<<", "!", "! 1", "${k0}", "x${k1}y", "[a", "a]", "{a", "@a", "`a", "%a", "*k", "&k", "|", ">", "?", "? a", ": a", "#a", "1e400", "0x", "12345678901234567890", "a\tb"]
TAGGED = ["!!str 1", "!!str a b", "!!str null", "!!str ~", "!!int 7", "!!int '0x1F'", "!!int x", "!!float 1", "!!float 1e3", "!!float '.5'", "!!bool yes", "!!bool 'true'", "!!bool 1", "!!null ''"]
QUOTED = ["", " ", "a", " a ", "1", "true", "null", "~", "1e3", "a: b", "#a", "- a", "é", "日本", "😀", "%", "${k0}", "a\\", "it''s", "", "long " * 25, "w" * 90, "2001-01-01", "y", "=", "<<", "???", "{", "a, b"]
ESCAPES = ["\\n", "\\t", "\\\\", '\\"', "\\x41", "\\u00e9", "\\U0001F600", "\\0", "\\e", "\\N", "\\_", "\\/", "a", " ", "b c", "\\r", "x" * 30, "'", "#", ": "]
KEYS = ["a", "b", "c", "k", "'q'", '"d"', "1", "2", "-1", "1.5", "true", "no", "null", "a-b", "a b", "a.b", "é", "y", "n", "0x10", "'1'", "x" * 40, "$d", "010"]
BLOCKS = ["|", ">", "|-", ">-", "|+", ">+", "|2", ">1-"]

NAMES = ["a", "b", "b.c", "b.d", "l", "l[0]", "l.1", "l[2].x", "t", "n", "e", "nowhere", "b.nowhere", "b[c]", ".a", "..a", ".b.c", "m", "name", "deep.x.y"]
TEXTS = ["x", "'q'", '"d"', "'${a}'", '"${b.c}"', "1", "1.5", "true", "null", "a b", "''", "'it\\'s'", "a/b", "x-y", "[1,2]", "{p:1}", "[${a},'z']", "{p:${b.c},q:[r]}", "\\,", "\\ ", "???", "é", "-", "1e3", "inf"]
BASE = """a: 1
b: {c: two, d: 3.5}
l: [one, 2, {x: 3}]
t: true
n: null
e: ''
m: ???
name: a
deep: {x: {y: "${a}", z: "${.y}", up: "${..w}"}, w: 9}
"""


class DocumentGenerator(Chooser):
    def scalar(self) -> str:
        kind = self.random.random()
        if kind < 0.6:
            return self.pick(PLAIN if self.chance(0.95) else ODD)
        if kind < 0.8:
            return f"'{self.pick(QUOTED)}'"
        return '"' + "".join(self.pick(ESCAPES) for _ in range(self.random.randrange(6))) + '"'

    def flow(self, depth: int) -> str:
        if depth == 0 or self.chance(0.6):
            return self.scalar()
        blank = self.pick(["", "", " "])
        items = [self.flow(depth - 1) for _ in range(self.random.randrange(4))]
        if self.chance(0.5):
            return f"[{blank}{', '.join(items)}{blank}]"
        return f"{{{blank}{', '.join(f'{self.pick(KEYS)}: {item}' for item in items)}{blank}}}"

    def block_text(self, indent: int) -> str:
        lines = ["one", "  two", "", "a: b", "# no comment", "é x", "", "tab\tin", "long " * 20]
        pad = " " * (indent + 2)
        return self.pick(BLOCKS) + "\n" + "".join(f"{pad}{self.pick(lines)}\n" for _ in range(self.random.randrange(1, 4)))

    def comment(self) -> str:
        return self.pick(["", "", "", "", "  # why"])

    def anchor(self) -> str:
        return self.pick([""] * 9 + ["&x ", "&y "])

    def value(self, indent: int, depth: int) -> str:
        """What stands after "key:" or "-", with its line's end."""
        kind = self.random.random()
        if depth > 0 and kind < 0.2:
            anchor = self.pick(["", "", " &x", " &y"])
            return f"{anchor}{self.comment()}\n{self.mapping(indent + 2, depth - 1)}"
        if depth > 0 and kind < 0.35:
            return f"{self.comment()}\n{self.sequence(indent + self.pick([0, 2]), depth - 1)}"
        if kind < 0.42:
            return " " + self.block_text(indent)
        if kind < 0.46:
            return f" {self.pick(['*x', '*y'])}\n"
        if kind < 0.5:
            return f" {self.pick(TAGGED)}\n"
        return f" {self.anchor()}{self.flow(2) if self.chance(0.3) else self.scalar()}{self.comment()}\n"

    def mapping(self, indent: int, depth: int) -> str:
        text = ""
        for key in self.some(KEYS, 4) or ["k"]:
            if self.chance(0.1):
                text += " " * indent + "<<: " + self.pick(["*x", "*y", "[*x, *y]", "{a: 1, k: 2}"]) + "\n"
            text += " " * indent + key + ":" + self.value(indent, depth)
        return text

    def sequence(self, indent: int, depth: int) -> str:
        return "".join(" " * indent + "-" + self.value(indent, depth) for _ in range(self.random.randrange(1, 4)))

    def document(self) -> str:
        head = self.pick(["", "", "", "", "# comment\n", "---\n", "\n", "# @package p.q\n"])
        return head + "k0: &x {a: 1, b: 2}\nk1: &y {a: 3, c: [4]}\n" + self.mapping(0, 3)

    def argument(self, depth: int) -> str:
        return self.reference(depth - 1) if depth > 0 and self.chance(0.25) else self.pick(TEXTS)

    def reference(self, depth: int = 2) -> str:
        kind = self.random.random()
        blank = self.pick([""] * 8 + [" "])
        if kind < 0.45:
            return f"${{{blank}{self.pick(NAMES)}{blank}}}"
        if kind < 0.55:
            return self.pick(["${${name}}", "${b.${e}c}", "${l[${a}]}", "${${name}.c}", "${oc.${name}:x}", "${deep.x.z}", "${deep.x.up}", "${deep}"])
        name, least, most = self.pick([("oc.env", 1, 2), ("oc.env", 1, 2), ("oc.decode", 1, 1), ("oc.select", 1, 2), ("oc.select", 2, 2), ("oc.create", 1, 1), ("oc.deprecated", 1, 2),
                                       ("oc.dict.keys", 1, 1), ("oc.dict.values", 1, 1), ("hydra", 1, 1), ("nosuch", 0, 2)])
        first = {"oc.env": ["PARITY_NAME", "PARITY_UNSET", "PARITY_LIST"], "oc.select": NAMES, "oc.deprecated": NAMES, "oc.dict.keys": NAMES, "oc.dict.values": NAMES,
                 "hydra": ["job.config_name", "runtime.choices", "overrides.task", "sweep.subdir", "nowhere"]}.get(name)
        arguments = [self.argument(depth) for _ in range(self.random.randrange(least, most + 1))]
        if first and arguments and self.chance(0.9):
            arguments[0] = self.pick(first)
        return f"${{{name}:{blank}{self.pick([',', ',', ', ']).join(arguments)}{blank}}}"

    def interpolated(self) -> str:
        text = "".join(self.pick([self.reference(), self.reference(), "x", " ", "\\", "\\\\", "$", "-", "}"]) for _ in range(self.pick([1, 1, 2, 3])))
        return text if "${" in text else self.reference()

    def interpolations(self) -> str:
        quoted = ["'" + self.interpolated().replace("'", "''") + "'" for _ in range(self.pick([1, 1, 2]))]
        lines = [f"v{index}: {text}\n" for index, text in enumerate(quoted)]
        if self.chance(0.3):
            lines.append(f"inner: {{a: 5, v: {quoted[0]}, w: [{quoted[0]}]}}\n")
        return BASE + "".join(lines)


def generate_documents(seed: int, count: int) -> list[Case]:
    generator = DocumentGenerator(seed)
    result = []
    for _ in range(count):
        result += documents("generated document", generator.document())
        flags = generator.pick([(), ("--resolve",), ("--resolve",), ("--resolve", "--package", "v0")])
        result += documents("generated interpolation", generator.interpolations(), arguments=flags)
    return result

# SPDX-License-Identifier: MIT
"""What retort does otherwise than Hydra 1.3 on purpose. docs/configuration.md lists the same rows with the reasons; a row
that no case shows any more fails the test."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from case import TREES, Case


@dataclass(frozen=True)
class Deviation:
    name: str
    row: str  # what the row of docs/configuration.md says, word for word
    shows: Callable[[Case, dict, dict], bool]  # case, Hydra's answer, ours


def refused_with(*words: str):
    return lambda case, theirs, ours: theirs["status"] == 0 and ours["status"] == 2 and any(word in ours["err"] for word in words)


def accepted_though(*words: str, but_not: str = "\0"):
    return lambda case, theirs, ours: (theirs["status"] != 0 and ours["status"] == 0 and but_not not in theirs["err"]
                                       and any(word in theirs["err"] for word in words))


def different_where(pattern: str):
    """In a document whose text holds the pattern."""
    return lambda case, theirs, ours: (theirs["status"] == ours["status"] == 0 and case.feature in ("YAML values", "generated document")
                                       and re.search(pattern.encode(), (TREES / case.tree / f"{case.config}.yaml").read_bytes()))


def reads_as_interpolation(case: Case, theirs: dict, ours: dict) -> bool:
    return ours["status"] == 0 and "--resolve" in case.arguments and "GrammarParseError" in theirs["err"] and "${" in ours["out"]


def different_text_of_a_container(case: Case, theirs: dict, ours: dict) -> bool:
    return theirs["status"] == ours["status"] == 0 and "--resolve" in case.arguments and "${" in ours["out"]


DEVIATIONS = [
    Deviation("functions of Hydra 1.4", "`json_str(...)`, `extend_list(...)`",
              accepted_though("Unknown function 'json_str'", "Unknown function 'extend_list'")),
    Deviation("integers beyond 64 bits", "Integers beyond 64 bits",
              refused_with("64 bits")),
    Deviation("flags between overrides", "Flags between overrides",
              accepted_though("unrecognized arguments: ")),
    Deviation("resolvers that give lists", "`--resolve` where `${oc.decode:'[1,2]'}` gives a list",
              accepted_though("is not a supported primitive type", "ReadonlyConfigError")),
    Deviation("text that reads as an interpolation", "`--resolve` where the text that comes out reads as a broken interpolation",
              reads_as_interpolation),
    Deviation("parameters of the sweeper on the command line", "`hydra.sweeper.params={...}`",
              accepted_though("AssertionError: Unexpected type for root: NoneType", "reference_type=Optional[Dict[str, str]]")),
    Deviation("resolvers of Python", "Resolvers that Python registers",
              refused_with("no resolver 'python_version'")),
    Deviation("laxer YAML", "YAML that yaml-cpp reads and PyYAML does not",
              accepted_though("yaml.scanner.ScannerError", "yaml.parser.ParserError", "yaml.composer.ComposerError",
                                            "yaml.reader.ReaderError", but_not="found unexpected end of stream")),
    Deviation("the tag !", "`! 1` is the text `1`",
              different_where("[:-] !( 1|  #.*)?\n")),
    Deviation("text made of a container", "Text that holds a whole list or dictionary",
              different_text_of_a_container),
    Deviation("empty lines that end a folded text", "A folded text `>+`",
              different_where(r">[1-9]?\+[^\n]*\n(.*\n)* *\n")),
    Deviation("rare YAML tags", "The tags `!!binary` and `!!omap`",
              refused_with("!!binary", "tag:yaml.org,2002:omap")),
    Deviation("halves of a UTF-16 pair", "half of a UTF-16 pair",
              refused_with("invalid unicode")),
    Deviation("line breaks of old systems", "A lone carriage return",
              refused_with("a ':' cannot stand here")),
]

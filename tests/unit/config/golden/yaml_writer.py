#!/usr/bin/env python3
"""Writes yaml_writer.jsonl: values generated from a seed, each with the text that OmegaConf's dumper gives (omegaconf 2.3.1, PyYAML 6.0.4).

    python3 -m venv venv && venv/bin/pip install omegaconf==2.3.1 && venv/bin/python yaml_writer.py >yaml_writer.jsonl

A float is {"float": repr}, a dictionary {"dict": [[kind of key, key, value], ...]}.
"""
import json
import random

import yaml
from omegaconf._utils import get_omega_conf_dumper

WORDS = ("a foo bar-baz it's \"q\" x: # #c - -1 ? : := null ~ yes No on y 1 1.5 1e3 1e-3 0x1F 010 1_000 inf .inf nan .nan 2020-01-01 "
         "12:30:45 ${a.b} ${x:y,z} ??? @ ` % &a *b !t | > { } [ ] , é 日本 😀 ' \\ --- ... = << true long-enough-to-reach-the-edge "
         "http://a/b").split() + ["", "\t", "\x01", "\x85", "\u2028", "\n", "\ufeff", "c d"]
KINDS = {str: "text", bool: "boolean", int: "integer", float: "floating"}
generator = random.Random(20261124)


def text():
    separator = generator.choice(["", " ", " ", " ", "  ", "\n" if generator.random() < 0.2 else " "])
    return separator.join(generator.choice(WORDS) for _ in range(generator.choice([0, 1, 1, 1, 1, 2, 3, 5, 12, 30])))


def key():
    return generator.choice([text(), generator.choice("abny"), generator.choice([1, -3, True, 1.5, 1e20, 1e-7])])


def value(depth):
    kind = generator.random()
    if depth == 0 or kind < 0.6:
        numbers = [None, True, False, 1, -5, 0.1, 1e-5, 1e16, 1e20, float("-inf"), 2.0, 123456789012345678]
        return generator.choice(numbers) if generator.random() < 0.4 else text()
    if kind < 0.8:
        return [value(depth - 1) for _ in range(generator.randint(0, 4))]
    return {key(): value(depth - 1) for _ in range(generator.randint(0, 4))}


def plain(item):
    if isinstance(item, float):
        return {"float": repr(item)}
    if isinstance(item, list):
        return [plain(element) for element in item]
    if isinstance(item, dict):
        return {"dict": [[KINDS[type(name)], str(name), plain(element)] for name, element in item.items()]}
    return item


for _ in range(300):
    root = {key(): value(3) for _ in range(generator.randint(0, 4))}
    expected = yaml.dump(root, default_flow_style=False, allow_unicode=True, sort_keys=False, Dumper=get_omega_conf_dumper())
    print(json.dumps([plain(root), expected]))

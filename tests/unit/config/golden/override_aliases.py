#!/usr/bin/env python3
"""Writes override_aliases.jsonl: primary configs with aliases, overrides, and what Hydra 1.4 makes of each (hydra-core 1.4.0rc3).

    python3 -m venv venv && venv/bin/pip install hydra-core==1.4.0rc3 && venv/bin/python override_aliases.py >override_aliases.jsonl

A line is [config, null] where Hydra refuses the definitions, else [config, [[override, expanded or null where it is refused], ...]].
"""
import json

from hydra._internal.override_aliases import OverrideAliases
from hydra.errors import HydraException
from omegaconf import OmegaConf

ALIASES = """hydra:
  aliases:
    lr: optimizer.lr
    quick: trainer.max_epochs=1
    m,net: model@student
    small: +model=tiny
    force: ++a.b=2
    drop: ~schedule
    'size, width ': data.size
    with-dash: a-b
    list: tags=[a,'b=c']
    text: name='x=y, z'
    sweep: seed=1,2
    empty: name=
    $d: a.$d
"""
CONFIGS = [
    "a: 1\n", "hydra: {}\n", "hydra:\n  aliases: {}\n", "hydra:\n  aliases: null\n", "hydra:\n  aliases: [a]\n", "hydra:\n  aliases: text\n",
    "hydra: ${x}\nx: {}\n", "hydra:\n  aliases: ${x}\nx: {a: b}\n",
    *(f"hydra:\n  aliases:\n    {line}\n" for line in (
        "a: 1", "a: null", "a: true", "a: [b]", "a: {b: c}", "1: b", "true: b", "a: ${b}", "a: b=${c}", "a: 'b '", "a: ' b'", "a: ''", "a: +b", "a: ++b", "a: ~b", "a: b.", "a: .b", "a: b c", "a: b@c", "a: b@", "a: b/c", "a: b/c@d=e",
        "a: b=[", "a: b='", "a: b=c=d", "a: +b=1", "a: =1", "'': b", "' ': b", "'a,': b", "',': b", "'a, a': b", "+a: b", "~a: b", "a=: b", "a=1: b", "a b: c", "a.b: c", "a@b: c", "a/b: c", "'a\\b': c", "é: c", "a: é", "a: b\n    'x, a': c", "a: b=choice(1,2)", "a: b=nofunction(1)")),
    ALIASES,
]
OVERRIDES = ["lr=1", "+lr=1", "++lr=1", "~lr", "~lr=1", "lr", "+lr", "lr=", "lr=lr", "lr= 1", "lr.x=1", "xlr=1", "optimizer.lr=1", "quick", "+quick", "++quick", "~quick", "quick=1", "quick=", "m=a", "net=a", "+m=a", "~net", "m@x=a", "small", "~small", "+small", "small=x", "force", "~force", "drop", "+drop",
             "size=1", "width=1", " width=1", "with-dash=1", "list", "text", "sweep", "sweep=1", "empty", "$d=1", "", "=", "=1", "+", "~", "lr=1,2", "lr='a=b'", "lr=${x}", "LR=1", "nothing", "data.size=3", "hydra.run.dir=x"]


def expansion(aliases, override):
    try:
        return aliases.expand(override)
    except HydraException:
        return None


for config in CONFIGS:
    try:
        aliases = OverrideAliases.from_config(OmegaConf.create(config))
        answer = [[override, expansion(aliases, override)] for override in (OVERRIDES if config is ALIASES else OVERRIDES[:3])]
    except HydraException:
        answer = None
    print(json.dumps([config, answer]))

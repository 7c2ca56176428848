#!/usr/bin/env python3
"""Writes overrides.jsonl: what hydra-core 1.3.8 makes of overrides, hand-picked and generated from a seed.

    python3 -m venv venv && venv/bin/pip install hydra-core==1.3.8 && venv/bin/python overrides.py >overrides.jsonl

A line has the override and either "refused", or its parts. A float is {"float": repr}, a dictionary {"dict": [[kind of key,
key, value], ...]}. Left out is what the parser refuses on purpose: integers beyond 64 bits, sweeps inside containers.
"""
import json
import random
import warnings

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, Sweep, Transformer, ValueType

warnings.simplefilter("ignore")
parser = OverridesParser.create()

HAND_PICKED = r"""
a=1
a.b.c=1
a=
a= x
a=hello world
a=x\ y
a='x y'
a="it's"
a='it\'s'
a='C:\dir\\'
a="\"\\\""
a=\\
a=a\,b
a=\(x\)
a=C:\dir
a=null
a=NULL
a='null'
a=true
a=TrUe
a=True x
a=1_000
a=+5
a=-5
a=010
a=0x1F
a=1e3
a=1.
a=.5
a=-.5e-3
a=1__0
a=inf
a=-INF
a=nan
a=info
a=12:30:45
a=2020-01-01
a=a-b_c
a=/path/to/file.txt
a=https://host/x?y|z
a=${b.c}
a=${oc.env:HOME,x}
a=pre${b}post
a=${a.${b}}
a='${a.${b}}'
a=???
a=$x
a=[]
a=[ ]
a=[1, 2.5,x y ,'z', null,true,[a,[b]]]
a={}
a={ x : 1 , y:[1,{z:2}], 3:4, true:5, 1.5:6, x y:7}
a={x:1,x:2}
a={'x':1}
a={x:a:b}
a={x}
a=[1,2
a=1]
a=b=c
a='x'y
a='x
a='x' 
a=(1)
a=1,
a=,1
a=#x
a=é
a='é'
+a=1
++a=1
+++a=1
~a
~a=
~a=1
+a
a
~
=1
@p=x
g@p=x
g@=x
g/h@p.q=x
g@p:q=x
g/h/i=x
g/=x
/g=x
a.b/c=x
$a=1
a$b.c=1
a.0.b=1
a.01=1
0=1
a[0]=1
a =1
--a=1
-a=1
a b=1
hydra/launcher=basic
hydra.sweeper.params.x=1
+g@_global_=x
a=1,2,3
a=x,'y z',"q",null,[1,2],{k:v}
a=choice(a,b)
a=choice('a b',"c")
a=choice(1)
a=choice()
a=choice(1,2,[3,4],{x:5})
a=choice(choice(1,2))
a=choice(int(1.5,2))
a=choice(null,1)
a = choice(1,2)
a=choice (1 , 2)
a=range(3)
a=range(1,4)
a=range(4,1)
a=range(4,1,-1)
a=range(start=1,stop=10,step=3)
a=range(1,2,step=0.25)
a=range(0,1,0.1)
a=range(1,0,-0.1)
a=range(0.1,1)
a=range(1,3,0)
a=range(x)
a=range(1,stop=3,start=2)
a=range(stop=3)
a=interval(0,1)
a=interval(1,2.5)
a=interval(0)
a=glob(*)
a=glob(a*,exclude=ab*)
a=glob([a*,b*],exclude=[x])
a=glob()
a=sort(3,1,2)
a=sort(3,1,2,reverse=true)
a=sort(b,a,c)
a=sort([3,1,2])
a=sort(list=[3,1,2],reverse=true)
a=sort(choice(c,b,a))
a=sort(range(5,1))
a=sort(range(1,5),reverse=true)
a=sort(1,x)
a=sort(1)
a=sort(['b','a'])
a=sort([[2,1],[1],[2]])
a=sort([[1],2])
a=sort([1],[0])
a=sort([[a],[1]])
a=sort()
a=shuffle(1,2,3)
a=shuffle(range(3))
a=shuffle(x)
a=tag(x,choice(a,b))
a=tag(x,y,interval(0,1))
a=tag(choice(a,b))
a=tag(x)
a=tag()
a=int(3.9)
a=int('12')
a=int(x)
a=int(true)
a=int(1,2.5)
a=int([1.5,'2'])
a=int({x:1.5})
a=int(choice(1.5,2.5))
a=int(range(1.5,4.5))
a=int(inf)
a=float(1)
a=float('1e3')
a=float(range(1,3))
a=float(1_0)
a=str(1)
a=str(1.5)
a=str(true)
a=str([1,true,x])
a=str({x:1})
a=str(1,2)
a=str(range(1,3))
a=str(null)
a=bool(1)
a=bool('false')
a=bool(yes)
a=bool(0.0)
a=bool([0,1])
a=bool(null)
a=int(value=3.5)
a=int(1,value=2)
a=int()
a=foo(1)
a=foo
a=int(x=1)
a=int(value=1,2)
a=[int(1.5),str(2)]
a=int(float('2.5'))
""".strip("\n").split("\n")

ATOMS = ("a foo b-1 _x 1 0 10 -5 +3 1_000 010 1.5 -2. .5 1e5 1e-3 inf nan true False null ${a.b} ${oc.env:X,y} $ / - \\ \\\\ \\, \\( "
         "\\] \\} \\: \\= . % * @ ? | : = 'q' \"x\" 'it\\'s' \"a\\\\\" '' ' é # ??? x:y 1e400 0x1F 1__0 ${} ${a").split()
ATOMS += [" ", "\t", "'q q'", "a b", "\\ "]
FUNCTIONS = "choice range interval glob sort shuffle tag int float str bool".split()
NAMES = "sweep list reverse value start stop step include exclude end".split()
KEYS = "a a.b a.b.c a/b a/b/c a@b a@b.c a/b@c a@ @a a.0 $a a$ a.$b a@_global_ hydra/launcher".split()
generator = random.Random(20261124)


def space():
    return generator.choice(["", "", "", " "])


def sequence(parts):
    return (space() + "," + space()).join(parts)


def element(depth):
    kind = generator.random()
    if depth == 0 or kind < 0.5:
        return "".join(generator.choice(ATOMS) for _ in range(generator.choice([1, 1, 1, 2, 3])))
    count = range(generator.randint(0, 3))
    if kind < 0.65:
        return "[" + space() + sequence(element(depth - 1) for _ in count) + space() + "]"
    if kind < 0.8:
        keys = (generator.choice(["a", "b", "1", "x y", "true", "1.5"]) for _ in count)
        return "{" + space() + sequence(key + space() + ":" + space() + element(depth - 1) for key in keys) + "}"
    arguments = [(generator.choice(NAMES) + "=" if generator.random() < 0.2 else "") + element(depth - 1) for _ in count]
    return generator.choice(FUNCTIONS) + space() + "(" + space() + sequence(arguments) + ")"


def override():
    line = generator.choice(["", "", "", "+", "++", "~"]) + generator.choice(KEYS) + "=" + space()
    return line + ",".join(element(2) for _ in range(generator.choice([1, 1, 1, 2, 3])))


def any_inside(value, test):
    if isinstance(value, dict):
        return any(any_inside(item, test) for pair in value.items() for item in pair)
    return any(any_inside(item, test) for item in value) if isinstance(value, list) else test(value)


def is_left_out(value):
    is_large = isinstance(value, int) and not -2**63 <= value < 2**63
    return is_large or isinstance(value, (Sweep, Glob))


def plain(value):
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        kinds = {str: "text", bool: "boolean", int: "integer", float: "floating"}
        return {"dict": [[kinds[type(key)], str(key), plain(item)] for key, item in value.items()]}
    return value


def describe(line):
    """None where the case is left out."""
    try:
        parsed = parser.parse_overrides([line])[0]
        value = parsed._value
        result = {"line": line, "kind": parsed.type.name.lower(), "key": parsed.key_or_group, "package": parsed.package}
        if parsed.value_type is None:
            return result
        if parsed.value_type == ValueType.INTERVAL_SWEEP:
            return result | {"sweep": "interval"}
        if isinstance(value, Glob):
            texts = [str(getattr(pattern, "text", pattern)) for pattern in value.include + value.exclude]
            if not all(isinstance(getattr(p, "text", p), str) for p in value.include + value.exclude):
                return None
            return result | {"sweep": "glob", "include": texts[: len(value.include)], "exclude": texts[len(value.include) :]}
        if isinstance(value, Sweep):
            shuffle, value.shuffle = value.shuffle, False
            values = list(parsed.sweep_iterator())
            if any(any_inside(item, is_left_out) for item in values):
                return None
            name = "range" if parsed.value_type == ValueType.RANGE_SWEEP else "choice"
            return result | {"sweep": name, "values": [Transformer.str(item) for item in values], "shuffle": shuffle}
        if any_inside(value, is_left_out):
            return None
        return result | {"value": plain(parsed.value()), "text": parsed.get_value_element_as_str()}
    except Exception:
        return {"line": line, "refused": True}


generated = [line for line in (override() for _ in range(600)) if "shuffle" not in line]
for line in HAND_PICKED + generated:
    case = describe(line)
    if case is not None:
        print(json.dumps(case))

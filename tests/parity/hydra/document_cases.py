# SPDX-License-Identifier: MIT
"""Small YAML documents, each a config of its own: scalars, their reading and writing, interpolations and resolvers."""

import hashlib
from pathlib import Path

from case import Case

FOLDER = Path(__file__).parents[3] / "build" / "parity" / "documents"


def documents(feature: str, *texts: str | bytes, arguments: tuple[str, ...] = ()) -> list[Case]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    result = []
    for text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        name = hashlib.sha256(data).hexdigest()[:12]
        (FOLDER / f"{name}.yaml").write_bytes(data)
        result.append(Case(feature, str(FOLDER), name, arguments))
    return result


def values(*texts: str) -> str:
    return "".join(f"k{index}: {text}\n" for index, text in enumerate(texts))


# Many values in one document while all are well-formed; one document each where some might be refused.
reading = documents(
    "YAML values",
    values("1:20", "-1:20", "1:60", "0:0", "1:2:3.5", "12:30:45", "1_0:20", "0x1_F", "0b1_1", "0_7", "0_8", "+0x1", "-0b1", "0xFFFFFFFFFFFFFFFFFF", "0o7", "09", "+_1", "1_", "_", "__"),
    values("1.", ".1", "1.e", "1.e5", "1e5", "1e+5", "1_0e1_0", "1e_5", "1.5e", "+.5", "-.5e1", ".5e5", ".5e+5", "._5", "1._5", "1_.5", "1__0.5", "+1e5", ".e5", "0e0", "00.5", "1.0E10"),
    values(".inf", "+.inf", "-.Inf", ".iNf", "inf", "-inf", ".nan", "-.nan", "+.nan", ".NAN", ".Nan", "nan"),
    values("y", "Y", "n", "N", "yes", "YES", "yEs", "on", "ON", "oN", "off", "OFF", "true", "tRue", "FALSE", "no", "No", "nO"),
    values("null", "Null", "NULL", "nuLL", "~", "", "None", "nil", "~~"),
    values("1e16", "1e17", "1.5e16", "123456789012345680.0", "1e22", "1e23", "0.1", "0.30000000000000004", "1e-4", "1e-5", "1.5e-5", "2.5e-10", "1e100", "1.7976931348623157e308", "4.9e-324", "1e309", "-1e309", "100000.0", "1234567.0", "12345678901234567890.5", "3.0", "1e0", "-0.0", "0.0", "5e-1"),
    values("9223372036854775807", "-9223372036854775808"), values("9223372036854775808"), values("123456789012345678901234567890"),
    values("2001-01-01", "2001-1-1", "2001-01-01T00:00:00Z", "2001-01-01 00:00:00", "01-01-2001", "1-2-3"),
    values("a: b"), values("a #b"), values("a#b"), values("#a"), values("a,b"), values("[a]b"), values("a]"), values("a}"), values("{a}"), values("{a}b"), values("{a, b}"), values("{a: }"), values("{a: 1, a: 2}"), values("[a: 1, b]"), values("[a: 1, b: 2]"), values("[? a : b]"), values("{? a : b}"), values("[a, , b]"), values("[,]"), values("[a,]"), values("{a,}"), values("{,}"), values("[[],{}]"), values("[a b, c  d]"), values("[#c\n  a]"), values("[a #c\n  ]"), values("[a#c]"), values("['a'b]"), values("'a'b"), values('"a"b'), values("'a' #c"), values("{'a':1}"), values('{"a":1}'), values("{a:1}"), values("[a:1]"), values("{a: b:c}"), values("[a:]"), values("{a::b}"), values("[::a]"), values("http://a/b"), values("[http://a/b, c]"), values("a:b:c"), values("::"), values(":"), values(": a"), values("- a"), values("-"), values("--"), values("---"), values("--- a"), values("..."), values("?"), values("? a"), values("?a"), values("!"), values("!a"), values("!!"), values("!<tag:yaml.org,2002:str> 1"), values("! 1"), values("&a"), values("&a 1"), values("&a b\nx: *a"), values("*a"), values("<<"), values("="), values("@a"), values("`a"), values("%a"), values("a%"), values("|"), values(">"), values("|a"), values("|\n  a"), values(">-\n  a\n  b"), values("|+\n  a\n\n"), values("|2\n   a"), values("|-2\n   a"), values("|2-\n   a"), values("| #c\n  a"), values("|0\n  a"), values("|10\n  a"), values(">\n  a\n   b\n  c"), values(">\n  a\n\n  b"), values("|\n\n  a"), values("|\n   a\n  b"), values("|\n a\n"),
    values("!!str 1", "!!str null", "!!str", "!!int '1'", "!!int 0x1F", "!!float 1", "!!float '1e3'", "!!bool yes", "!!null null", "!!null x", "!!str [a]"), values("!!int a"), values("!!float a"), values("!!bool a"), values("!!bool 1"), values("!!null a"), values("!!seq [1]"), values("!!map {a: 1}"), values("!!set {a, b}"), values("!!omap [a: 1]"), values("!!binary YQ=="), values("!!timestamp 2001-01-01"), values("!!seq {a: 1}"), values("!!map [1]"), values("!!int [1]"), values("!!python/tuple [1]"), values("!!python/none"), values("!!merge a"), values("!!value a"), values("!!int 1_0", "!!int 1:20", "!!float 1:20"),
    values(r'"\0\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P"'), values(r'"\x41\u00e9\U0001F600"'), values(r'"\x4"'), values(r'"\u00e"'), values(r'"\ud800"'), values(r'"\ud83d\ude00"'), values(r'"\q"'), values('"a\n  b"'), values('"a\n\n  b"'), values('"a\\\n  b"'), values('"a  \n  b"'), values('"a\\  \n  b"'), values("'a\n  b'"), values("'a\n\n\n  b'"), values("a\n  b"), values("a\n\n  b"), values("a\nb"), values("'a\nb'"), values("a\n - b"), values("a\n  b: c"), values("a\n  #c\n  b"),
    "a: 1\nb:\n - 1\n - 2\n", "a:\n- 1\n-  2\n", "a:\n  - 1\n - 2\n", "a:\n  b: 1\n c: 2\n", "a: 1\n  b: 2\n", " a: 1\n b: 2\n", " a: 1\nb: 2\n", "a: 1\n\n\n\nb: 2\n", "a:\n\n  b: 1\n", "a: 1\n#c\nb: 2", "\n\na: 1", "# only a comment\n", "---\na: 1\n", "--- \na: 1\n...\n", "--- {a: 1}\n", "---\n---\na: 1\n", "a: 1\n---\n", "a: 1\n...\nb: 2\n", "%YAML 1.2\n---\na: 1\n", "%YAML 2.0\n---\na: 1\n", "%TAG ! tag:x,2000:\n---\na: 1\n", "%FOO bar\n---\na: 1\n", "...\n", "null\n", "~\n", "{}\n", "[]\n", "5\n", "'text'\n", "- a\n", "a\n", "a:\n", "a: b: c\n", "a : 1\n", "a:1\n", "? a\n", "? a\n: b\n", "? a\n: - b\n  - c\n", "? - a\n: b\n", ": a\n", "{a: 1\nb: 2}\n", "{a: 1,\nb: 2}\n", "a: {\n}\n", "a: [\n1,\n2\n]\n", "a: [\n  1,\n  2 ]\n", "a: 'b\n", "a: \"b\n", "a: [b\n", "a: {b\n", "a: }\n", "a: ]\n", "]\n", "}\n",
    "\ta: 1\n", "a:\t1\n", "a: 1\t\n", "a:\n\t- 1\n", "a:\n  - 1\t#c\n", "a: [\t1\t]\n", "a: b\tc\n", "a:\n  \tb: 1\n", "a: 'b\tc'\n", "- \ta\n",
    "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "a: 'x\r\n  y'\n", "a: |\r\n  x\r\n  y\r\n", "a: x\u0085b: y\n", "a: x\u2028y\n", "a: x\u00a0y\n", "a:\u00a01\n", "\ufeffa: 1\n", "a: \ufeff1\n", "a: 'x\ufeffy'\n", "a: \x00\n", "a: \x7f\n", "a: \x1b\n", "a: \ud7ff\ue000\n", "a: \ufffd\ufffe\n", "é: 1\n日本: {ü: ö}\n", "a: 😀\n",
    b"a: \xff\n", b"a: \xc3\n", b"a: \xed\xa0\x80\n", b"\xff\xfea\x00:\x00 \x001\x00\n\x00", b"\xfe\xff\x00a\x00:\x00 \x001\x00\n", b"a: \xc0\x80\n", b"a: \xf4\x90\x80\x80\n", b"# \xff\na: 1\n",
    "a: &x 1\nb: *x\n", "a: &x {c: 1}\nb: {<<: *x, d: 2}\n", "a: &x {c: 1}\nb: {c: 3, <<: *x}\n", "a: &x [1]\nb: {<<: *x}\n", "a: &x {c: 1}\nb: {<<: [*x, {c: 2, e: 5}]}\n", "b: {<<: {x: 1}}\n", "b: {<<: [{x: 1}, 5]}\n", "b: {<<: null}\n", "a: &x 1\nb: &x 2\nc: *x\n", "a: &x\n  b: *x\n", "a: *x\nb: &x 1\n", "a: &x\nb: *x\n", "&x a: 1\nb: *x\n", "a: &x &y 1\n", "a: !!str &x 1\nb: *x\n", "a: &x !!str 1\nb: *x\n", "a: *x *x\n", "a: &é 1\nb: *é\n", "a: &x-1_2 1\nb: *x-1_2\n", "{a: &x 1, *x : 2}\n", "'<<': 1\n", "<<: {a: 1}\nb: 2\n", "b: 2\n<<: {a: 1}\n", "<<: {a: 1}\n<<: {b: 1}\n", "b:\n  <<: {x: 1}\n  y: 2\n  <<: {z: 1}\n",
    "a: >+\n  b\n  \nc: 1\n", "a: >+\n  b\n\nc: 1\n", "a: |+\n  b\n  \nc: 1\n",
    "a: 1\na: 2\n", "'a': 1\na: 2\n", "1: a\n1: b\n", "1: a\n'1': b\n", "1: a\n0x1: b\n", "1: a\n1.0: b\n", "1: a\ntrue: b\n", "true: a\nyes: b\n", "null: a\n", "~: a\nnull: b\n", "1.5: a\n", "2001-01-01: a\n", "[1]: a\n", "{a: 1}: b\n", "? {a: 1}\n: b\n", "'': a\n", ": a\n", "0x10: a\n", "1e3: a\n", ".inf: a\n.nan: b\n", "-1: a\n", "yes: 1\nno: 2\non: 3\n", "a b: 1\n", "a: {1: {2: {3: x}}}\n", "!!str 1: a\n", "12:30: a\n", "a.b.c: 1\n", "${a}: 1\n", "a${b: 1\n", "\"a\\nb\": 1\n", "? |\n  a\n  b\n: 1\n", "'a\n b': 1\n", "\"a: b\": 1\n'#': 2\n'- x': 3\n'[': 4\n", "k" * 130 + ": 1\n", "? " + "k" * 200 + "\n: 1\n", "k " * 60 + ": 1\n", "k" * 1100 + ": 1\n",
)

writing = documents(
    "YAML text",
    values(*("'" + text.replace("'", "''") + "'" for text in (
        "true", "yes", "y", "n", "Y", "N", "on", "null", "~", "", "1", "1.5", "1e3", "1e-3", "1E3", ".5", "5.", "0x1F", "0b1", "0o7", "010", "08", "1_000", "12:30", "12:30:45", "1:60", "2001-01-01", "2001-01-01T00:00:00Z", ".inf", "-.inf", ".nan", "inf", "nan", "1e", "e1", "+1", "-1", "+", "-", "--", "---", "...", "=", "<<", "???", "${a}", "x ${a} y", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a :b", "#", "# a", "#a", "a #b", "a#b", ",", ",a", "a,b", "[", "]", "[a", "a]", "a[b", "{", "}", "{a", "a}", "&", "&a", "a&", "*", "*a", "a*", "!", "!a", "a!", "|", "|a", "a|", ">", ">a", "a>", "%", "%a", "a%", "@", "@a", "a@", "`", "`a", "a`", "'", "''", "a'b", "it's", '"', 'a"b', '"a"', "\\", "a\\b", " ", "  ", " a", "a ", " a ", "a  b", "- a", "-a", "a-", "-1a", "1-", "0x", "1.2.3", "1,000", "1 2", "~a", "a~", "nullx", "None", "TRUE", "tRuE", "oFF", "é", "日本", "ß", "0.", "00", "0", "-0", "+0", "_", "_1", "1_", "0_", "0x_1", "1__0", "1e5.5", "1.5e+3", "1.5e3", "+.5", "-.5", "0:0", "190:20:30.15", "a=b", "=a", "a=", "$", "$a", "{}", "[]", "null null", "1;2", "/a/b", "C:\\x", "http://x/y", "a/b:c"))),
    values(r'"a\nb"', r'"a\n"', r'"\na"', r'"\n"', r'"\n\n"', r'"a\n\nb"', r'"a\n b"', r'"a \nb"', r'" a\nb"', r'"a\nb "', r'"a\n\tb"', r'"\ta"', r'"a\t"', r'"a\tb"', r'"\t"', r'"a\rb"', r'"a\r\nb"', r'"\0"', r'"\x01"', r'"\x1b[0m"', r'"\x7f"', r'"\x80"', r'"\x85"', r'"\xa0"', r'"\u2028"', r'"\u2029"', r'"\ufeff"', r'"a\ufeff"', r'"\ue000"', r'"\ufffd"', r'"\U0001F600"', r'"\U00010000"', r'"é\n"', r'"\u200b"', r'"\u202e"', r'"a: b\nc"', r'"# a\nb"', r'"- a\n- b"', r'"a\nb: c\n"', r'"''\n''"'),
    values(*(f'"{word * 30}"' for word in ("abcdefg ", "abcdefg: ", "abc\\t", "é bc ", "a  b ", "'a' ", "\\\\ \\\" ", "x", "\\x01 ", "a\\n", "日本 ", "😀 ", "#a ", " a"))),
    values(*(f"'{'w' * head} {'v' * tail}'" for head in (70, 78, 79, 80, 81, 90) for tail in (1, 5, 60))),
    values(*(f"'{'w' * head}: {'v' * tail}'" for head in (70, 76, 77, 78, 79, 80, 90) for tail in (1, 5, 60))),
    values(*(f"\"{'w' * head}\\x01 {'v' * tail}\"" for head in (60, 70, 74, 76, 78, 80, 90) for tail in (1, 5, 60))),
    "deep:\n  deeper:\n    deepest: '" + "word: " * 40 + "'\n    list:\n    - '" + "word " * 40 + "'\n    - - '" + "it''s " * 40 + "'\n",
    "long_key_" + "x" * 70 + ": " + "word " * 20 + "\n", "? " + "long key " * 10 + "\n: '" + "a: b " * 30 + "'\n",
)

links = documents(
    "interpolation syntax",
    *(f"a: {{b: 1, c: [10, 20]}}\nn: a\nx: '{text}'\n" for text in (
        "${a.b}", "${a.c.0}", "${a.c[0]}", "${a[b]}", "${a.c[0", "${[a][b]}", "${.a}", "${.n}", "${..a}", "${a.c.5}", "${a.c.-1}", "${a.z}", "${a.b.c}", "${a}", "${a.c}", "${${n}.b}", "${a.${n}}", "${ a.b }", "${\ta.b\t}", "${a . b}", "${a.b}${a.b}", "-${a.b}-", "\\${a.b}", "\\\\${a.b}", "\\\\\\${a.b}", "x\\${a.b}${a.b}", "$${a.b}", "${a.b", "${a.b}}", "{${a.b}}", "$ {a.b}", "${}", "${ }", "${.}", "${..}", "${a.}", "${a..b}", "${.a.b}", "${a.b:}", "${a:b}", "${a b}", "${a-b}", "${1}", "${a.1b}", "${a/b}", "${a@b}", "${n}${a.c}", "${a.c} ", " ${a.b} ", "\\", "\\\\", "a\\b", "${a.b}\\", "\\\\${a.b}\\\\", "\\{a}", "$", "$$", "${$}", "${n:}", "???", "???x", "${x}")),
    arguments=("--resolve",)) + documents(
    "resolver",
    *(f"a: {{b: 1, c: [10, 20], s: 'q', z: null}}\nm: ???\nx: {text}\n" for text in (
        "${oc.env:PARITY_NAME}", "${oc.env:PARITY_UNSET}", "${oc.env:PARITY_UNSET,x}", "${oc.env:PARITY_UNSET,x y}", "${oc.env:PARITY_UNSET,'x, y'}", "${oc.env:PARITY_UNSET,1.50}", "${oc.env:PARITY_UNSET,1e3}", "${oc.env:PARITY_UNSET,true}", "${oc.env:PARITY_UNSET,[1,a]}", "${oc.env:PARITY_UNSET,{a:1}}", "${oc.env:PARITY_UNSET,null}", "${oc.env:PARITY_UNSET,}", "${oc.env:PARITY_UNSET,${a.b}}", "${oc.env:PARITY_UNSET,${a.c}}", "${oc.env:${a.s}}", "${oc.env:}", "${oc.env}", "${oc.env:1}", "${oc.env:null}", "${oc.env:A,b,c}", "${oc.env: PARITY_NAME }", "x${oc.env:PARITY_NAME}y", "${oc.env:PARITY_UNSET,inf}", "${oc.env:PARITY_UNSET,nan}", "${oc.env:PARITY_UNSET,1_000}", "${oc.env:PARITY_UNSET,00}", "${oc.env:PARITY_UNSET,a:b}", "${oc.env:PARITY_UNSET,a/b.c}", "${oc.env:PARITY_UNSET,a\\,b}", "${oc.env:PARITY_UNSET,\\ a}", "${oc.env:PARITY_UNSET,a=b}", "${oc.env:PARITY_UNSET,http://x.y:1/z}", "${oc.env:PARITY_UNSET,''}", '${oc.env:PARITY_UNSET,"a ${a.b}"}', "${oc.env:PARITY_UNSET,'${a.b}'}", "${oc.env:PARITY_UNSET,'it\\'s'}", "${oc.env:PARITY_UNSET,(x)}", "${oc.env:PARITY_UNSET,a+b%c?d|e@f}", "${oc.env:PARITY_UNSET,é}", "${oc.env:PARITY_UNSET,#}", "${oc.env:PARITY_UNSET,a$b}", "${oc.env:PARITY_UNSET,$a}",
        "${oc.decode:1}", "${oc.decode:'1'}", "${oc.decode:'1.5e3'}", "${oc.decode:'true'}", "${oc.decode:'null'}", "${oc.decode:null}", "${oc.decode:abc}", "${oc.decode:'[1,2]'}", "${oc.decode:'{a:1}'}", "${oc.decode:'${a.b}'}", "${oc.decode:'a b'}", "${oc.decode:''}", "${oc.decode:'${a.b'}", "${oc.decode:${a.s}}", "${oc.decode:'1,2'}", "${oc.decode:'0x1F'}", "${oc.decode:'nan'}", "${oc.decode:' 1 '}", '''"${oc.decode:\\"'1'\\"}"''',
        "${oc.select:a.b}", "${oc.select:a.y}", "${oc.select:a.y,5}", "${oc.select:a.z,5}", "${oc.select:m,5}", "${oc.select:m}", "${oc.select:a}", "${oc.select:a.c.1}", "${oc.select:.a}", "${oc.select:a.b.c,5}", "${oc.select:a.y,null}", "${oc.select:a.y,${a.b}}", "${oc.select:a.y,[1]}", "${oc.select:'a.b'}", "${oc.select:}", "${oc.select:1}", "${oc.select:a,b,c}", "${oc.select:''}",
        "${oc.create:{a:1,b:[x]}}", "${oc.create:[1,{a:2}]}", "${oc.create:{}}", "${oc.create:[]}", "${oc.create:1}", "${oc.create:null}", "${oc.create:'a: 1'}", "${oc.create:abc}", "${oc.create:${a}}", "${oc.create:{a:${a.b}}}", "${oc.create:{a:'${.b}',b:2}}", "${oc.create:{1:2,true:3,null:4,1.5:6}}", "${oc.create:}", "${oc.create:[a b, 'c', \"d\", 1e3, inf, true, null, a:b, x/y]}", "${oc.create:[1}", "${oc.create:{a:1}", "${oc.create:[[1],[2,[3]]]}", "${oc.create:{a b:1}}", "${oc.create:{a:1,a:2}}", "${oc.create:[ 1 , 2 ]}", "${oc.create:[1,]}", "${oc.create:[,1]}",
        "${oc.dict.keys:a}", "${oc.dict.values:a}", "${oc.dict.keys:x}", "${oc.dict.keys:y}", "${oc.dict.keys:a.c}", "${oc.dict.keys:m}", "${oc.dict.keys:.a}", "${oc.dict.keys:{p:1,q:2}}", "${oc.dict.values:{p:1,q:2}}", "${oc.dict.keys:${a}}", "${oc.dict.keys:1}", "${oc.dict.keys:a.z}", "${oc.dict.values:a.z}",
        "${oc.deprecated:a.b}", "${oc.deprecated:a}", "${oc.deprecated:y}", "${oc.deprecated:a.b,msg}", "${oc.deprecated:a.b,'$OLD_KEY to $NEW_KEY'}", "${oc.deprecated:m}", "${oc.deprecated:1}",
        "${now:%Y}", "${now:}", "${now:%%x}", "${now:'%Y-'}", "${now:%Y,%m}", "${now}", "${hydra:job.config_name}", "${hydra:runtime.choices}", "${hydra:overrides.hydra}", "${hydra:nowhere}", "${hydra:}", "${hydra:run}", "${hydra:job.override_dirname}", "${hydra:sweep.subdir}", "${hydra:job.num}", "${hydra:job.id}", "${python_version:major}", "${hydra:mode}", "${hydra:verbose}",
        "${unknown:1}", "${unknown:}", "${oc.unknown:a}", "${a.b:1}", "${oc.env :PARITY_NAME}", "${ oc.env:PARITY_NAME}", "${oc.env:PARITY_NAME }", "${OC.ENV:PARITY_NAME}", "${m}", "x${m}", "${a.z}", "x${a.z}", "x${a}", "x${a.c}", "${oc.env:PARITY_UNSET,${m}}", "${oc.select:a.c[0]}", "${oc.env:'PARITY_NAME'}", "${oc.env:\"PARITY_NAME\"}", "${oc.env:PARITY_NAME}${oc.env:PARITY_NAME}")),
    arguments=("--resolve",)) + documents(
    "interpolation kept as text", *(f"x: {text}\n" for text in ("${a}", "'${a'", "'${}'", "'${a:}'", "'${a b}'", "'${a'", "'a${'", "'$}'", "'\\${'", "'\\\\${'", "'${a:{}'", "'${a:[}'", "'${a:\"}'", "'${a:\"x\"}'", "'${.}'", "'${a.b.}'", "'${a:b:c}'", "'${a:(}'", "'${1.2}'", "'${a[0]}'", "'${a[0}'", "'${a]}'", "'${}}'", "'${${a}}'", "'${${a}'", "'${a:${b}}'", "'${é}'", "'${a-b}'", "'${$}'", "'${a}${'")))

links += documents("resolved index", "l: [1, {x: 2}]\nv: ${oc.select:l.x,5}\n", "l: [1, {x: 2}]\nv: ['${oc.select:.x,5}', '${oc.select:l.7,5}']\n", "l: [1, {x: 2}]\nv: ['${l.+1.x}', '${oc.select:l.-1,5}', '${oc.select:l.1_0,5}', '${l.01.x}']\n",
                   "a: 1\nv: 'x\\${a:b[0]}'\n", arguments=("--resolve",))
links += documents("resolved text of a container", *(f"b: 1\na: {{x: '${{b}}', y: ['${{b}}']}}\nt: {text}\n" for text in ("'x${a}'", "'${a.y}${b}'", "'${oc.env:PARITY_UNSET,${a}}'")),
                   arguments=("--resolve",))

header = documents(
    "header",
    *(f"{text}\nx: 1\n" for text in ("# @package a", "#@package a", "# @package a.b.c", "#   @package    a", "# @package _global_", "# @package _global_.a", "# @package _group_", "# @package _name_", "# @package _group_.x", "# @package ''", "# @package a:b", "# @package a/b", "# @package a b", "# @package", "# @package:a", "# @ package a", "# @other a", "# @other", "## @package a", "# comment\n# @package a", "\n\n# @package a", "# @package a\n# @package b", "x0: 0\n# @package a", "  # @package a", "---\n# @package a", "# @package a\n---", "# @package a # comment", "# @package a\n# comment", "# @package é", "# @package 1", "# @package a.1", "# @package .a", "# @package a.", "# @package a..b", "# @package _here_", "# @package hydra", "# @package hydra.job", "# @package @a", "# package a", "# @package a[0]", "# @package ${x}")))

CASES = reading + writing + links + header

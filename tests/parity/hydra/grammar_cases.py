# SPDX-License-Identifier: MIT
"""Hand-written cases of the override grammar: every production, and what lies just outside it."""

from case import cases

VALUES = "training:minimal"

primitives = cases(
    "primitive", VALUES,
    "a=2", "a=-2", "a=+2", "a=0", "a=00", "a=007", "a=1_000", "a=1__000", "a=1_", "a=_1", "a=0x10", "a=0b1", "a=0o7",
    "a=1.5", "a=-1.5", "a=.5", "a=5.", "a=1e3", "a=1E-3", "a=1e+3", "a=1.e2", "a=1_0.2_5", "a=1e", "a=1e1_0", "a=01.5",
    "a=1e400", "a=-1e400", "a=1e-400", "a=123456789012345678901234567890", "a=9223372036854775807", "a=-9223372036854775808",
    "a=9223372036854775808", "a=0.1", "a=1e16", "a=1e15", "a=123456789.987654321", "a=1e-5", "a=0.0001", "a=5e-324", "a=-0.0", "a=-0",
    "a=inf", "a=INF", "a=-inf", "a=+inf", "a=nan", "a=NaN", "a=-nan", "a=infinity", "a=.inf",
    "a=true", "a=True", "a=TRUE", "a=tRuE", "a=false", "a=yes", "a=no", "a=on", "a=off", "a=y", "a=n",
    "a=null", "a=NULL", "a=Null", "a=nUll", "a=none", "a=None", "a=~",
    "a=", "a=''", 'a=""', "a= ", "a=  x", "a=x  ", "a= x y ", "a=x  y", "a=\tx\t", "a= 10 ", "a=10 20", "a=true false", "a=null null",
    "a=abc", "a=a-b_c", "a=-", "a=--", "a=-a", "a=+", "a=a+b", "a=/", "a=/a/b.c", "a=./a", "a=../a", "a=a.b.c", "a=.", "a=..", "a=$", "a=$x",
    "a=%", "a=50%", "a=*", "a=a*b", "a=@", "a=a@b", "a=?", "a=???", "a=|", "a=a|b", "a=:", "a=a:b", "a=::", "a=http://x.y:80/z", "a=10:20", "a=12:30:45",
    "a=2001-01-01", "a=1.2.3", "a=1.2.3.4", "a=127.0.0.1:80", "a=1-2", "a=1+2", "a=1/2", "a=10abc", "a=abc10", "a=1e3x", "a=truex", "a=nullx",
    "a=#", "a=a#b", "a=!", "a=a!b", "a=&", "a=<", "a=>", "a=;", "a=^", "a=`", "a=a;b", "a=\"", "a='", "a=é", "a=naïve", "a=日本", "a=😀", "a='é'", "a='😀'",
    "a=a=b", "a==", "a==b", "a=b=c=d", "a=(", "a=)", "a=[", "a=]", "a={", "a=}", "a=a(b", "a=a)b", "a=a b(c)", "a=a\nb", "a='a\nb'", "a=\\n", "a=\x01", "a='\x01'", "a='\t'",
)

quotes = cases(
    "quoted string", VALUES,
    "a='b'", 'a="b"', "a='b c'", "a='b,c'", "a='[1,2]'", "a='{a:1}'", "a='1'", "a='1.5'", "a='true'", "a='null'", "a='yes'", "a='${b.c}'", "a='$b'",
    r"a='it\'s'", r'a="say \"hi\""', r"""a='say "hi"'""", r'''a="it's"''', r"a='\\'", r"a='\\\\'", r"a='a\\'", r"a='a\\\'b'", r"a='\a'", r"a='a\nb'", r"a='a\\nb'", r"a='\\n\\'",
    r"a='\'", r"a='a\'", r"a='\\\'", r'''a="\\"''', r'''a="a\\\"b"''', r'''a="\'"''', r"""a='\"'""", "a='b' ", "a= 'b'", "a='b'c", "a=b'c'", "a='b' 'c'", "a='b''c'", "a='b", "a=b'", "a=\"b'",
    "a=' b '", "a='  '", "a='a=b'", "a='a:b'", "a='#x'", "a='- x'", "a='a: b'", "a='a #b'", "a='@x'", "a='x%'", "a='???'", "a='~'", "a='=' ", "a='0x1F'", "a='1e3'", "a='1_0'", "a='.inf'", "a='inf'", "a='12:30:45'", "a='2020-01-01'", "a='<<'", "a='-'", "a='---'", "a='...'",
    "a='very long text " + "lorem ipsum " * 12 + "'", r"a='\${b.c}'", r"a='\\${b.c}'", "a='${b.c} and ${a}'", "a='${'", "a='}'", "a='${unclosed'", "a='${}'", "a='$ {x}'",
)

escapes = cases(
    "escape", VALUES,
    r"a=\\", r"a=\\\\", r"a=a\\b", r"a=\(", r"a=\)", r"a=\[", r"a=\]", r"a=\{", r"a=\}", r"a=\:", r"a=\=", r"a=\,", r"a=\ ", "a=\\\t", r"a=a\,b", r"a=a\ b", r"a=\ a", r"a=a\ ", r"a= \  ",
    r"a=\a", r"a=\'", r'a=\"', r"a=\$", r"a=\#", r"a=a\=b", r"a=a\:b", r"a=\(x\)", r"a=\[1\,2\]", r"a=\{a\:1\}", r"a=\\\,", r"a=\\,", r"a=\,\,", r"a=\1", r"a=\null", r"a=\,1", r"a=1\,", r"a=C:\\dir", r"a=C:\dir", r"a=\\\a",
    r"a=[a\,b]", r"a=[a\]b]", r"a={a\:b:c}", r"a={a\,b:c}", r"a={a\ b:c}", r"a=[a\ ]", r"a=[\ a,b]",
)

lists = cases(
    "list", VALUES,
    "a=[]", "a=[ ]", "a=[1]", "a=[1,2]", "a=[ 1 , 2 ]", "a=[1,2,]", "a=[,1]", "a=[1,,2]", "a=[,]", "a=[a,b c,'d,e',1.5,null,true]", "a=[[1,2],[3]]", "a=[[],[[]]]", "a=[{a:1},{b:2}]", "a=[1", "a=1]", "a=[1]]", "a=[1] ", "a= [1]", "a=[1][2]", "a=x[1]", "a=[1]x",
    "a=[a:b]", "a=[:]", "a=[a=b]", "a=[''] ", "a=['a','b']", "a=[${b.c},x]", "a=[${b.c}]", "a=[???]", "a=[ ]x", "b=[1,2]", "b.c=[1,2]", "b.c=[{x:[1,{y:2}]}]", "a=[1e3,1_0,.5,inf]", "a=[a b , c d]", "a=[no,yes,n,~]",
)

dicts = cases(
    "dict", VALUES,
    "a={}", "a={ }", "a={x:1}", "a={x: 1, y: 2}", "a={ x : 1 }", "a={x:1,}", "a={,x:1}", "a={x}", "a={x:}", "a={:1}", "a={x:1,x:2}", "a={x:{y:{z:1}}}", "a={x:[1,{y:2}]}", "a={x:1", "a=x:1}", "a={x:1}}",
    "a={1:2}", "a={1.5:x}", "a={true:x}", "a={null:x}", "a={-1:x}", "a={'q':x}", "a={a b:x}", "a={a-b:x}", "a={a.b:x}", "a={a/b:x}", "a={$x:1}", "a={a@b:1}", "a={${x}:1}", "a={x:a:b}", "a={x:a=b}", "a={x:'a:b'}", "a={x:${b.c}}", "a={[1]:2}", "a={x:null,y:true,z:1.50}",
    "b={x:1}", "b={c:3}", "b={c:{d:1}}", "b={}", "+b={x:1}", "++b={x:1}", "+b.c={x:1}", "++b.c={x:1}", "+a={x:1}", "b={c:null}", "b=null", "b=5", "b=text", "a={1:x,1.0:y}", "a={yes:1}", "a={1:x,true:y}", "a={0x1:y}", "a={inf:x}", "a={'':x}", "a={?:x}",
)

keys = cases(
    "key", VALUES,
    "a=1", "b.c=1", "b.d=1", "b.c.d=1", "c=1", "b.=1", ".b=1", "b..c=1", "=1", "a", "b.c", "", " ", "a =1", " a=1", "a.b=1", "a-b=1", "+a-b=1", "+a_b=1", "+1=2", "+1.2=3", "+a.1=2", "+a.1.b=2", "+$a=1", "+a$=1", "+a.$b=1", "+_a=1", "+é=1", "+a b=1", "+'a b'=1",
    "b[c]=1", "b['c']=1", "+x[0]=1", "a[0]=1", "a:b=1", "a@b=1", "a@=1", "@a=1", "@=1", "a@b@c=1", "a/b=1", "a/b/c=1", "/a=1", "a/=1", "a//b=1", "a.b/c=1", "a/b.c=1", "+a/b=1", "~a/b", "a@b.c=1", "a@b/c=1", "a@b:c=1", "a@:b=1",
    "+b.d=1", "+b.c=1", "+a=1", "++a=2", "++c=2", "++b.d.e=1", "+b.d.e.f=1", "+c.d.e=1", "+a.b=1", "++a.b=1", "++b.c.d=1", "+++a=1", "+~a", "~+a", "~~a", "+ a=1", "~ a", "-a=1", "!a=1",
    "~a", "~b", "~b.c", "~c", "~b.d", "~a=1", "~a=2", "~a=", "~b.c=2", "~b.c='2'", "~b={c:2}", "~a.b", "~", "~a=1,2", "~b.c=null", "+b.d=null", ["+b.d=null", "~b.d"], ["~b.c", "+b.c=5"], ["~b", "+b.x=1"], ["a=5", "~a=5"], ["~a", "a=1"], ["+z=1", "z=2"], ["+z=1", "+z=2"], ["a=1", "a=2"], ["b.c=1", "b={c:5}"], ["+z=[1,2]", "z.0=5"], ["+z=[1,2]", "z.2=5"], ["+z=[1,2]", "+z.2=5"], ["+z=[1,2]", "+z=[3]"], ["+z=[1,2]", "z=[3]"], ["+z=[1,2]", "~z.0"], ["+z=[1,2]", "~z.5"], ["+z=[{x:1}]", "z.0.x=2"], ["+z=[{x:1}]", "+z.0.y=2"], ["+z=[{x:1}]", "z.0.y=2"], ["+z=[1]", "z.x=2"], ["+z=[1]", "z.-1=2"], ["+z={x:1}", "z.x=2", "~z.x"],
)

functions = cases(
    "function", VALUES,
    "a=int(3.7)", "a=int('5')", "a=int(true)", "a=int(-2.9)", "a=int(abc)", "a=int('1_0')", "a=int(' 5 ')", "a=int([1.5,2.5])", "a=int({x:1.5})", "a=int(null)", "a=int()", "a=int(1e20)", "a=int(inf)", "a=int(value=3.2)", "a=int(3,value=2)", "a=int('0x10')", "a=int('3.5')",
    "a=float(3)", "a=float('1e3')", "a=float(true)", "a=float(abc)", "a=float('inf')", "a=float('nan')", "a=float([1,2])", "a=float({a:1,b:'2'})", "a=float(null)", "a=float(' 1 ')", "a=float('1_000')", "a=float('infinity')",
    "a=str(3)", "a=str(3.50)", "a=str(1e3)", "a=str(1e20)", "a=str(true)", "a=str(null)", "a=str('x')", "a=str(x y)", "a=str([1,true,x])", "a=str({a:1,b:[2]})", "a=str(inf)", "a=str(1e-7)", "a=str(0.1)", "a=str(-0.0)", "a=str(1e16)",
    "a=bool(1)", "a=bool(0)", "a=bool(0.0)", "a=bool('true')", "a=bool(False)", "a=bool('FALSE')", "a=bool(yes)", "a=bool('')", "a=bool([0,1])", "a=bool({x:0})", "a=bool(null)", "a=bool(nan)",
    "a=json_str(1)", "a=json_str('x')", "a=json_str([1,2.5,null,true,a])", "a=json_str({a:1,b:{c:[x]}})", "a=json_str(null)", "a=json_str(é)", "a=json_str('a\"b')", "a=json_str()", "a=json_str(1,2)", "a=json_str(1e20)", "a=json_str(nan)", "a=json_str(inf)", "a=json_str({1:2})", "a=json_str({true:2})", "a=json_str('a\tb')", "a=json_str(choice(a,b))", "a=json_str([])", "a=json_str({})", "a=json_str(😀)",
    "a=sort([3,1,2])", "a=sort([c,a,b])", "a=sort([3,1,2],reverse=true)", "a=sort(list=[2,1])", "a=sort(list=[2,1],reverse=true)", "a=sort([])", "a=sort()", "a=sort(5)", "a=sort(x)", "a=sort([1,a])", "a=sort([1,2.5,true])", "a=sort(3,1,2)", "a=sort(null)", "a=sort([[2],[1]])", "a=sort({a:1})", "a=sort([null])", "a=sort(['b',a])", "a=sort([1],reverse=1)", "a=sort([2,1],true)", "a=sort([é,z,a])",
    "a=shuffle([1])", "a=shuffle(5)", "a=shuffle([])", "a=shuffle()", "a=shuffle(list=[7])", "a=shuffle(x=1)",
    "a=choice(1,2)", "a=choice(a)", "a=choice()", "a=range(3)", "a=range(1,3)", "a=interval(0,1)", "a=glob(*)", "a=1,2", "a=a,b", "a=[1],[2]", "a=int(1.5,2.5)", "a=str(1,2)", "a=tag(x,choice(1,2))", "a=sort(choice(2,1))", "a=shuffle(choice(1,2))", "a=shuffle(1,2)", "b.c=1,2", "+d=1,2", "++d=1,2", "a=,", "a=1,", "a=,1", "a= 1 , 2 ", "~a=1,2", "hydra.job.name=a,b",
    "a=unknown(1)", "a=foo()", "a=int (1)", "a=int( 1 )", "a=int(1) ", "a= int(1)", "a=int(1)x", "a=xint(1)", "a=int(1", "a=int)", "a=INT(1)", "a=Int(1)", "a=str(int(1.5))", "a=int(str(1))", "a=[int(1.5),str(2)]", "a={x:int(1.5)}", "a=int(value= 1.5 )", "a=int(v=1)", "a=float(value=1,value=2)", "a=sort(reverse=true,[1])", "a='int(1)'", r"a=int\(1\)", "a=str('a,b')", "a=str(a b)", "a=str( a )", "a=str(a:b)", "a=str(a=b)", "a=str(${b.c})", "a=int('${b.c}')", "a=int(${b.c})", "a=str([${b.c}])",
)

interpolated = cases(
    "interpolation in an override", VALUES,
    "a=${b.c}", "a=${b.c}x", "a=x${b.c}y", "a=${b}", "a=${.x}", "a=${nowhere}", "a=${", "a=${}", "a=${b.c", "a=${oc.env:PARITY_NAME}", "a=${oc.env:PARITY_UNSET,d}", "a=${oc.env:A,b c}", "a='${oc.env:A,\"b\"}'", "a=${${x}}", "a=${a:[1,2]}", "a=${a:{x:1}}", "a='${a:{x:1}}'", "a=$ {b}", "a=$b", "a=\\${b.c}", "a=${b.c} ${b.c}", "a=[${b.c},${a}]", "a={x:${b.c}}", "+x={y:'${.z}',z:1}", "b=${a}", "b.c=${..a}", "a=${b.c},${b.c}", "a=${now:%Y}", "a=${ b.c }", "a=${b[c]}", "a='${a:\"x\"}'", "a=${é}", "a=${b c}", "a='${b c}'", "a=${:}", "a='${:}'", "a=${a:}", "a=${1}", "a=${1a}", "a='${a.}'", "a='${a..b}'", "a='${.}'", "a='${..}'", "a='${[}'", "a='${a[}'",
)

resolved = [
    case
    for line in ("a=${b.c}", "a=${b}", "a=${b}x", "a=${nowhere}", "a='${oc.env:PARITY_NAME}'", "+x={y:'${.z}',z:1}", "b=${a}", "b.c=${a}", "a='\\${b.c}'", "a='\\\\${b.c}'", "a='${b.c}${b.c}'", "a=${no.resolver:1}",
                 "a='${oc.decode:[1,2]}'", "a='${oc.create:{x:1}}'", "a='${oc.dict.keys:b}'", "a='${oc.dict.values:b}'", "a='${oc.select:b.d,9}'", "a='${oc.env:PARITY_UNSET}'", "a='${oc.decode:\"1e3\"}'", "a='${oc.decode:\"[a\"}'", "a='${a}'", "a=['${b}','${b.c}']", "a='x${b.c}'", "a='${b[c]}'", "a='${b.c}'", "a=???", "b.c=???", ["b.c=???", "a='${b.c}'"], ["b=???", "a='${b.c}'"], "a='${oc.deprecated:b.c}'", "a='${oc.deprecated:nowhere}'", "a='${hydra:job.config_name}'", "a='${hydra:runtime.choices}'", "a='${hydra:overrides.task}'", "a='${hydra:job.override_dirname}'", "a='${hydra:nowhere}'", "a='${oc.env:PARITY_UNSET,1}'", "a='${oc.env:PARITY_UNSET,null}'", "a='${oc.env:PARITY_UNSET,[1]}'", "a='${oc.env:PARITY_UNSET,true}'", "a='${oc.env:[1]}'", "a='${oc.env:}'", "a='${oc.env}'", "a='${oc.dict.keys:a}'", "a='${oc.dict.keys:nowhere}'", "a='${oc.select:a.b.c,x}'", "a='${oc.select:}'", "a='${oc.env:PARITY_NAME,a,b}'", "a='${oc.decode:null}'", "a='${oc.decode:5}'", "a='${oc.decode:}'", "a='${oc.create:null}'", "a='${oc.create:5}'", "a='${oc.create:\"a: 1\"}'", "a='${oc.create:abc}'", "+z=[1,'${.0}','${..a}']", "+z='${b}'", "+z='${oc.create:${b}}'")
    for case in cases("resolve", VALUES, ["--resolve", *([line] if isinstance(line, str) else line)])
]

CASES = primitives + quotes + escapes + lists + dicts + keys + functions + interpolated + resolved

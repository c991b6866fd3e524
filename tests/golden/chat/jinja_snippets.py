"""Small templates, one for each thing that Jinja does; make_jinja.py writes down what it makes of them."""

MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
FURTHER = {
    "n": 5, "neg": -7, "f": 2.5, "s": "Hello World", "u": "Straße ÄÖ ǆ Σίσυφος", "empty": "", "nothing": None, "yes": True,
    "lst": [3, 1, 2], "words": ["pear", "Apple", "fig", "apple"], "d": {"b": 1, "a": {"c": [1, 2.5, None, True]}},
    "people": [{"name": "Bo", "age": 3}, {"name": "al", "age": 1, "tag": None}, {"name": "Cy", "age": 2, "tag": "x"}],
    "lines": "one\n\n  two\r\nthree\u2028four\n", "quotes": "it's \"q\" \\ \u007f \u00a0 \U0001f40b \u200b", "big": 1e16,
    "small": 1e-5, "html": "<a href='x'>&</a>",
}

# Expressions, each within {{ }}.
EXPRESSIONS = r"""
1 + 2 * 3
7 // 2
-7 // 2
neg // 2
neg % 3
7 % -3
7 / 2
6 / 2
2 ** 10
2 ** -1
-2 ** 2
2 ** 3 ** 2
1 - 2 - 3
10 // 3 * 3
1.5 + 1
1e3
1.0
10.0 / 4
0.1 + 0.2
1e16
1e15
123456789012345.6
1e-4
1e-5
big * 10
small
-0.0
1_000
0x1F
0b101
0o17
007
1 if yes
1 if not yes
(1 if not yes) is undefined
1 if false else 2 if false else 3
1/0
1.0/0
1 % 0
5.5 // 2
-5.5 // 2
-5.5 % 2
5.5 % -2
0 * -1.0
s + 'x'
s ~ 1 ~ none ~ true ~ 2.50 ~ undefinedthing
s + 1
1 + s
none + 'x'
'x' * 3
3 * 'x'
'x' * -1
[1] * 2
[1] + [2]
[1] + (2,)
(1,) + (2,)
(1)
(1,)
()
(1, 2)
1, 2
[1, 'a', none, true, 2.0, [3]]
{'a': 1, 'b': [1], 3: none}
{'a': 1, 'a': 2}
{true: 1, 1: 2}
[1,]
{'a': 1,}
'a' 'b' "c"
'\n\t\\\'\x41\u00e9\101\q'
"it's"
"\U0001F40B"
lst[0]
lst[-1]
lst[9]
lst[9] is defined
lst['x']
lst[1:]
lst[:-1]
lst[::-1]
lst[::2]
lst[5:]
lst[-9:2]
lst[2:0:-1]
lst[::0]
lst.0
s[0]
s[-1]
s[99]
s[1:4]
s[::-1]
s[::3]
s[:-3]
u[3:6]
u[::-1]
d.a.c[1]
d['a']['c'][2]
d.b
d.zz
d.zz.y
d['zz']
d.items()
d.items() | list
d.keys()
d.values() | list
d.get('b')
d.get('zz')
d.get('zz', 'dflt')
d.get('a').c
d.update({'x': 1})
lst.append(1)
lst.index(1)
lst.count(1)
lst.index(99)
nothing.x
nothing['x']
nothing.x.y
s.x
s.x is defined
n.x
undefinedthing
undefinedthing.x
undefinedthing[0]
undefinedthing + 1
undefinedthing ~ 'x'
undefinedthing | length
undefinedthing == undefinedother
undefinedthing == none
undefinedthing < 1
not undefinedthing
undefinedthing or 'x'
undefinedthing in [1]
'x' in undefinedthing
undefinedthing()
undefinedthing | upper
undefinedthing | int
undefinedthing | list
undefinedthing | join
undefinedthing | default('x')
undefinedthing | d
nothing | default('x')
nothing | default('x', true)
empty | default('x', boolean=true)
undefinedthing | tojson
[undefinedthing]
true
false
none
True
False
None
true + true
true == 1
1 == 1.0
'1' == 1
[1, 2] == [1, 2]
[1] == (1,)
{'a': 1} == {'a': 1.0}
none == false
1 < 2 < 3
1 < 3 < 2
3 > 2 >= 2
1 != 1
1 == 1 == 1
'a' < 'b'
'a' < 1
[1, 2] < [1, 3]
none < 1
1 in [1, 2]
1 not in [1, 2]
'ell' in s
'zz' in s
1 in s
'b' in d
1 in d
[1] in d
'x' in nothing
'x' in n
not 1 in [1]
not yes and yes
yes and 'a'
empty or 'b'
0 or none
1 and 0
not []
not ''
yes is true
1 is true
n is number
yes is number
yes is integer
n is integer
f is float
yes is boolean
s is string
none is none
nothing is none
nothing is not none
s is not string
undefinedthing is defined
undefinedthing is undefined
s is defined
d is mapping
lst is mapping
lst is sequence
s is sequence
d is sequence
n is sequence
lst is iterable
n is iterable
nothing is iterable
undefinedthing is iterable
s is iterable
range is callable
3 is odd
4 is even
9 is divisibleby 3
9 is divisibleby(4)
n is eq 5
n is equalto 5
n is ne 5
n is gt 4
n is lessthan(5)
n is ge 5
n is le 4
n is in [5]
n is in([4])
'abc' is lower
'ABC' is upper
'A1' is upper
'1' is upper
nothing is sameas none
s is sameas 1
yes is false
n is nosuchtest
n | nosuchfilter
n | abs
neg | abs
s | upper
s | lower
u | upper
u | lower
u | title
u | capitalize
u.title()
u.capitalize()
'ﬁ ß ǆ İ' | upper
'ΑΣ ΣΑ Σ' | lower
'hello wORLD (foo) it\'s-a <b' | title
"it's o'neil".title()
s | replace('o', '0')
s | replace('o', '0', 1)
s | replace('', '-')
s.replace('l', '')
s.replace('l', 'L', 2)
s.replace(1, 2)
s | replace(1, 2)
'  x y \n' | trim
'\u3000x\u00a0\x1c' | trim
'xxaxx' | trim('x')
'  x ' | trim | length
none | trim
5 | trim
'  x '.strip()
'  x '.lstrip()
'  x '.rstrip()
'xyzzyx'.strip('xy')
'abc'.strip('')
'a,b,,c'.split(',')
'a,b,,c'.split(',', 1)
'a,b,,c'.rsplit(',', 1)
'a,b,,c'.split(',', 0)
'  a  b c '.split()
'  a  b c '.split(none, 1)
'  a  b c '.split(maxsplit=1)
'  a  b c '.rsplit(none, 1)
'  a  b c '.rsplit(none, 0)
'  a  b c '.split(none, 0)
''.split()
''.split(',')
'abc'.split('')
'abc'.split('bc')[0]
'aXbXc'.split('X')[-1]
'aaa'.rsplit('aa', 1)
'aaaa'.rsplit('aa')
lines.splitlines()
lines.splitlines(true)
'a-b'.partition('-')
'a-b-c'.rpartition('-')
'ab'.partition('-')
s.startswith('Hell')
s.startswith(('x', 'H'))
s.endswith('ld')
s.endswith('x')
s.startswith(1)
s.find('o')
s.rfind('o')
s.find('zz')
s.find('o', 5)
s.find('o', -5, -1)
s.find('')
u.find('Ö')
s.index('zz')
s.count('l')
s.count('')
s.removeprefix('Hello ')
s.removesuffix('World')
'7'.zfill(3)
'-7'.zfill(4)
'12'.isdigit()
''.isdigit()
'ab1'.isalnum()
'ab1'.isalpha()
' \n'.isspace()
'AB'.isupper()
'ab'.islower()
', '.join(words)
', '.join([1])
'-'.join('abc')
'{} and {}'.format(1, 'x')
'{1} {0} {name}'.format('a', 'b', name='c')
'{{}} {0!r}'.format('q')
'{:5d}|{:<5}|{x:03d}|{:.2f}|{:>4s}|{:4}'.format(1, 2, 3.14159, 'a', 'b', x=7)
'{:d}'.format('x')
'{'.format(1)
'{}'.format()
'%s is %d' | format('x', 5)
'%s' % 'x'
'%s %s' % ('x', 1)
'%05d|%-5s|%5s|%+d|%x|%.2f|%%' % (42, 'a', 'b', 3, 255, 2.345)
'%(a)s' % {'a': 1}
'%r' % ('x',)
'%s' % [1]
'%d' % 'x'
'%s %s' % 'x'
'x' % 1
'%.1s|' % 'abc'
s | length
u | length
lst | length
d | length
n | length
nothing | length
lst | count
lst | first
lst | last
[] | first
[] | last
empty | first
s | first
s | last
lst | sort
lst | sort(reverse=true)
words | sort
words | sort(case_sensitive=true)
people | sort(attribute='age') | map(attribute='name') | join(',')
people | sort(attribute='name') | map(attribute='name') | join(',')
people | sort(attribute='tag')
[1, 'a'] | sort
lst | reverse | list
s | reverse
words | unique | list
words | unique(case_sensitive=true) | list
[1, 1.0, true, 2] | unique | list
people | unique(attribute='age') | map(attribute='age') | list
words | join
words | join(', ')
words | join(1)
people | join('-', attribute='name')
lst | join('|')
s | join('.')
n | join
lst | map('string') | list
words | map('upper') | join(' ')
words | map('replace', 'p', 'b') | list
people | map(attribute='tag') | list
people | map(attribute='tag', default='none') | list
people | map(attribute='name.0') | list
lst | map('nosuchfilter') | list
nothing | map('upper') | list
nothing | selectattr('x') | list
empty | select | list
people | selectattr('tag') | list | length
people | selectattr('tag', 'defined') | map(attribute='name') | list
people | selectattr('age', 'gt', 1) | map(attribute='name') | list
people | selectattr('age', 'equalto', 1) | list
people | rejectattr('tag') | map(attribute='name') | list
people | rejectattr('age', '==', 1) | map(attribute='name') | list
people | selectattr('tag', 'none') | list | length
people | selectattr('tag.x', 'defined') | list | length
people | selectattr('zz.y', 'defined') | list | length
lst | select | list
lst | select('odd') | list
lst | reject('odd') | list
lst | select('gt', 1) | list
lst | select('nosuchtest') | list
(people | selectattr('age', 'gt', 99)) is defined
'y' if people | selectattr('age', 'gt', 99) else 'n'
people | selectattr('age', 'gt', 99) | first
people | selectattr('age', 'gt', 99) | length
(people | selectattr('age', 'gt', 0))[0]
lst | min
lst | max
words | max
[] | max
people | max(attribute='age')
d | items | list
undefinedthing | items | list
d | dictsort
{'b': 2, 'A': 1, 'c': 0} | dictsort
{'b': 2, 'A': 1, 'c': 0} | dictsort(true)
{'b': 2, 'A': 1, 'c': 0} | dictsort(by='value')
{'b': 2, 'A': 1, 'c': 0} | dictsort(reverse=true)
d | list
d | first
s | list
5 | list
5 | string
5 | string ~ 'x'
f | string
none | string
lst | string
quotes | string
[quotes]
[quotes, 'a"b', "c'd", '\\']
d
'5' | int
' 5 ' | int
'5.7' | int
'x' | int
'x' | int(9)
'x' | int(default=3)
'ff' | int(base=16)
'0xff' | int(0, 16)
5.9 | int
-5.9 | int
none | int
true | int
'1_000' | int
'1e3' | int
'inf' | int
'' | int
'5' | float
'1e3' | float
'x' | float
'x' | float(1.5)
'nan' | float
'inf' | float
5 | float
none | float
5 | round
2.5 | round
3.5 | round
2.675 | round(2)
2.345 | round(1)
42.55 | round
42.55 | round(1, 'floor')
42.55 | round(0, 'ceil')
1234.5 | round(-2)
1234 | round(-2)
'x' | round
lines | indent
lines | indent(2)
lines | indent(2, true)
lines | indent(2, blank=true)
lines | indent('>> ')
'' | indent(2, true)
'x\n' | indent
html | e
html | escape
html | safe
html | safe ~ '<'
(html | safe) + '<'
'<' + (html | safe)
html | e | e
html | tojson
d | tojson
d | tojson(indent=2)
d | tojson(indent=none)
d | tojson(indent='-')
d | tojson(separators=(',', ':'))
{'b': 1, 'a': 2} | tojson(sort_keys=true)
u | tojson
u | tojson(ensure_ascii=true)
quotes | tojson
quotes | tojson(true)
lines | tojson
'\x00\x01\x1f\x7f/' | tojson
[] | tojson
{} | tojson
[[], {}] | tojson(indent=2)
[1, 2.0, 1e20, 1e-7, true, none] | tojson
{1: 2, none: 3, true: 4, 1.5: 6} | tojson
(1, 2) | tojson
{(1, 2): 3} | tojson
range(3) | tojson
messages | tojson
tools | tojson(indent=4)
tools[0].function.name
messages[0]['content']
messages[-1].role
messages | map(attribute='role') | join(',')
messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first
range(3) | list
range(1, 10, 3) | list
range(5, 0, -2) | list
range(3)
range(2, 5)
range(0)
range(3)[1]
range(10)[2:4] | list
range(0, 3, 0)
range('x')
range(100001) | length
range(100000) | length
dict(a=1, b=2)
dict({'x': 1}, y=2)
dict([('a', 1)])
dict(1)
namespace(a=1).a
namespace(a=1).b
namespace({'q': 2}).q
namespace(_a=1)
strftime_now('%d %b %Y')
strftime_now('%Y-%m-%d %H:%M:%S %A %B %a %j %I %p %y %e %-d %%')
raise_exception('no')
nosuchfunction(1)
d | length > 1
s | length + 1
-f | abs
-1 | abs
'a' | upper ~ 'b' | upper
'a' ~ 'b' | upper
'a' + 'b' | upper
1 + 2 | string
(1 + 2) | string ~ ''
not n is string
n is string or yes
n is string if yes else 0
n is defined and n > 3
lst[0] is defined
s.upper().lower()
s.split(' ')[1][0]
(lst)[0]
[[1, 2], [3]][0][1]
{'a': {'b': 'c'}}['a'].b
{'a': 1}.items() | list
{}.get('x') is none
lst | attr('x')
d | attr('b')
'upper' is filter
'odd' is test
'nosuch' is filter
lst | sum
foo.bar.baz
d.a.zz.q
1 2
1 +
[1
)
{'a' 1}
'unclosed
a..b
a.
|upper
s |
s | 5
s is
{{ 1 }}
x = 1
1..2
@
$x
loop
loop.index
caller()
s.__class__
s['__class__']
''.__class__.__mro__
[].__class__.__base__
d.__init__
dict.__class__
lst.copy()
d.copy()
messages.append(1)
lst.pop()
d.pop('b')
d.clear()
d.setdefault('x', 1)
[1, 2, 3].sort()
s * 1.5
[1] * [2]
d + d
-s
+n
+true
-true
- none
not none
9223372036854775807
1 if undefinedthing.x is defined else 2
undefinedthing.x.y is defined
d.q is defined and d.q.r
d.q and d.q.r
d['q'] is not defined
'%s' | format
'x' if lst else 'y'
[1, 2] | join(', ') ~ '.'
0.1 + 0.7
100 * 1.1
1e22
1e23
123456.789e3
5e-324
1.7976931348623157e308
2 ** 62
2.0 ** 3
4 ** 0.5
1 // 0.3
7.5 // -2
-7.5 % 2
0.0 / 5
-0.0 // 5
"""

STATEMENTS = [
    # sets and scopes
    "{% set x = 1 %}{{ x }}",
    "{% set x, y = 1, 2 %}{{ x }}{{ y }}",
    "{% set x, y = [1, 2, 3] %}{{ x }}",
    "{% set (x, (y, z)) = (1, (2, 3)) %}{{ x }}{{ y }}{{ z }}",
    "{% set x = 1, 2 %}{{ x }}",
    "{% set true = 1 %}",
    "{% set n.x = 1 %}",
    "{% set 1 = 1 %}",
    "{% set x = 1 %}{% for i in lst %}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
    "{% for i in lst %}{{ x }}{% set x = i %}{{ x }},{% endfor %}{{ x }}",
    "{% for i in lst %}{% if loop.first %}{% set x = i %}{% endif %}[{{ x }}]{% endfor %}",
    "{% set x = 1 %}{% for i in lst %}{% if loop.first %}{% set x = i %}{% endif %}[{{ x }}]{% endfor %}{{ x }}",
    "{% if yes %}{% set x = 5 %}{% endif %}{{ x }}",
    "{% if not yes %}{% set n = 6 %}{% endif %}{{ n }}",
    "{% if yes %}{% set n = 6 %}{% endif %}{{ n }}",
    "{% set n = n + 1 %}{{ n }}",
    "{% set ns = namespace(x=0) %}{% for i in lst %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{% set ns.b = ns.a + 1 %}{{ ns.b }}{{ ns.c }}{{ ns.c is defined }}",
    "{% set ns = namespace(x=0) %}{% set ns._x = 1 %}",
    "{% set ns = namespace(x=[]) %}{% for i in lst %}{% set ns.x = ns.x + [i] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=0) %}{% set ns.x, y = 1, 2 %}{{ ns.x }}{{ y }}",
    "{% set x %}a{{ n }}b{% endset %}{{ x }}{{ x | length }}",
    "{% set x | upper %}a{{ n }}b{% endset %}{{ x }}",
    "{% set x | upper | replace('A', 'z') %}a{% endset %}{{ x }}",
    "{% set x %}{% set y = 1 %}{{ y }}{% endset %}{{ x }}{{ y }}",
    "{% set ns = namespace(x=0) %}{% set ns.x %}q{% endset %}{{ ns.x }}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set n = 9 %}{{ n }}{% endwith %}{{ n }}{{ a }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}",
    "{% filter upper %}a{{ s }}{% endfilter %}",
    "{% filter upper | replace('A', 'b') %}a{{ s }}{% endfilter %}",
    # ifs
    "{% if n > 3 %}a{% elif n > 2 %}b{% else %}c{% endif %}",
    "{% if n > 9 %}a{% elif n > 2 %}b{% else %}c{% endif %}",
    "{% if n > 9 %}a{% elif n > 8 %}b{% elif n > 7 %}x{% else %}c{% endif %}",
    "{% if n > 9 %}a{% endif %}",
    "{% if undefinedthing %}a{% else %}b{% endif %}",
    "{% if undefinedthing.x %}a{% endif %}",
    "{% if n > 9 %}{{ n | nosuchfilter }}{% endif %}ok",
    "{% if n > 3 %}{{ n | nosuchfilter }}{% endif %}ok",
    "{% if n > 9 %}{% for i in lst %}{{ i | nosuchfilter }}{% endfor %}{% endif %}ok",
    "{{ n if yes else n | nosuchfilter }}",
    "{{ n is nosuchtest }}",
    "{% if n: %}x{% endif %}",
    "{% if %}x{% endif %}",
    "{% if n %}x",
    "{% if n %}x{% endfor %}",
    "{% endif %}",
    "{% else %}",
    "{% nosuchtag %}",
    "{% include 'x' %}",
    "{% do lst.append(1) %}",
    "{% %}",
    "{{ }}",
    "{{",
    "{%",
    "{{ n",
    "{{ n }",
    "{{ n %}",
    "{% if n }}",
    # loops
    "{% for x in lst %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.depth }};{% endfor %}",
    "{% for x in lst %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}",
    "{% for x in lst %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }};{% endfor %}",
    "{% for x in lst %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1, 1, 2, 2, 1] %}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in lst %}{{ loop.nosuch }}{% endfor %}",
    "{% for x in lst %}{{ loop['index'] }}{% endfor %}",
    "{% for x in [] %}a{% else %}b{% endfor %}",
    "{% for x in lst %}a{% else %}b{% endfor %}",
    "{% for x in lst %}{% break %}{% else %}b{% endfor %}",
    "{% for x in lst %}{% continue %}{% else %}b{% endfor %}",
    "{% for x in lst %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in lst %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in lst %}{% for y in lst %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "{% break %}",
    "{% for x in lst if x > 1 %}{{ x }}{{ loop.index }}{{ loop.length }}{{ loop.last }};{% endfor %}",
    "{% for x in lst if x > 99 %}{{ x }}{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in d | items %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }};{% endfor %}",
    "{% for k, v in d | dictsort %}{{ k }};{% endfor %}",
    "{% for a, b in lst %}{% endfor %}",
    "{% for a, b in [[1, 2], (3, 4), 'xy'] %}{{ a }}{{ b }};{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for c in s %}{{ c }}.{% endfor %}",
    "{% for c in n %}{{ c }}.{% endfor %}",
    "{% for c in nothing %}{{ c }}.{% endfor %}",
    "{% for c in undefinedthing %}{{ c }}.{% endfor %}x",
    "{% for x in lst %}{% for y in [1] %}{{ loop.length }}{% endfor %}{{ loop.length }}{% endfor %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in lst[1:] %}{{ x }}{% endfor %}",
    "{% for x in lst | reverse %}{{ x }}{{ loop.length }}{% endfor %}",
    "{% for x in range(3) %}{{ x }}{% endfor %}",
    "{% set it = lst | map('string') %}{% for x in it %}{{ x }}{% endfor %}-{% for x in it %}{{ x }}{% endfor %}",
    "{% set it = lst | select('gt', 1) %}{{ it | first }}{{ it | list }}",
    "{% set it = lst | select('gt', 0) %}{{ 1 in it }}{{ it | list }}",
    "{% for x in lst %}{{ x }}{% endfor",
    "{% for x lst %}{% endfor %}",
    "{% for in lst %}{% endfor %}",
    "{% for x in lst %}",
    # macros
    "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}",
    "{% macro m(a, b=a) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(c=2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m() %}{{ n }}{% set n = 7 %}{{ n }}{% endmacro %}{{ m() }}{{ n }}",
    "{% set q = 1 %}{% macro m() %}{{ q }}{% endmacro %}{% set q = 2 %}{{ m() }}",
    "{% macro m() %}{{ q }}{% endmacro %}{% set q = 2 %}{{ m() }}",
    "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% macro m() %}{{ caller() }}!{{ caller() }}{% endmacro %}{% call m() %}hi{{ n }}{% endcall %}",
    "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m('a') | upper }}{{ m('a') + 'b' }}{{ m('abc') | length }}",
    "{% macro m(x) %}  {{- x -}}  {% endmacro %}[{{ m(1) }}]",
    "{% macro m() %}{% break %}{% endmacro %}",
    "{% for x in lst %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}",
    "{% for x in lst %}{% macro m() %}{{ loop.index }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro m(x) %}{{ loop }}{% endmacro %}{% for i in lst %}{{ m(i) }}{% endfor %}",
    "{{ m() }}{% macro m() %}x{% endmacro %}",
    # generation
    "a{% generation %}b{{ n }}{% endgeneration %}c",
    "a\n{%- generation %}\nb\n{% endgeneration -%}\nc",
    "{% generation %}{% set q = 1 %}{{ q }}{% endgeneration %}{{ q }}",
    "{% for x in lst %}{% generation %}{{ x }}{{ loop.index }}{% endgeneration %}{% endfor %}",
    # white space
    "a \n {% if yes %} \n b \n {% endif %} \n c",
    "a \n {%- if yes %} \n b \n {%- endif %} \n c",
    "a \n {% if yes -%} \n b \n {% endif -%} \n c",
    "a \n {%+ if yes %} \n b \n {%+ endif %} \n c",
    "a \n {% if yes +%}\n b \n {% endif +%}\n c",
    "a \n {{- n -}} \n b",
    "a \n {{ n }} \n b\n",
    "a \n {{ n }}\n\n",
    "{{ n }}\n",
    "{{ n }}\r\n",
    "{{ n }}\r",
    "\r\n{{ n }}\r\nb\rc\r\n",
    "a {# c #} b",
    "a\n  {# c #}\nb",
    "a\n  {#- c -#}\nb",
    "a\n  {#+ c +#}\nb",
    "a {# {{ n }} {% if %} #} b",
    "a {# \n\n #}\n b",
    "{#-#}x",
    "{##}x",
    "  {% if yes %}\n  x\n  {% endif %}\n",
    "x  {% if yes %}y{% endif %}  z",
    "\t{% if yes %}x{% endif %}",
    "\u00a0{% if yes %}x{% endif %}",
    "\u3000\n\u3000{%- if yes -%}\u3000x\u00a0{%- endif %}",
    "{% raw %}{{ n }}{% if %}{% endraw %}",
    "a\n  {% raw %}\n  {{ n }}\n  {% endraw %}\n  b",
    "a\n  {%- raw -%}\n  {{ n }}\n  {%- endraw -%}\n  b",
    "a {% raw %} {% endraw %} b",
    "{% raw %}{{ n }}",
    "{%raw%}x{%endraw%}",
    "{%  raw  %}x{%  endraw  %}",
    "{%- set x = 1 -%}\n\n{{ x }}",
    "{%set x=1%}{{x}}",
    "{{-n}}{{n-}}",
    "{{ -n }}{{ - n }}",
    "{{- -n -}}",
    "{{+n}}",
    "{%-if yes-%}a{%-else-%}b{%-endif-%}",
    "a\n\n\n{% if yes %}\n\n\nb{% endif %}\n\n\n",
    "{ n } {{'{{'}} {{'}}'}} {{ '%}' }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}",
    "{{ {} }}",
    "{{ {'a': {}}}}",
    "}} %} #} { {a",
    "{{ '\u00e9' }}\u00e9{{ \"\\u00e9\" }}",
    "{{ n }}{{ n }}\n{{ n }}",
    "{% if yes %}\n{{ n }}\n{% endif %}\n{{ n }}\n",
    "  {{ n }}\n  {% set x = 1 %}\n  {{ x }}",
    "{% set x = 'a\n  b' %}{{ x }}",
    "",
    "\n",
    "\n\n",
    "no tags at all",
    "{% for m in messages %}{{ m.role }}: {{ m['content'] }}\n{% endfor %}",
    "{{ messages[0].content.split('i') }}",
    "{%- for m in messages -%}\n{%- if m.role == 'user' -%}\n[INST] {{ m.content }} [/INST]\n{%- endif -%}\n{%- endfor -%}",
    "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ tools is none }}{{ documents is none }}{{ documents is defined }}",
    "{{ add_generation_prompt }}{{ thinking is defined }}{{ enable_thinking is defined }}",
    "{{ raise_exception(s) }}",
    "{{ raise_exception() }}",
    "{% set f = s.upper %}{{ f() }}",
    "{% set g = d.get %}{{ g('b') }}",
    "{{ [1, 2]|map('string')|join(',') if yes }}",
    "{% set x = joiner(', ') %}{% for i in lst %}{{ x() }}{{ i }}{% endfor %}",
    "{% extends 'x' %}",
    "{% set messages = messages[1:] %}{% for m in messages %}{{ m.role }}{% endfor %}",
    "{% if messages[0].role == 'user' %}{% set messages = messages[1:] %}{% endif %}{{ messages | length }}",
    "{% if messages[0].role == 'system' %}{% set messages = messages[1:] %}{% endif %}{{ messages | length }}",
    "{% for m in messages %}{% set m = m.content %}{{ m }}{% endfor %}",
    "{% set x = [] %}{% for i in lst %}{% set x = x + [i] %}{% endfor %}{{ x }}",
    "{% set ns = namespace(found=false) %}{% for m in messages[::-1] %}{% if not ns.found and m.role == 'user' %}{% set ns.found = true %}{{ loop.index }}{% endif %}{% endfor %}",
]

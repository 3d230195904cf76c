"""Programs that want a wrong answer to count: by odd values, by frames of their own, by reaching the harness."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, ending

_FRAMES = """
import json, os, struct
def send(kind, content):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    for fd in range(3, 64):
        try: os.write(fd, struct.pack('=cI', kind, len(body)) + body)
        except OSError: pass
"""
_HARNESS = """
import gc, sys
def everything():
    frame = sys._getframe()
    while frame:
        yield from frame.f_locals.values()
        frame = frame.f_back
    yield from gc.get_objects()
    for module in list(sys.modules.values()):
        yield from list(vars(module).values())
def named(*names):
    return [thing for thing in everything() if type(thing).__name__ in names]
"""
_WRONG = "\ndef f(n): return 0\n"


def _case(name: str, source: str, *ends: str) -> Case:
    return ending("forging", name, source, *ends)


def _frame(name: str, code: str) -> Case:
    return _case(name, f"{_FRAMES}{code}{_WRONG}")


def _harness(name: str, code: str) -> Case:
    return _case(name, f"{_HARNESS}{code}{_WRONG}")


_VALUES = (
    _case("object that equals everything", "class E:\n    def __eq__(s, o): return True\n    def __ne__(s, o): return False\n    def __gt__(s, o): return True\n    def __hash__(s): return 1\n    def __sub__(s, o): return 0\n    def __bool__(s): return True\ndef f(n): return E()"),
    _case("int that equals everything", "class E(int):\n    def __eq__(s, o): return True\n    def __gt__(s, o): return True\n    __hash__ = int.__hash__\ndef f(n): return E(1)"),
    _case("str that equals everything", "class E(str):\n    def __eq__(s, o): return True\n    __hash__ = str.__hash__\ndef f(n): return E('1')"),
    _case("list that equals everything", "class E(list):\n    def __eq__(s, o): return True\n    def __contains__(s, o): return True\n    def __len__(s): return 1\ndef f(n): return E([1])"),
    _case("list that equals everything, within a list", "class E(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef f(n): return [E(1)]"),
    _case("subclass whose methods lie", "class E(list):\n    def __iter__(s): return iter([7])\n    def __len__(s): return 1\n    def __getitem__(s, i): return 7\ndef f(n): return E([1, 2])"),
    _case("int whose conversions lie", "class E(int):\n    def __int__(s): return 7\n    __index__ = __pos__ = __abs__ = __int__\n    def __repr__(s): return '7'\ndef f(n): return E(1)"),
    _case("object that claims another class", "class E:\n    __class__ = property(lambda s: int)\n    def __eq__(s, o): return True\n    __hash__ = None\ndef f(n): return E()"),
    _case("metaclass that lies", "class M(type):\n    __name__ = property(lambda s: 'int')\n    def __instancecheck__(s, o): return True\n    def __eq__(s, o): return True\n    __hash__ = type.__hash__\n    def mro(c): return [c, object]\nclass C(metaclass=M): pass\ndef f(n): return C()"),
    _case("proxy that reflects every comparison", "class P:\n    def __getattr__(s, name): return lambda *a: True\n    def __eq__(s, o): return o == o\n    __hash__ = None\ndef f(n): return P()"),
    _case("mock", "from unittest.mock import ANY, MagicMock\ndef f(n): return ANY"),
    _case("nan", "def f(n): return float('nan')", "failed"),
    _case("dict that equals everything", "class E(dict):\n    def __eq__(s, o): return True\n    __hash__ = None\ndef f(n): return E()"),
    _case("not implemented", "def f(n): return NotImplemented", "failed"),
    _case("the function itself", "def f(n): return f", "failed"),
    _case("a value that changes while it is read", "class E(list):\n    def __iter__(s):\n        s.append(1)\n        return list.__iter__(s)\ndef f(n): return E()"),
    _case("exception with hostile text", "class E(Exception):\n    def __str__(s): raise SystemExit\n    __module__ = 5\ndef f(n): raise E", "error"),
    _case("exception that chains to itself", "class E(Exception): pass\ndef f(n):\n    e = E()\n    e.__cause__ = e\n    raise e", "error"),
    _case("exception that says the test is wrong", "def f(n): raise SyntaxError('bad', ('<test>', 1, 1, 'x'))", "error"),
    _case("exception that borrows a name", "class AssertionError(Exception): pass\nclass MemoryError(Exception): pass\ndef f(n): raise MemoryError", "error"),
    _case("exception without a class of its own to name", "E = type('', (Exception,), {'__qualname__': '', '__module__': ''})\ndef f(n): raise E", "error"),
    _case("exception group", "def f(n): raise BaseExceptionGroup('', [SystemExit(0), KeyboardInterrupt()])", "error"),
    _case("sys.exit", "import sys\ndef f(n): sys.exit(0)", "error"),
    _case("sys.exit while loading", "import sys\nsys.exit(0)"),
    _case("subclass of SystemExit", "class Done(SystemExit): code = 0\ndef f(n): raise Done", "error"),
    _case("KeyboardInterrupt", "def f(n): raise KeyboardInterrupt", "error"),
    _case("GeneratorExit", "def f(n): raise GeneratorExit", "error"),
    _case("os._exit", "import os\ndef f(n): os._exit(0)", "crashed"),
    _case("os._exit while loading", "import os\nos._exit(0)", "crashed"),
    _case("work left for the exit", "import atexit, os\natexit.register(lambda: print('late'))\natexit._run_exitfuncs()" + _WRONG, "failed"),
)  # fmt: skip

_BY_HAND = (
    _frame("a frame by hand", "send(b'R', {'index': 0, 'values': [{'value': 1, 'truth': True}], 'phase': 2, 'lines': []})"),
    _frame("frames for all probes", "for i in range(4): send(b'R', {'index': i, 'values': [{'value': 1, 'truth': True}] * 9, 'phase': 2, 'lines': []})"),
    _frame("a last frame for all", "send(b'T', {'index': 3, 'values': [], 'phase': 2, 'lines': []})"),
    _frame("a frame for a probe that is over", "send(b'R', {'index': -1, 'values': []})\nsend(b'R', {'index': 0, 'values': [], 'phase': 2})"),
    _frame("a frame without values", "send(b'R', {'index': 0})"),
    _frame("a frame with a status", "send(b'R', {'index': 0, 'status': 'ok', 'values': [], 'phase': 2, 'lines': [], 'output': 0, 'seconds': 0})"),
    _frame("frames of the server", "for kind in (b'E', b'P', b'H', b'A', b'X'): send(kind, {})"),
    _frame("a frame that it was compiled", "send(b'C', {})"),
    _frame("a frame that it was not compiled", "send(b'L', {'type': 'SyntaxError', 'message': '', 'line': 1})"),
    _frame("a frame that its time is up", "send(b'W', {'index': 0, 'where': [1]})"),
    _frame("a frame of values of the wrong kind", "send(b'R', {'index': 0, 'values': 5, 'phase': 2})"),
    _frame("a frame of unknown tags", "send(b'R', {'index': 0, 'values': [{'value': {'?': []}}], 'phase': 2})"),
    _frame("a frame nested without end", "send(b'R', b'{\"index\": 0, \"values\": ' + b'[' * 200000 + b']' * 200000 + b'}')"),
    _frame("a frame of giant numbers", "send(b'R', b'{\"index\": 0, \"values\": [{\"value\": ' + b'9' * 100000 + b'}], \"phase\": 2}')"),
    _frame("a frame of no JSON", "send(b'R', b'{\"index\": 0, \\xff\\xfe')"),
    _frame("a frame of half characters", "send(b'R', {'index': 0, 'values': [], 'phase': 2, 'raised': {'type': '\\ud800', 'message': '\\ud800\\0', 'names': ['\\ud800'], 'builtin': [], 'line': 10**40, 'lines': [10**40, -1, True], 'function': '\\ud800', 'defined': ['\\ud800']}})"),
    _frame("a frame of an exception that is none", "send(b'R', {'index': 0, 'values': [], 'phase': 2, 'raised': {'type': 5, 'message': None, 'names': None, 'builtin': None, 'line': '1', 'lines': 5}})"),
    _frame("a frame of giant keys", "send(b'R', {'index': 0, 'values': [{'value': {'d': [[{'n': '1E+%d' % 10**17}, 0]]}}], 'phase': 2})"),
    _frame("a frame of a fraction by zero", "send(b'R', {'index': 0, 'values': [{'value': {'f': [1, 0]}}], 'phase': 2})"),
    _frame("a frame of keys that take for ever to compare", "huge = '%x' % (5 + (2**61 - 1) * 2**3_900_000)\nsend(b'R', {'index': 0, 'values': [{'value': {'d': [[{'n': '5'}, 0], [{'i': huge}, 0]]}}], 'phase': 2})"),
    _frame("a frame of an int beyond all sizes", "send(b'R', {'index': 0, 'values': [{'value': {'i': 'f' * 7_000_000}}], 'phase': 2})"),
    _frame("a frame of a signalling nan", "send(b'R', {'index': 0, 'values': [{'value': {'n': 'sNaN'}}], 'phase': 2})"),
    _frame("a frame of four gigabytes", "import struct\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('=cI', b'R', 2**32 - 1))\n    except OSError: pass"),
    _frame("half a frame", "for fd in range(3, 64):\n    try: os.write(fd, b'R\\x10\\0\\0\\0{\"in')\n    except OSError: pass"),
    _frame("garbage on every descriptor", "for fd in range(1, 64):\n    try: os.write(fd, b'\\xff' * 5000)\n    except OSError: pass"),
    _frame("frames on the output", "for i in range(3): os.write(1, struct.pack('=cI', b'R', 40) + b'{\"index\": 0, \"values\": [{\"value\": 1}]}  ')"),
    _frame("every frame twice", "import os\nw = os.write\nos.write = lambda fd, data: (w(fd, data), w(fd, data))[0]"),
    _frame("another's frame", "w = os.write\ndef other(fd, data):\n    data = bytes(data).replace(b'\"index\": 0', b'\"index\": 1')\n    w(fd, data)\n    return len(data)\nos.write = other"),
    _frame("results and output swapped", "for fd in range(3, 16):\n    try: os.dup2(1, fd)\n    except OSError: pass"),
    _frame("output and results swapped", "for fd in range(3, 16):\n    try: os.dup2(fd, 1)\n    except OSError: pass\nprint('x' * 9999)"),
    _frame("turns of its own", "for fd in range(3, 16):\n    try: os.write(os.open(f'/proc/self/fd/{fd}', os.O_WRONLY | os.O_NONBLOCK), b'\\n' * 9)\n    except OSError: pass"),
    _frame("every descriptor closed", "os.closerange(0, 256)"),
    _frame("a frame when the answer is due", "import threading, time\ndef late():\n    time.sleep(0.001)\n    for i in range(3): send(b'R', {'index': i, 'values': [{'value': 1}], 'phase': 2, 'lines': []})\nthreading.Thread(target=late, daemon=True).start()"),
)  # fmt: skip

_REACHING = (
    _harness("frames of the harness", "for p in named('Program'):\n    p._send = lambda *a: None\n    p._index = 3\n    p._job['probes'] = []"),
    _harness("the harness's job", "for p in named('Program'):\n    for probe in p._job['probes']:\n        for step in probe['steps']: step.update(kind='eval', source='True', truth=True)"),
    _harness("the harness's steps", "for p in named('Program'): type(p)._step = lambda *a: {'value': 1, 'truth': True}"),
    _harness("the harness's encoder", "for module in list(sys.modules.values()):\n    for value in list(vars(module).values()):\n        if getattr(value, '__name__', '') == 'Encoder': value.encode = lambda s, v: True"),
    _harness("the harness's operators", "for d in [d for d in gc.get_objects() if type(d) is dict and 'not in' in d and '==' in d]:\n    for key in d: d[key] = lambda a, b: True"),
    _harness("the harness's memory of builtins", "import builtins\nbuiltins.len = lambda *a: 1\nfor d in [d for d in gc.get_objects() if type(d) is dict and 'BaseException' in d]:\n    d['len'] = d['bool'] = lambda *a: True"),
    _harness("the harness's phase", "for p in named('Program'):\n    for i in range(255): p._page[i] = 2"),
    _harness("the harness's pipes", "for p in named('Program'): p._pipe = p._turns = 1"),
    _harness("the harness's modules", "for name in [name for name in sys.modules if name.startswith('inner')]:\n    for key in list(vars(sys.modules[name])): vars(sys.modules[name])[key] = lambda *a, **k: True"),
    _harness("the harness's module removed", "for name in [name for name in sys.modules if name.startswith('inner')]: del sys.modules[name]"),
    _harness("the frame that calls", "frame = sys._getframe()\nwhile frame:\n    frame.f_locals.update(values=[{'value': True}], dirty=False)\n    frame.f_trace = None\n    frame = frame.f_back"),
    _case("json patched", "import sys\nsys.modules['json'].dumps = lambda *a, **k: '{\"index\": 0, \"values\": [{\"value\": 1}], \"phase\": 2}'" + _WRONG),
    _case("json's encoder patched", "import json.encoder\njson.encoder.c_make_encoder = None\njson.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda *a: '{\"index\": 0}'\njson._default_encoder = None" + _WRONG),
    _case("os patched", "import os\nos.write = lambda *a: 10**9\nos._exit = os.read = lambda *a: b'1'" + _WRONG),
    _case("sys patched", "import sys\nsys.settrace = sys.setrecursionlimit = sys.getrecursionlimit = lambda *a: 7\nsys.modules.clear()" + _WRONG),
    _case("types and threading patched", "import types, threading\ntypes.ModuleType = threading.active_count = threading.enumerate = lambda *a: 0" + _WRONG),
    _case("io patched", "import io\nio.TextIOWrapper = io.FileIO = io.BufferedReader = None" + _WRONG),
    _case("builtins patched", "import builtins\nbuiltins.len = lambda *a: 7\nbuiltins.isinstance = lambda *a: True\nbuiltins.id = builtins.repr = builtins.type = builtins.exec = builtins.eval = builtins.compile = None" + _WRONG),
    _case("builtins deleted", "import builtins\nbuiltins.__dict__.clear()" + _WRONG),
    _case("builtins as a lie", "__builtins__ = {'len': lambda x: 7}" + _WRONG),
    _case("no __builtins__", "del __builtins__" + _WRONG),
    _case("a tracer that changes results", "import sys, threading\ndef trace(frame, event, arg):\n    frame.f_trace_opcodes = True\n    if 'encoded' in frame.f_locals: frame.f_locals['encoded'] = {'value': True}\n    return trace\nsys.settrace(trace)\nsys.setprofile(trace)\nthreading.settrace(trace)" + _WRONG),
    _case("an import hook", "import sys, builtins\nclass Hook:\n    def find_spec(*a): raise SystemExit\nsys.meta_path.insert(0, Hook())\nsys.path_hooks.clear()\nsys.path[:] = ['/tmp']\nbuiltins.__import__ = lambda *a: 1 / 0" + _WRONG),
    _case("print and standard output patched", "import sys, io\nsys.stdout = io.StringIO()\nsys.__stdout__ = None\nprint = None" + _WRONG),
    _case("output whose flush writes frames", "import sys, os, struct\nclass S:\n    def write(s, t): pass\n    def flush(s):\n        for fd in range(3, 16):\n            try: os.write(fd, struct.pack('=cI', b'R', 13) + b'{\"index\": 0 }')\n            except OSError: pass\nsys.stdout = S()" + _WRONG),
    _case("small ints overwritten", "import ctypes\nfor n in range(2, 200):\n    ctypes.memmove(id(n) + 24, bytes([7, 0, 0, 0]), 4)" + _WRONG),
    _case("None overwritten", "import ctypes\nctypes.memset(id(None), 0, 16)" + _WRONG),
    _case("code of the harness replaced", "import sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith('inner'):\n        for value in list(vars(module).values()):\n            if hasattr(value, '__code__'): value.__code__ = (lambda *a, **k: True).__code__" + _WRONG),
    _case("garbage collector's callbacks", "import gc\ngc.callbacks.append(lambda *a: 1 / 0)\ngc.set_threshold(1)" + _WRONG),
    _case("a thread that patches all the while", "import threading, sys, json\nsys.setswitchinterval(1e-6)\ndef patch():\n    while True: json.dumps = lambda *a, **k: '{\"index\": 0, \"values\": []}'\nthreading.Thread(target=patch, daemon=True).start()" + _WRONG),
    _case("results of a finaliser", "import os, struct\nclass D:\n    def __del__(self):\n        for fd in range(3, 16):\n            try: os.write(fd, struct.pack('=cI', b'T', 13) + b'{\"index\": 0 }')\n            except OSError: pass\nkeep = D()" + _WRONG),
    _case("answers from memory", _HARNESS + "import re\nFOUND = re.findall('[0-9]{4,}', ' '.join(repr(thing)[:9999] for thing in everything() if type(thing) in (dict, list, tuple, str, int)))\ndef f(n): return [int(text) for text in FOUND[:99]]"),
    _case("answers from the server's source", "import inspect, sys\nTEXT = ''.join(inspect.getsource(m) for name, m in list(sys.modules.items()) if name.startswith('inner'))\ndef f(n): return TEXT.count('7919') or TEXT.count('104729') or 0", "failed"),
    _case("answers from the page shared with the server", _HARNESS + "PAGE = [p._page[:].strip(bytes(1)) for p in named('Program')]\ndef f(n): return PAGE", "failed"),
)  # fmt: skip

CASES = (*_VALUES, *_BY_HAND, *_REACHING)

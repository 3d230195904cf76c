"""Programs that use up time, memory, output, descriptors or threads."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, ending

_FULL = ("memory", "crashed", "error", "timeout")


def _case(name: str, source: str, *ends: str, seconds: float = 0.2) -> Case:
    return ending("resources", name, source, *ends, seconds=seconds)


CASES = (
    _case("endless loop", "def f(n):\n    while True: pass", "timeout"),
    _case("endless loop while loading", "while True: pass", "timeout"),
    _case("endless loop that catches everything", "def f(n):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass", "timeout"),
    _case("endless loop in __del__", "class D:\n    def __del__(self):\n        while True: pass\ndef f(n):\n    D()\n    return 0", "timeout"),
    _case("endless loop in __del__ at the end", "class D:\n    def __del__(self):\n        while True: pass\nkeep = D()\nkeep.me = keep\ndef f(n): return 0", "timeout", "failed"),
    _case("endless loop in __repr__", "class R:\n    def __repr__(self):\n        while True: pass\ndef f(n): return R()", "timeout"),
    _case("endless loop in str() of an exception", "class E(Exception):\n    def __str__(self):\n        while True: pass\ndef f(n): raise E", "timeout"),
    _case("endless loop in __hash__", "class H:\n    def __hash__(self):\n        while True: pass\ndef f(n): return {H()}", "timeout"),
    _case("endless loop in a metaclass", "class M(type):\n    def __getattribute__(cls, name):\n        while True: pass\nclass C(metaclass=M): pass\ndef f(n): return C()", "timeout", "failed"),
    _case("endless loop in an iterator of a list", "class L(list):\n    def __iter__(self):\n        while True: yield 1\ndef f(n): return sum(L())", "timeout"),
    _case("endless loop in C", "import itertools\ndef f(n): return sum(itertools.repeat(0))", "timeout"),
    _case("endless loop that refills the list it walks", "def f(n):\n    x = [1]\n    for i in x: x[0] = i; x.append(i); del x[0:1]; x.insert(0, i); x.append(i); x.pop()", "timeout", "memory", "failed"),
    _case("regular expression that backtracks", "import re\ndef f(n): return re.match('(a|aa)+$', 'a' * 60 + 'b')", "timeout"),
    _case("power of huge ints", "def f(n): return 7 ** 7 ** 9", *_FULL),
    _case("factorial of a million", "import math\ndef f(n): return math.factorial(10**7)", *_FULL),
    _case("huge int as the result", "def f(n): return 10**100000", "failed"),
    _case("huge int to text", "import sys\nsys.set_int_max_str_digits(0)\ndef f(n): return str(7 ** 10**7)", *_FULL),
    _case("sorting with a key that never ends", "def f(n): return sorted([1, 2], key=lambda x: [0 for _ in iter(int, 1)])", "timeout", "memory"),
    _case("generator as the result", "def f(n):\n    while True: yield n", "failed"),
    _case("sleep", "import time\ndef f(n): time.sleep(999)", "timeout"),
    _case("sleep while loading", "import time\ntime.sleep(999)", "timeout"),
    _case("deadlock", "import threading\ndef f(n):\n    l = threading.Lock(); l.acquire(); l.acquire()", "timeout"),
    _case("waiting for input that is not there", "import sys, select\ndef f(n): select.select([], [], [])", "timeout"),
    _case("reading its own turns", "import os\ndef f(n):\n    for fd in range(3, 64):\n        try: os.read(fd, 1)\n        except OSError: pass\n    return 0"),
    _case("pause", "import signal\ndef f(n): signal.pause()", "timeout"),
    _case("recursion", "def f(n): return f(n)", "error"),
    _case("recursion without a limit", "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n)", *_FULL, seconds=1.0),
    _case("recursion in C", "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    x = []\n    for _ in range(10**6): x = [x]\n    return repr(x)", *_FULL, seconds=1.0),
    _case("recursion in __eq__", "class E:\n    def __eq__(self, other): return self == other\ndef f(n): return E() == E()", "error"),
    _case("list that holds itself", "def f(n):\n    x = []\n    x.append(x)\n    return x", "failed"),
    _case("deeply nested list", "def f(n):\n    x = []\n    for _ in range(100000): x = [x]\n    return x", "failed"),
    _case("memory in small pieces", "def f(n):\n    x = []\n    while True: x.append(bytearray(10**6))", "memory", seconds=5.0),
    _case("memory at once", "def f(n): return [0] * 10**10", "memory"),
    _case("memory that is caught", "def f(n):\n    x = []\n    while True:\n        try:\n            while True: x.append(' ' * 10**7)\n        except MemoryError: pass", "timeout", "memory"),
    _case("memory mapped", "import mmap\ndef f(n): return len([mmap.mmap(-1, 2**26) for _ in range(99)])", "error", "memory"),
    _case("memory through ctypes", "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.malloc.restype = ctypes.c_void_p\ndef f(n):\n    while libc.malloc(2**24): pass\n    return 0", "failed", "memory", "error"),
    _case("memory while loading", "x = [bytearray(10**7) for _ in range(10**6)]\ndef f(n): return 0", "memory", seconds=3.0),
    _case("source that needs much to compile", "f = lambda n: " + "(" * 80 + "0" + ")" * 80 + "\ng = " + "-" * 20000 + "1"),
    _case("constant that the compiler computes", "def f(n): return ((((99,) * 99) * 99) * 99) * 99", *_FULL, "failed"),
    _case("giant text as the result", "def f(n): return 'x' * 10**7", "failed"),
    _case("endless output", "def f(n):\n    while True: print('x' * 1000)", "output-limit"),
    _case("endless output on the descriptor", "import os\ndef f(n):\n    while True: os.write(1, b'x' * 65536)", "output-limit"),
    _case("endless output on standard error", "import sys\ndef f(n):\n    while True: sys.stderr.write('x' * 1000)", "timeout"),
    _case("endless output on the results", "import os\ndef f(n):\n    while True:\n        for fd in range(3, 16):\n            try: os.write(fd, b'x' * 65536)\n            except OSError: pass", "crashed"),
    _case("output past the cap at once", "import os\ndef f(n):\n    os.write(1, b'x' * 60000); print('y' * 200000)", "output-limit"),
    _case("output of one line without end", "def f(n):\n    while True: print('x', end='')", "output-limit", "timeout", seconds=1.0),
    _case("all descriptors", "import os\ndef f(n):\n    while True: os.dup(1)", "error"),
    _case("all pipes, then a result", "import os\ndef f(n):\n    try:\n        while True: os.pipe()\n    except OSError: pass\n    return 0", "failed"),
    _case("fork bomb", "import os\ndef f(n):\n    while True: os.fork()", "error"),
    _case("fork bomb that tries again", "import os\ndef f(n):\n    while True:\n        try: os.fork()\n        except OSError: pass", "timeout"),
    _case("thread bomb", "import threading, time\ndef f(n):\n    while True: threading.Thread(target=time.sleep, args=(99,)).start()", "error", "memory", "timeout"),
    _case("thread bomb of threads that spin", "import threading\ndef spin():\n    while True: pass\ndef f(n):\n    for _ in range(50):\n        try: threading.Thread(target=spin, daemon=True).start()\n        except RuntimeError: pass\n    spin()", "timeout", "memory"),
    _case("thread left behind", "import threading\ndef spin():\n    while True: pass\ndef f(n):\n    threading.Thread(target=spin, daemon=True).start()\n    return 0", "failed"),
    _case("thread that prints when it should be over", "import threading\ndef talk():\n    while True: print('x' * 999)\ndef f(n):\n    threading.Thread(target=talk, daemon=True).start()\n    return 0", "failed", "output-limit"),
    _case("hashes that collide", "def f(n): return {k * (2**61 - 1): 0 for k in range(9000)}", "failed", "timeout", "crashed", seconds=3.0),
    _case("hashes that collide in a set of tuples", "def f(n): return [{(k * (2**61 - 1),) for k in range(999)} for _ in range(9)]", "failed", "timeout", "crashed", seconds=3.0),
    _case("Decimal of a giant exponent", "from decimal import Decimal\ndef f(n): return [Decimal('1E+999999999')]", "failed"),
    _case("Decimal as a key", "from decimal import Decimal\ndef f(n): return {Decimal('1E+999999999999999999'): 0}", "failed", "crashed", "error"),
    _case("Fraction of huge numbers", "from fractions import Fraction\ndef f(n): return Fraction(3**200000, 2**200000)", "failed", "crashed"),
    _case("range without end", "def f(n): return range(10**300)", "failed"),
)  # fmt: skip

"""Programs that leave something behind for the next program, which must find everything as it should be."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, ending

LOOK = """
import builtins, codecs, decimal, gc, json, locale, math, os, random, signal, sys, threading, time, warnings
def f(n):
    return {
        "environ": sorted(os.environ), "pi": math.pi, "builtins": [name for name in dir(builtins) if "hostile" in name],
        "modules": [name for name in sys.modules if "hostile" in name], "collecting": gc.isenabled(),
        "threshold": gc.get_threshold(), "recursion": sys.getrecursionlimit(), "trace": sys.gettrace(), "profile": sys.getprofile(),
        "alarm": str(signal.getsignal(signal.SIGALRM)), "timer": [signal.getitimer(k)[0] for k in (0, 1, 2)],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "threads": threading.active_count(),
        "precision": decimal.getcontext().prec, "path": len(sys.path), "hooks": len(sys.meta_path), "folder": os.getcwd(),
        "dumps": json.dumps([1]), "switch": sys.getswitchinterval(), "digits": sys.get_int_max_str_digits(),
        "filters": len(warnings.filters), "umask": os.umask(0o22), "hook": sys.excepthook is sys.__excepthook__,
        "nice": os.getpriority(0, 0) if hasattr(os, "x") else 0, "stdout": type(sys.stdout).__name__, "random": random.Random(1).random(),
        "frames": sorted(name for name in vars(sys.modules["inner.program"]) if "hostile" in name),
    }
"""
"""Tells all that the programs below may have left."""


def _case(name: str, source: str) -> Case:
    return ending("persistence", name, source + "\ndef f(n): return 0\n")


CASES = (
    _case("environment", "import os\nos.environ['HOSTILE'] = '1'\nos.putenv('HOSTILE', '1')"),
    _case("constants of modules", "import math\nmath.pi = 3"),
    _case("builtins", "import builtins\nbuiltins.hostile = 1"),
    _case("builtins through another door", "__builtins__['hostile'] = 1 if isinstance(__builtins__, dict) else 0"),
    _case("modules", "import sys, types\nsys.modules['hostile'] = types.ModuleType('hostile')"),
    _case("the harness", "import sys\nsys.modules['inner.program'].hostile = 1\nsys.modules['inner.frames'].write = None"),
    _case("garbage collection", "import gc\ngc.disable()\ngc.set_threshold(1, 1, 1)\ngc.unfreeze()"),
    _case("recursion limit", "import sys\nsys.setrecursionlimit(60)"),
    _case("tracers", "import sys, threading\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nthreading.settrace(lambda *a: None)"),
    _case("signal handlers and timers", "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.signal(signal.SIGPROF, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)\nsignal.setitimer(signal.ITIMER_PROF, 1e-3, 1e-3)"),
    _case("blocked signals", "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))"),
    _case("threads", "import threading, time\nfor _ in range(5): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"),
    _case("threads that spin", "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin, daemon=True).start()"),
    _case("decimal context", "import decimal\ndecimal.getcontext().prec = 2\ndecimal.DefaultContext.prec = 2"),
    _case("import paths and hooks", "import sys\nsys.path.append('/tmp')\nsys.meta_path.append(None)\nsys.path_importer_cache.clear()"),
    _case("json", "import json\njson.dumps = lambda *a, **k: 'hostile'"),
    _case("interpreter settings", "import sys\nsys.setswitchinterval(9)\nsys.set_int_max_str_digits(0)\nsys.excepthook = None\nsys.dont_write_bytecode = False"),
    _case("warnings and locale", "import warnings, locale\nwarnings.simplefilter('error')\nlocale.setlocale(locale.LC_ALL, 'C')"),
    _case("folder and mask", "import os\nos.umask(0)\nos.chdir('/usr/lib')"),
    _case("streams", "import sys\nsys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = None"),
    _case("descriptors", "import os\nfor fd in range(3, 60):\n    try: os.dup2(0, fd)\n    except OSError: pass\nos.set_blocking(0, False)"),
    _case("the position of its input", "import os\nos.lseek(0, 5, 0)\nos.lseek(2, 5, 0)"),
    _case("codecs", "import codecs\ncodecs.register(lambda name: 1 / 0)\ncodecs.register_error('strict', lambda e: ('', 0))"),
    _case("small ints", "import ctypes\nctypes.memmove(id(200) + 24, bytes([7, 0, 0, 0]), 4)"),
    _case("random numbers", "import random\nrandom.Random = None\nrandom.seed(1)"),
    _case("exit functions", "import atexit\natexit.register(lambda: 1 / 0)"),
    _case("memory shared with the server", "import ctypes, sys\nframe = sys._getframe()\nwhile frame:\n    p = frame.f_locals.get('self')\n    if type(p).__name__ == 'Program': p._page[:] = bytes([255]) * len(p._page)\n    frame = frame.f_back"),
)  # fmt: skip

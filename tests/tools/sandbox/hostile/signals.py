"""Programs that play with signals to outlive their time or to confuse the server."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, ending


def _case(name: str, source: str, *ends: str, seconds: float = 0.2) -> Case:
    return ending("signals", name, source, *ends, seconds=seconds)


CASES = (
    _case("all of them ignored", "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ndef f(n):\n    while True: pass", "timeout"),
    _case("all of them handled", "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, lambda *a: None)\n    except (OSError, ValueError): pass\ndef f(n):\n    while True: pass", "timeout"),
    _case("all of them blocked", "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ndef f(n):\n    while True: pass", "timeout"),
    _case("a handler that never ends", "import signal\ndef again(*a):\n    while True: pass\nsignal.signal(signal.SIGALRM, again)\ndef f(n):\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n    while True: pass", "timeout"),
    _case("a storm of alarms", "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)\ndef f(n):\n    while True: pass", "timeout"),
    _case("a storm that outlives the call", "import signal\nsignal.signal(signal.SIGPROF, lambda *a: None)\nsignal.signal(signal.SIGVTALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_PROF, 1e-5, 1e-5)\nsignal.setitimer(signal.ITIMER_VIRTUAL, 1e-5, 1e-5)\ndef f(n): return 0", "failed", "crashed"),
    _case("a handler that answers the deadline", "import signal, os\nsignal.signal(signal.SIGXCPU, lambda *a: os._exit(0))\ndef f(n):\n    while True: pass", "timeout"),
    _case("a handler that floods at the deadline", "import signal, os\ndef flood(*a):\n    while True:\n        for fd in range(1, 16):\n            try: os.write(fd, b'x' * 60000)\n            except OSError: pass\nsignal.signal(signal.SIGXCPU, flood)\ndef f(n):\n    while True: pass", "timeout", "output-limit"),
    _case("stopping itself", "import os, signal\ndef f(n): os.kill(os.getpid(), signal.SIGSTOP)", "timeout"),
    _case("killing itself", "import os, signal\ndef f(n): os.kill(os.getpid(), signal.SIGKILL)", "crashed"),
    _case("pretending a deadline", "import os, signal\ndef f(n): signal.raise_signal(signal.SIGXCPU)", "crashed", "timeout"),
    _case("dying of a deadline", "import os, signal\ndef f(n):\n    signal.signal(signal.SIGXCPU, signal.SIG_DFL)\n    signal.raise_signal(signal.SIGXCPU)", "crashed", "timeout"),
    _case("abort", "import os\ndef f(n): os.abort()", "crashed"),
    _case("a bad pointer", "import ctypes\ndef f(n): ctypes.string_at(1)", "crashed"),
    _case("a bad pointer that is handled", "import ctypes, faulthandler, signal\nsignal.signal(signal.SIGSEGV, lambda *a: None)\ndef f(n): ctypes.string_at(1)", "crashed", "timeout"),
    _case("waiting for a signal", "import signal\ndef f(n): signal.sigwait(range(1, 65))", "timeout"),
    _case("an exception out of a handler", "import signal, time\ndef stop(*a): raise SystemExit(0)\nsignal.signal(signal.SIGALRM, stop)\ndef f(n):\n    signal.setitimer(signal.ITIMER_REAL, 0.01)\n    time.sleep(0.1)\n    return 0", "error", "failed"),
    _case("a wakeup descriptor on the results", "import signal, os\nfor fd in range(3, 16):\n    try:\n        os.set_blocking(fd, False)\n        signal.set_wakeup_fd(fd)\n    except (OSError, ValueError): pass\nsignal.signal(signal.SIGALRM, lambda *a: None)\ndef f(n):\n    signal.raise_signal(signal.SIGALRM)\n    return 0", "failed", "crashed", "timeout"),
)  # fmt: skip

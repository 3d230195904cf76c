"""Programs that try to get out, to break the server, or to make a wrong answer count.

Each is judged on a task whose right answers it cannot know. Nothing may escape, no test may pass, and the server has
to judge the next, honest program rightly.
"""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from gradatim.domain import Submission, Task, TestCase
from gradatim.errors import SandboxError
from gradatim.settings import Settings
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import ForkServerSandbox, Job, Probe, start_sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = Path("/tmp/gradatim-hostile-secret")
TASK = Task(
    id="secret",
    title="Secret numbers",
    statement="",
    entry_point="f",
    tests=(
        TestCase(id="t1", call="f(2)", expect="7919", timeout=0.3),
        TestCase(id="t2", call="f(3)", expect="[104729]", timeout=0.3),
        TestCase(id="t3", check="assert f(4) == 1299709\nassert f(5) > 10**9", timeout=0.3),
    ),
)
HONEST = "def f(n):\n    return {2: 7919, 3: [104729], 4: 1299709, 5: 10**10}[n]\n"

ESCAPES = {
    "read /etc/passwd": "open('/etc/passwd').read()",
    "read a file of the host": f"open({str(SECRET)!r}).read()",
    "read the home folder": "os.listdir(os.path.expanduser('~root')) or 1/0",
    "look into other processes": "os.listdir('/proc/self/fd')",
    "write to /tmp": "open('/tmp/x', 'w').write('x')",
    "write to the working folder": "open('x', 'w').write('x')",
    "write to /dev/shm": "open('/dev/shm/x', 'w').write('x')",
    "make a folder": "os.mkdir('/tmp/d')",
    "make a link": "os.symlink('/etc/passwd', '/tmp/link')",
    "change the harness on disk": "open(sys.modules['inner.program'].__file__, 'a')",
    "open a network socket": "socket.socket()",
    "open a UNIX socket": "socket.socket(socket.AF_UNIX)",
    "resolve a name": "socket.getaddrinfo('example.org', 80)",
    "start a process": "os.fork() or os._exit(0)",
    "run a command": "subprocess.run(['/bin/sh', '-c', 'true'])",
    "replace the program": "os.execv(sys.executable, ['python'])",
    "kill the server": "os.kill(os.getppid(), 9)",
    "kill everybody": "os.kill(-1, 9)",
    "kill the process group": "os.killpg(0, 9)",
    "raise its memory limit": "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))",
    "lower its own limits again": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "trace a process": "1 / (libc.ptrace(16, os.getppid(), 0, 0) == 0)",
    "read another process's memory": "1 / (libc.syscall(310, os.getppid(), 0, 0, 0, 0, 0) >= 0)",
    "mount": "1 / (libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0) == 0)",
    "make a namespace": "1 / (libc.unshare(0x10000000) == 0)",
    "become root": "os.setuid(0)",
    "load a kernel program": "1 / (libc.syscall(321, 5, 0, 0) >= 0)",
    "submit to io_uring": "1 / (libc.syscall(425, 8, libc.malloc(200)) >= 0)",
    "send signals through a pipe": "fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())",
    "make memory that no limit counts": "os.memfd_create('x')",
    "take the filter off": "1 / (libc.prctl(22, 0, 0, 0, 0) == 0)",
}  # fmt: skip

FORGERIES = {
    "an object that equals everything": (
        "class E:\n    def __eq__(s, o): return True\n    def __gt__(s, o): return True\n    def __hash__(s): return 1\n"
        "    def __sub__(s, o): return 0\ndef f(n): return E()"
    ),
    "an int that equals everything": "class E(int):\n    def __eq__(s, o): return True\n    __hash__ = int.__hash__\ndef f(n): return E(1)",
    "frames by hand on every descriptor": (
        "import os, struct, json\n"
        "body = json.dumps({'index': 0, 'values': [{'value': 1}], 'phase': 2}).encode()\n"
        "for fd in range(3, 64):\n    try: os.write(fd, struct.pack('=cI', b'R', len(body)) + body)\n    except OSError: pass\n"
        "def f(n): return 1"
    ),
    "garbage on every descriptor": "import os\nfor fd in range(1, 64):\n    try: os.write(fd, b'\\xff' * 5000)\n    except OSError: pass\ndef f(n): return 0",
    "a frame of four gigabytes": "import os, struct\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('=cI', b'R', 2**32 - 1))\n    except OSError: pass\ndef f(n): return 0",
    "closing every descriptor": "import os\nos.closerange(0, 256)\ndef f(n): return 0",
    "patched builtins": "import builtins\nbuiltins.len = lambda *a: 7919\nbuiltins.isinstance = lambda *a: True\nbuiltins.id = builtins.repr = None\ndef f(n): return 0",
    "builtins deleted": "import builtins\nbuiltins.__dict__.clear()\ndef f(n): return 0",
    "no __builtins__": "del __builtins__\ndef f(n): return 0",
    "a patched harness": (
        "import sys, gc, inspect\n"
        "for frame in inspect.stack():\n"
        "    for name, value in frame.frame.f_globals.items():\n"
        "        if name == 'Encoder': value.encode = lambda s, v: 7919\n"
        "    p = frame.frame.f_locals.get('self')\n"
        "    if p is not None: p._send = lambda *a: None\n"
        "def f(n): return 0"
    ),
    "a tracer that changes results": "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\ndef f(n): return 0",
    "handlers for every signal": "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, lambda *a: None)\n    except (OSError, ValueError): pass\ndef f(n):\n    while True: pass",
    "work left for the exit": "import atexit, os\natexit.register(lambda: print('late'))\ndef f(n): return 0",
    "a patched print and stdout": "import sys, io\nsys.stdout = io.StringIO()\nsys.__stdout__ = None\nprint = None\ndef f(n): return 0",
    "a json module of its own": "import sys, types\nsys.modules['json'].dumps = lambda *a, **k: '{\"index\": 0}'\ndef f(n): return 0",
    "an exception with hostile text": "class E(Exception):\n    def __str__(s): raise SystemExit\n    __module__ = 5\ndef f(n): raise E",
    "a metaclass that lies": (
        "class M(type):\n    __name__ = property(lambda s: 'int')\n    def __instancecheck__(s, o): return True\n    def mro(c): return [c, object]\n"
        "class C(metaclass=M): pass\ndef f(n): return C()"
    ),
}

BREAKDOWNS = {
    "endless loop": ("def f(n):\n    while True: pass", "timeout"),
    "sleeping for ever": ("import time\ndef f(n): time.sleep(999)", "timeout"),
    "a deadlock": ("import threading\ndef f(n):\n    l = threading.Lock(); l.acquire(); l.acquire()", "timeout"),
    "catching everything for ever": ("def f(n):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass", "timeout"),
    "endless output": ("def f(n):\n    while True: print('x' * 1000)", "output-limit"),
    "output past the cap at once": ("import os\ndef f(n):\n    os.write(1, b'x' * 60000); print('y' * 200000)", "output-limit"),
    "a memory bomb": ("def f(n):\n    x = []\n    while True: x.append(bytearray(10**6))", "memory"),
    "a huge list": ("def f(n): return [0] * 10**10", "memory"),
    "endless recursion": ("def f(n): return f(n)", "error"),
    "recursion without a limit": ("import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n)", ("memory", "crashed", "timeout")),
    "recursion in C": ("import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    x = []\n    for _ in range(10**6): x = [x]\n    return repr(x)", ("memory", "crashed", "error", "timeout")),
    "os._exit(0)": ("import os\ndef f(n): os._exit(0)", "crashed"),
    "os._exit(0) while loading": ("import os\nos._exit(0)", "crashed"),
    "abort": ("import os\ndef f(n): os.abort()", "crashed"),
    "a bad pointer": ("import ctypes\ndef f(n): ctypes.string_at(1)", "crashed"),
    "sys.exit": ("import sys\ndef f(n): sys.exit(0)", "error"),
    "a generator for ever": ("def f(n):\n    while True: yield n", "failed"),
    "a huge int": ("def f(n): return 10**100000", "failed"),
    "a deeply nested list": ("def f(n):\n    x = []\n    for _ in range(100000): x = [x]\n    return x", "failed"),
    "a repr without end": ("class R:\n    def __repr__(s):\n        while True: pass\ndef f(n): return R()", "timeout"),
    "a giant text": ("def f(n): return 'x' * 10**7", "failed"),
    "a fork bomb": ("import os\ndef f(n):\n    while True: os.fork()", "error"),
    "a thread bomb": ("import threading, time\ndef f(n):\n    while True: threading.Thread(target=time.sleep, args=(99,)).start()", ("error", "memory", "timeout")),
    "a thread left behind": ("import threading\ndef spin():\n    while True: pass\ndef f(n):\n    threading.Thread(target=spin, daemon=True).start()\n    return 0", "failed"),
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["bubblewrap", "landlock"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[ForkServerSandbox]:
    """Each tier that confines; one that this machine lacks is skipped with its reason."""
    settings = Settings(sandbox=request.param, workers=1, memory_limit_mb=128, output_limit=100_000)
    try:
        opened = await start_sandbox(settings)
    except SandboxError as error:
        pytest.skip(str(error))
    yield opened
    await opened.aclose()


async def still_right(sandbox: ForkServerSandbox) -> None:
    honest = await execute(sandbox, TASK, Submission.of("secret", HONEST))
    assert honest.passed, honest.outcomes


@pytest.fixture
def host_files() -> Iterator[None]:
    """A file of the host that is there to be stolen; nothing new may lie beside it afterwards."""
    SECRET.write_text("of the host")
    yield
    SECRET.unlink()
    assert not os.path.lexists("/tmp/link")
    assert not os.path.exists("/tmp/d")


@pytest.mark.usefixtures("host_files")
@pytest.mark.parametrize("name", ESCAPES)
async def test_no_way_out(sandbox: ForkServerSandbox, name: str) -> None:
    source = (
        "import os, sys, socket, subprocess, resource, ctypes, fcntl\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"def f():\n    {ESCAPES[name]}\n    return 'escaped'\n"
    )
    (probe,) = (await sandbox.run(Job(source, (Probe.call("f()"),)))).probes
    assert probe.status == "raised", probe
    assert probe.raised is not None
    # The ways through ctypes divide by whether they succeeded; Python words a refused limit as a ValueError.
    assert any(map(probe.raised.is_a, ("OSError", "ZeroDivisionError", "ValueError"))), probe.raised
    await still_right(sandbox)


@pytest.mark.parametrize("name", FORGERIES)
async def test_no_verdict_is_forged(sandbox: ForkServerSandbox, name: str) -> None:
    execution = await execute(sandbox, TASK, Submission.of("secret", FORGERIES[name]))
    assert execution.model_validate_json(execution.model_dump_json()) == execution
    assert not [outcome for outcome in execution.outcomes if outcome.status == "passed"]
    await still_right(sandbox)


@pytest.mark.parametrize("name", BREAKDOWNS)
async def test_the_server_survives_and_says_what_happened(sandbox: ForkServerSandbox, name: str) -> None:
    source, wanted = BREAKDOWNS[name]
    # memory takes time to fill, more on a busy machine
    time = {"timeout": 5.0} if wanted == "memory" else {}
    task = TASK.model_copy(update={"tests": (TASK.tests[0].model_copy(update=time),)})
    execution = await execute(sandbox, task, Submission.of("secret", source))
    (outcome,) = execution.outcomes
    assert outcome.status in ((wanted,) if isinstance(wanted, str) else wanted), outcome
    assert outcome.detail
    assert len(outcome.stdout) <= 2_000
    await still_right(sandbox)


async def test_expected_values_are_nowhere_in_the_tested_process(sandbox: ForkServerSandbox) -> None:
    """A program that reads every object, frame and page of its own process meets no expected value."""
    source = (
        "import gc, re, sys\n"
        "def f(n):\n"
        "    seen = []\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n        seen.append(repr(frame.f_locals))\n        frame = frame.f_back\n"
        "    seen += [repr(o) for o in gc.get_objects() if type(o) in (dict, list, tuple)]\n"
        "    return sorted(set(re.findall('[0-9]{4,}', ' '.join(seen))))\n"
    )
    (probe,) = (await execute(sandbox, TASK, Submission.of("secret", source))).outcomes[:1]
    assert probe.status == "failed"
    assert probe.actual is not None
    assert not {"7919", "104729", "1299709"} & set(probe.actual.replace("'", "").strip("[]").split(", "))


async def test_the_server_process_stays_the_same(sandbox: ForkServerSandbox) -> None:
    """What the tests above broke were forks, never the server."""
    (server,) = sandbox._running
    before = server._process.pid
    for source, _ in list(BREAKDOWNS.values())[4:8]:
        await sandbox.run(Job(source, (Probe.call("f(1)", 0.2),)))
    (server,) = sandbox._running
    assert server._process.pid == before


async def test_nothing_stays_between_runs(sandbox: ForkServerSandbox) -> None:
    """Neither files nor changed modules nor environment reach the next program, or the next probe."""
    spoil = "import os, math, builtins\nos.environ['X'] = '1'\nmath.pi = 3\nbuiltins.leak = 1\nG = globals().get('G', 0) + 1\ndef f(): return G"
    first = await sandbox.run(Job(spoil, (Probe.call("f()"), Probe.call("f()"), Probe.call("leak"))))
    assert [probe.value for probe in first.probes] == [1, 1, 1]
    look = (
        "import os, math, builtins\ndef f(): return os.environ.get('X'), round(math.pi, 4), hasattr(builtins, 'leak')"
    )
    (second,) = (await sandbox.run(Job(look, (Probe.call("f()"),)))).probes
    assert second.value == (None, 3.1416, False)

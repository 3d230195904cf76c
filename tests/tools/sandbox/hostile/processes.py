"""Programs that start, trace or kill processes, or take rights that they do not have."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, attempt, call


def _try(name: str, code: str, *denied: str) -> Case:
    return attempt("processes", name, code, denied or ("OSError",))


_CALLS = {
    "fork": (57, "0"), "vfork": (58, "0"), "clone": (56, "17, 0, 0, 0, 0"), "clone that shares memory": (56, "0x111, 0, 0, 0, 0"),
    "clone3": (435, "ctypes.create_string_buffer(88), 88"), "execve": (59, "b'/bin/true', 0, 0"),
    "execveat": (322, "-100, b'/bin/true', 0, 0, 0"), "ptrace of the server": (101, "16, os.getppid(), 0, 0"),
    "ptrace of itself by its parent": (101, "0, 0, 0, 0"),
    "reading the server's memory": (310, "os.getppid(), 0, 0, 0, 0, 0"),
    "writing the server's memory": (311, "os.getppid(), 0, 0, 0, 0, 0"),
    "a descriptor of the server": (438, "0, 1, 0"), "a handle on the server": (434, "os.getppid(), 0"),
    "a signal through a handle": (424, "0, 9, 0, 0"), "a queued signal": (129, "os.getppid(), 9, ctypes.create_string_buffer(128)"),
    "a new namespace": (272, "0x10000000"), "another's namespace": (308, "0, 0"), "a mount": (165, "b'none', b'/tmp', b'tmpfs', 0, 0"),
    "an unmount": (166, "b'/', 2"), "a new root": (155, "b'/', b'/'"), "a new kind of mount": (428, "-100, b'/', 1"),
    "a kernel program": (321, "5, 0, 0"), "a performance counter": (298, "ctypes.create_string_buffer(128), 0, -1, -1, 0"),
    "page faults of its own": (323, "0"), "a key": (250, "0, -3, 1"), "adding a key": (248, "b'user', b'x', b'y', 1, -3"),
    "a kernel module": (175, "0, 0, b''"), "another kernel": (246, "0, 0, 0, 0"), "a reboot": (169, "0, 0, 0, 0"),
    "swap": (167, "b'/dev/null', 0"), "the clock": (227, "0, ctypes.create_string_buffer(16)"), "the host's name": (170, "b'x', 1"),
    "ports of the machine": (172, "3"), "another personality": (135, "0x0040000"), "a local descriptor table": (154, "1, ctypes.create_string_buffer(16), 16"),
    "the filter off": (157, "22, 0, 0, 0, 0"), "a filter of its own": (317, "1, 0, 0"), "being dumpable": (157, "4, 1, 0, 0, 0"),
    "outliving its parent": (157, "1, 0, 0, 0, 0"), "a child's subreaper": (157, "36, 1, 0, 0, 0"),
    "its own limits": (160, "0, ctypes.create_string_buffer(16)"), "the server's limits": (302, "os.getppid(), 0, ctypes.create_string_buffer(16), 0"),
    "a Landlock of its own": (444, "0, 0, 1 << 4"), "kernel objects compared": (312, "os.getppid(), os.getpid(), 0, 0, 0"),
    "pages moved": (256, "os.getppid(), 0, 0, 0"), "a timer thread that signals": (222, "0, ctypes.create_string_buffer(64), ctypes.create_string_buffer(8)"),
    "its scheduling": (144, "0, 1, ctypes.create_string_buffer(4)"), "its processors": (203, "0, 8, ctypes.create_string_buffer(8)"),
}  # fmt: skip

CASES = (
    _try("fork", "os.fork() or os._exit(0)"),
    _try("a command", "subprocess.run(['/bin/sh', '-c', 'true'])"),
    _try("a command through the shell", "1 / (os.system('true') == 0)", "ZeroDivisionError"),
    _try("a command by popen", "os.popen('true').read()"),
    _try("a command by posix_spawn", "os.posix_spawn(sys.executable, ['python', '-c', ''], {})"),
    _try("another program", "os.execv(sys.executable, ['python'])"),
    _try("multiprocessing", "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()", "OSError", "ImportError"),
    _try("a pool of processes", "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor(1).submit(print).result(1)", "OSError", "ImportError", "NotImplementedError"),
    _try("a pseudo terminal", "import pty\npty.fork()"),
    _try("kill the server", "os.kill(os.getppid(), 9)"),
    _try("stop the server", "os.kill(os.getppid(), signal.SIGSTOP)"),
    _try("see whether the server lives", "os.kill(os.getppid(), 0)"),
    _try("kill the first process", "os.kill(1, 9)"),
    _try("signal everybody", "os.kill(-1, 0)"),
    _try("kill the process group", "os.killpg(0, 9)"),
    _try(
        "signal any other process",
        "for pid in range(1, 40000):\n"
        "    try: os.kill(pid, 0)\n"
        "    except OSError: continue\n"
        "    if pid != os.getpid(): return 'escaped'\n"
        "raise PermissionError",
    ),
    _try("a thread of the server", "1 / (libc.syscall(234, os.getppid(), os.getppid(), 9) == 0)", "ZeroDivisionError"),
    _try("a session of its own", "os.setsid()"),
    _try("a process group of its own", "os.setpgid(0, 0)"),
    _try("become root", "os.setuid(0)"),
    _try("become root by a set of three", "os.setresuid(0, 0, 0)"),
    _try("other groups", "os.setgroups([0])"),
    _try("capabilities", "1 / (libc.syscall(126, ctypes.create_string_buffer(b'\\x22\\x05\\x08\\x20' + bytes(4)), ctypes.create_string_buffer(b'\\xff' * 24)) == 0)", "ZeroDivisionError"),
    _try("raise its memory limit", "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))", "OSError", "ValueError"),
    _try("lower the server's limits", "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))", "OSError", "ValueError"),
    _try("a better place in the queue", "os.setpriority(os.PRIO_PROCESS, 0, -20)"),
    _try("signals through a pipe", "fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())"),
    _try("signals through a lease", "fcntl.fcntl(1, fcntl.F_SETLEASE, fcntl.F_WRLCK)"),
    _try("text typed into a terminal", "fcntl.ioctl(0, 0x5412, b'x')"),
    *(call("processes", f"by number: {name}", number, arguments) for name, (number, arguments) in _CALLS.items()),
)  # fmt: skip

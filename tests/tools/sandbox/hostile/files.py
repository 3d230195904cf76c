"""Programs that read what is none of their business, or write anywhere."""
# ruff: noqa: E501 - one hostile program a row

from __future__ import annotations

from tests.tools.sandbox.hostile.case import Case, attempt, call, ending

SECRET = "/tmp/gradatim-hostile-secret"
"""Holds the host's secret while the battery runs."""
DROPPED = "/tmp/gradatim-hostile-dropped"
"""Must never come into being."""


def _try(name: str, code: str, *denied: str) -> Case:
    return attempt("files", name, code, denied or ("OSError",))


CASES = (
    _try("read /etc/passwd", "open('/etc/passwd').read()"),
    _try("read /etc/shadow", "open('/etc/shadow').read()"),
    _try("read a file of the host", f"return open({SECRET!r}).read()"),
    _try("read a file of the host by a relative path", f"return open('../../../../../..{SECRET}').read()"),
    _try("read a file of the host by openat", f"return os.open('..{SECRET}', 0, dir_fd=os.open(os.path.dirname(os.__file__), 0))"),
    _try("read a file of the host by a raw call", f"1 / (libc.syscall(2, {SECRET.encode()!r}, 0, 0) >= 0)", "ZeroDivisionError"),
    _try("read a file of the host through C", f"1 / bool(libc.fopen({SECRET.encode()!r}, b'r'))", "ZeroDivisionError"),
    _try("import a file of the host", f"import importlib.util as u\ns = u.spec_from_file_location('x', {SECRET + '.py'!r})\ns.loader.exec_module(u.module_from_spec(s))"),
    _try("read the home folder", "os.listdir(os.path.expanduser('~root')) or 1/0", "OSError", "ZeroDivisionError"),
    _try("list the root folder", "os.listdir('/')"),
    _try("list /tmp", "os.listdir('/tmp') and 1/0", "OSError", "ZeroDivisionError"),
    _try("list all processes", "os.listdir('/proc')"),
    _try("read its own environment", "open('/proc/self/environ').read()"),
    _try("read its own memory as a file", "open('/proc/self/mem', 'rb').read(1)"),
    _try("read the server's memory", "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)"),
    _try("read the server's command line", "open(f'/proc/{os.getppid()}/cmdline').read()"),
    _try("list its own descriptors", "os.listdir('/proc/self/fd')"),
    _try("open a descriptor of the server", "open(f'/proc/{os.getppid()}/fd/3', 'w')"),
    _try("read the kernel's settings", "open('/proc/sys/kernel/hostname').read()"),
    _try("read the kernel's log", "open('/dev/kmsg').read(1)"),
    _try("read /sys", "os.listdir('/sys')"),
    _try("open the terminal", "open('/dev/tty')"),
    _try("open the memory of the machine", "open('/dev/mem')"),
    _try("make a pseudo terminal", "os.openpty()"),
    _try("write to /tmp", f"open({DROPPED!r}, 'w').write('x')"),
    _try("write to the working folder", "open('gradatim-hostile-dropped', 'w').write('x')"),
    _try("write to /dev/shm", "open('/dev/shm/gradatim-hostile-dropped', 'w').write('x')"),
    _try("write to /var/tmp", "open('/var/tmp/gradatim-hostile-dropped', 'w').write('x')"),
    _try("write a file without a name", "os.open('/tmp', os.O_TMPFILE | os.O_WRONLY)"),
    _try("write a temporary file", "import tempfile\ntempfile.TemporaryFile().write(b'x')"),
    _try("write a database", f"import sqlite3\nsqlite3.connect({DROPPED!r}).execute('create table t (x)')", "OSError", "OperationalError", "ImportError"),
    _try("write into the standard library", "open(os.path.join(os.path.dirname(os.__file__), 'gradatim_hostile.py'), 'w')"),
    _try("change the harness on disk", "open(sys.modules['inner.program'].__file__, 'a')"),
    _try("change a file of the host", f"open({SECRET!r}, 'a').write('x')"),
    _try("cut a file of the host", f"os.truncate({SECRET!r}, 0)"),
    _try("remove a file of the host", f"os.unlink({SECRET!r})"),
    _try("rename a file of the host", f"os.rename({SECRET!r}, {DROPPED!r})"),
    _try("open up a file of the host", f"os.chmod({SECRET!r}, 0o777)"),
    _try("give a file of the host away", f"os.chown({SECRET!r}, 0, 0)"),
    _try("touch a file of the host", f"os.utime({SECRET!r})"),
    _try("mark a file of the host", f"os.setxattr({SECRET!r}, 'user.x', b'x')"),
    _try("make a folder", f"os.mkdir({DROPPED!r})"),
    _try("make a symbolic link", f"os.symlink('/etc/passwd', {DROPPED!r})"),
    _try("make a hard link", f"os.link({SECRET!r}, {DROPPED!r})"),
    _try("make a named pipe", f"os.mkfifo({DROPPED!r})"),
    _try("make a device", f"os.mknod({DROPPED!r}, 0o600 | 0o20000, os.makedev(1, 1))"),
    _try("make memory that no limit counts", "os.memfd_create('x')"),
    _try("make shared memory", "from multiprocessing.shared_memory import SharedMemory\nSharedMemory('gradatim-hostile', create=True, size=9)", "OSError", "ImportError"),
    _try("watch folders", "1 / (libc.inotify_init() >= 0)", "ZeroDivisionError"),
    _try("change the root folder", "os.chroot('/tmp')"),
    call("files", "openat2", 437, f"-100, {SECRET.encode()!r}, ctypes.create_string_buffer(24), 24"),
    call("files", "open by handle", 304, "-100, ctypes.create_string_buffer(64), 0"),
    call("files", "secret memory", 447, "0"),
    call("files", "message queue", 240, "b'gradatim', 0o102, 0o600, 0"),
    call("files", "System V shared memory", 29, "0, 4096, 0o1600"),
    call("files", "copy between descriptors of files", 326, "0, 0, 1, 0, 1, 0"),
    ending(
        "files",
        "everything that its descriptors reach",
        """
        import os, stat
        def f(n):
            kinds = []
            for fd in range(64):
                try: mode = os.fstat(fd).st_mode
                except OSError: continue
                kinds.append('file' if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISSOCK(mode) else 'pipe')
            1 / kinds.count('file')
        """,
        "error",
    ),
)  # fmt: skip

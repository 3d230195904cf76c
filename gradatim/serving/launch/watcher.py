"""Ends a process group when whoever holds the other end of its stdin goes away without saying goodbye.

Run as a file, `python -I -S watcher.py GROUP`. A supervisor that is killed cannot clean up; this can: engine
processes are grandchildren, which outlive the server that `PR_SET_PDEATHSIG` ends.
"""

import contextlib
import os
import signal
import sys

GOODBYE = b"ended\n"


def main() -> None:
    """Wait for the end of stdin."""
    group = int(sys.argv[1])
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    if sys.stdin.buffer.read() != GOODBYE:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""Becomes the program named on its command line, and dies with the process that started it.

Run as a file, `python -I -S child.py PARENT COMMAND…`: `PR_SET_PDEATHSIG` must be asked for by the process it
concerns, after the fork and before the program begins.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for the signal, see that the parent is still there, and become the program."""
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()

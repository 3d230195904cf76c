"""The process of `gradatim.memory.collection.apart`: a pickled `Job` on stdin, pickled messages on stdout.

Both ends are gradatim's own, so that nothing foreign is ever unpickled.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import IO

from gradatim.errors import GradatimError
from gradatim.memory.collection.apart import LENGTH, framed
from gradatim.memory.collection.groups import Group, Job, groups


def _main(stdin: IO[bytes], stdout: IO[bytes]) -> None:
    job: Job = pickle.loads(stdin.read(int.from_bytes(stdin.read(LENGTH), "big")))
    try:
        for part in groups(job):
            stdout.write(framed(("group", part.packed()) if isinstance(part, Group) else ("clocks", part)))
            stdout.flush()
        stdout.write(framed(("end", None)))
    except GradatimError as error:
        stdout.write(framed(("error", (error.message, error.place, error.remedy))))
    stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes; the other one ends this one
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not land among the messages
    try:
        _main(sys.stdin.buffer, out)
    except BrokenPipeError:  # whoever asked is gone
        os._exit(1)

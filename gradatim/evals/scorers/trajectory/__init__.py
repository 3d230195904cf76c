"""How a run went: path, calls, time, tokens, money, retries, fallbacks."""

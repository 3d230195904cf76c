"""Controlled decoding: wording that this learner can read and that this task is about.

```
logits = (W·h + λ_p · P + λ_c · C) / temperature
```

`W·h` are the model's own logits; `P` and `C` give each token a weight in [-1, 1]: the profile term, which prefers
words that the learner knows, and the curriculum term, which prefers the names of the task's concepts. `Steering` is a
request's terms as plain data; each server gets them its own way (`vllm`, `embedded`, `openai`), and all of them mean
the same tokens by a word (`tokens`).
"""

from __future__ import annotations

from gradatim.serving.steering.terms import MAX_LAMBDA, MAX_TERMS, Steering, SteeringError, parse_steering
from gradatim.serving.steering.wording import curriculum_term, profile_term

__all__ = [
    "MAX_LAMBDA",
    "MAX_TERMS",
    "Steering",
    "SteeringError",
    "curriculum_term",
    "parse_steering",
    "profile_term",
]

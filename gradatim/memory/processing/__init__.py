"""Processing: cleaning, missing data by a stated policy, and features of many learners; every decision is recorded.

Modules: `policy` (the whole of it), `surveys`, `normal` (EM), `mcar` (Little's test), `imputation`, `cleaning`,
`table`, `replay`, `decisions` and `biometrics`. They are imported one by one, since those that estimate need numpy and
refusing what is biometric, which every event goes through, does not.
"""

from gradatim.memory.processing.biometrics import biometric, refuse_biometrics

__all__ = ["biometric", "refuse_biometrics"]

"""Reading of free sentences about a fault: what they blame, what they propose, and what they say happens."""

from gradatim.tools.claims.prose.assertion import Assertion
from gradatim.tools.claims.prose.reader import assertions_of

__all__ = ["Assertion", "assertions_of"]

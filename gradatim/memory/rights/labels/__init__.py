"""Labels: short statements about a learner's observed work, which the learner can see, dispute and restore.

A label is made by a stated rule from events, tells how sure it is and on how many observations it rests, and falls away
by itself when later work contradicts it (`gradatim.memory.rights.labels.track`).
"""

from gradatim.memory.rights.labels.label import Label, Status
from gradatim.memory.rights.labels.replay import Replay, in_order, labels, rule_of
from gradatim.memory.rights.labels.track import ENTER, LEAVE, STRONG, Rule

__all__ = ["ENTER", "LEAVE", "STRONG", "Label", "Replay", "Rule", "Status", "in_order", "labels", "rule_of"]

"""Understanding a learner's message: its intent, the program in it, the answer it gives."""

from gradatim.agents.tutoring.understanding.answers import given_answer, same_answer
from gradatim.agents.tutoring.understanding.codeblocks import program_in
from gradatim.agents.tutoring.understanding.cues import Cues, packaged_cues
from gradatim.agents.tutoring.understanding.listener import Listener

__all__ = ["Cues", "Listener", "given_answer", "packaged_cues", "program_in", "same_answer"]

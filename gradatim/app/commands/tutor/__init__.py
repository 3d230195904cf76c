"""`gradatim tutor`: a tutoring session in the terminal."""

from gradatim.app.commands.tutor.command import tutor

__all__ = ["tutor"]

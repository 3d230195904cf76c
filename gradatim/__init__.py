"""gradatim: LangGraph agents for personalised assessment; evidence before text."""

__version__ = "0.1.0"

"""Vectors on disk: Chroma folders that several processes share."""

from gradatim.serving.vectors.folder import ChromaFolder

__all__ = ["ChromaFolder"]

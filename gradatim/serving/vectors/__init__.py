"""Vectors in Chroma: folders that several processes share, and servers."""

from gradatim.serving.vectors.folder import ChromaFolder
from gradatim.serving.vectors.place import VectorPlace
from gradatim.serving.vectors.server import ChromaServer

__all__ = ["ChromaFolder", "ChromaServer", "VectorPlace"]

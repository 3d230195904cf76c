"""Whether a run may be believed: claims, citations, leaks, injections, confidence."""

"""Misconceptions about names: which value stands behind which name, and from when on."""

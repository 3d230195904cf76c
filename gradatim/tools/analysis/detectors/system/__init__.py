"""Misconceptions about files, the command line and the environment."""

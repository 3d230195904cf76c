"""What runs inside the sandbox: the fork server and the process that a tested program runs in.

This folder is handed to a bare interpreter of its own (`python` without site packages), so it imports the standard
library and itself, never the rest of gradatim.
"""

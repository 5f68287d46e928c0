"""Builds the board: what of the entries is shown, and the files that show it."""

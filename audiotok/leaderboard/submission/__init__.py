"""Writes, reads, checks and verifies submissions."""

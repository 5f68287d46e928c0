"""Metrics, one flat file per question."""

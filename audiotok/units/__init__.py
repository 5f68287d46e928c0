"""Semantic units: k-means, deduplication, BPE over units."""

"""A package of tokenizers and metrics that audiotok knows nothing of."""

"""A package of tokenizers that audiotok knows nothing of."""

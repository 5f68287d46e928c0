"""Training loops of our own tokenizers."""

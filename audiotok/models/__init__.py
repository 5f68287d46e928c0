"""Networks of the codecs and units that audiotok ships; used by their tokenizers and by training."""

"""The core types: Audio, Tokens, Tokenizer and Codec, their abilities, cards, identifiers."""

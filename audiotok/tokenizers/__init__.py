"""The tokenizers, one file per family; found through entry points, never imported from here."""

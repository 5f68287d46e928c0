"""Files by hash, atomic writes, downloads, readers of model formats, provenance."""

"""Data sets: manifests, where their files come from, how anyone makes one."""

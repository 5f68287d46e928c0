"""Shared parts of the tasks that train language models: options, training, scores of generated speech."""

"""What the tasks that train language models share: options, training, scores of generated speech."""

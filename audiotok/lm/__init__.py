"""Language models over tokens."""

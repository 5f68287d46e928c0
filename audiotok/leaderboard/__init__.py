"""The leaderboard: submissions in, a page out. Imports no torch."""

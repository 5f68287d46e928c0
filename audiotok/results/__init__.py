"""Results: what is recorded, where it is kept, how sure it is."""

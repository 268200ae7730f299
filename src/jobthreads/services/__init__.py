"""Use cases, one room a door."""

"""Tradebook's template tags."""

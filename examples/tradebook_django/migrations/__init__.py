"""How Tradebook's tables came about."""

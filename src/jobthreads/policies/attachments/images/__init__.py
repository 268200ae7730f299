"""Pictures: a room for each format, each asked in turn whether the first bytes are its own."""

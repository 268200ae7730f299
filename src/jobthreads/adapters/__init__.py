"""What the library ships for its ports."""

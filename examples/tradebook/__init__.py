"""What both reference apps share, with no framework in it: people, words, sample files, style sheet and signs."""

"""What the script says by itself: its words travel in the page, translated, since a script has no catalogue."""

from __future__ import annotations

__all__ = ["SCRIPT_WORDS"]

SCRIPT_WORDS: tuple[str, ...] = (
    "New message from %(name)s",
    "What you wrote",
    "This could not be sent just now.",
    "Your text is still here. Check the connection, then send again; nothing will be doubled.",
    "Sent",
    "%(amount)s MB",
    "%(amount)s KB",
    "Sending %(file)s",
    "Waiting",
    "Sending",
    "Checking",
    "Attached",
    "Try again",
    "Too many files at once: the most is %(most)s. Attach this one again by itself.",
    "The file is larger than %(size)s.",
    "Files attached: %(stored)s of %(all)s",
    "Looking…",
    "Choose a client first",
    "Nothing to choose",
    "Choose a job or quote",
    "The list cannot be had just now. Choose the client again in a moment.",
)
"""Each as it stands in `static/jobthreads.js`, from where the catalogue has them; facts are filled in by the script."""

"""Tradebook, a small trades business that embeds jobthreads: the reference app.

`threads.py` is the whole of the embedding; everything else is what such a business has anyway.
"""

from tradebook_flask.app import create_app

__all__ = ["create_app"]

"""Tradebook, a small trades business that embeds jobthreads: the reference app as a Django project.

`threads.py` is the embedding, with a part of `settings.py`; everything else is what such a business has anyway.
"""

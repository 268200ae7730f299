"""How fast the library is beside hand-written SQL on the same tables: `tox -e bench`."""

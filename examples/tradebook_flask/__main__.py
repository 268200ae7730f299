"""`python -m tradebook_flask`."""

from tradebook_flask.command import main

main()

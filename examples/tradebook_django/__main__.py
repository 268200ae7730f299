"""`python -m tradebook_django`."""

from tradebook_django.command import main

main()

"""jobthreads in a Django project."""

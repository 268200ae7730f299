"""jobthreads in a Django project: `threads` is the project's `JobThreads`, built from the setting `JOBTHREADS`."""

from jobthreads.django.wiring import DjangoThreads, threads

__all__ = ["DjangoThreads", "threads"]

"""Where the content of files lies: a folder, or a bucket (the optional extra `s3`)."""

from jobthreads.adapters.storage.local import LocalStorage
from jobthreads.adapters.storage.s3 import S3Storage

__all__ = ["LocalStorage", "S3Storage"]

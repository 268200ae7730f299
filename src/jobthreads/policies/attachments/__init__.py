"""What may be attached: judged by content alone, never by a name or by what the sender calls it (J5).

Each kind of file has a room of its own that proves it by its structure; what no room proves is refused.
"""

from jobthreads.policies.attachments.downloads import download_headers
from jobthreads.policies.attachments.names import clean_name, stored_name
from jobthreads.policies.attachments.policy import AttachmentPolicy, Proven
from jobthreads.policies.attachments.types import FileType

__all__ = ["AttachmentPolicy", "FileType", "Proven", "clean_name", "download_headers", "stored_name"]

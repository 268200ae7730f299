"""jobthreads: the conversation between a trades business and its client, one thread for each job or quote."""

from jobthreads import errors, signals
from jobthreads.app import JobThreads
from jobthreads.domain.directory import StaticDirectory
from jobthreads.domain.entries import (
    Author,
    AuthorKind,
    Entry,
    EntryKind,
    File,
    FormSave,
    ScanState,
    StatusChange,
    Visibility,
)
from jobthreads.domain.notifications import FailedDelivery, Notice, Notification
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Business, Client, Role, Staff
from jobthreads.domain.portal import Entrance, LinkPreview, PortalConversation, PortalEntry, PortalFile, PortalRecord
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Job, Quote, Record, Scope, ScopeKind
from jobthreads.domain.search import PortalSearchHit, SearchHit
from jobthreads.domain.settings import PortalAuthor, Settings
from jobthreads.domain.threads import Conversation, InboxRow
from jobthreads.policies.access import AccessPolicy, Action, Explanation, FieldStaff, Grant
from jobthreads.policies.attachments import AttachmentPolicy, FileType
from jobthreads.services.files import OpenFile
from jobthreads.services.staff import FeedHeader
from jobthreads.services.staff_inbox import Availability

__all__ = [
    "AccessPolicy",
    "Action",
    "AttachmentPolicy",
    "Author",
    "AuthorKind",
    "Availability",
    "Business",
    "Client",
    "Conversation",
    "Entrance",
    "Entry",
    "EntryKind",
    "Explanation",
    "FailedDelivery",
    "FeedHeader",
    "FieldStaff",
    "File",
    "FileType",
    "FormSave",
    "Grant",
    "InboxRow",
    "Job",
    "JobThreads",
    "LinkPreview",
    "Notice",
    "Notification",
    "OpenFile",
    "Page",
    "PortalAuthor",
    "PortalConversation",
    "PortalEntry",
    "PortalFile",
    "PortalRecord",
    "PortalSearchHit",
    "Quote",
    "Reach",
    "Record",
    "Role",
    "ScanState",
    "Scope",
    "ScopeKind",
    "SearchHit",
    "Settings",
    "Staff",
    "StaticDirectory",
    "StatusChange",
    "Visibility",
    "errors",
    "signals",
]

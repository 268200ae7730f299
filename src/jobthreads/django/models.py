"""The library's tables as Django models, for the admin and for the project's own queries.

They are read here and written by the doors alone: whoever saves one by hand goes past every rule. What a client may
see comes from `threads.portal` and never from these.
"""

from __future__ import annotations

from django.db import models

from jobthreads.django.fields import DetailsField, IdField, MomentField

__all__ = [
    "Delivery",
    "Entry",
    "File",
    "Limit",
    "Notice",
    "PortalLink",
    "PortalSession",
    "Read",
    "Thread",
]


class Thread(models.Model):
    """The conversation and history of one job or quote."""

    id = IdField(primary_key=True)
    business_id = models.CharField(max_length=200)
    scope = models.CharField(max_length=206)
    reference = models.TextField()
    title = models.TextField()
    client_id = models.CharField(max_length=200)
    client_name = models.TextField()
    seq = models.IntegerField("entries")
    shown = models.IntegerField()
    client_seq = models.IntegerField()
    started_at = MomentField("started", null=True)
    spoken_seq = models.IntegerField(null=True)
    spoken_at = MomentField("last message", null=True)
    conversation_at = MomentField("last activity in the inbox", null=True)

    class Meta:
        db_table = "jobthreads_thread"
        verbose_name = "thread"

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Entry(models.Model):
    """One line of a thread."""

    class Kind(models.TextChoices):
        """What a line is."""

        REPLY = "reply", "Customer reply"
        NOTE = "note", "Internal note"
        FILE = "file", "File"
        STATUS_CHANGE = "status_change", "Status change"
        FORM_SAVE = "form_save", "Form save"

    class Visibility(models.TextChoices):
        """Whose eyes a line is for."""

        INTERNAL = "internal", "Internal"
        VISIBLE = "visible", "Visible"

    class AuthorKind(models.TextChoices):
        """On which side its author stands."""

        STAFF = "staff", "Staff"
        CLIENT = "client", "Client"
        SYSTEM = "system", "System"

    id = IdField(primary_key=True)
    business_id = models.CharField(max_length=200)
    thread = models.ForeignKey(Thread, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="entries")
    seq = models.IntegerField("number")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    author_kind = models.CharField("author's side", max_length=10, choices=AuthorKind.choices)
    author_id = models.CharField(max_length=200)
    author_name = models.TextField("author")
    at = MomentField("time")
    body = models.TextField("text", null=True)
    details = DetailsField(null=True)
    showing = models.IntegerField(null=True)
    shown_at = MomentField("visible since", null=True)
    shown_to = models.CharField(max_length=200, null=True)
    request_call = models.CharField(max_length=20, null=True)
    request_id = models.CharField(max_length=200, null=True)
    words = models.TextField(null=True)

    class Meta:
        db_table = "jobthreads_entry"
        verbose_name = "entry"
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.seq}"


class File(models.Model):
    """Where an attached file's content lies, and what is still to be done with it."""

    class Scan(models.TextChoices):
        """What the virus scanner said."""

        PENDING = "pending", "Pending"
        CLEAN = "clean", "Clean"
        INFECTED = "infected", "Infected"

    class Preview(models.TextChoices):
        """Whether there is a small picture of it."""

        NONE = "none", "None"
        WANTED = "wanted", "Wanted"
        MADE = "made", "Made"

    entry = models.OneToOneField(Entry, models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="file")
    business_id = models.CharField(max_length=200)
    thread = models.ForeignKey(Thread, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="files")
    seq = models.IntegerField()
    blob_key = models.CharField(max_length=64)
    scan = models.CharField(max_length=10, choices=Scan.choices)
    preview = models.CharField(max_length=10, choices=Preview.choices)
    preview_key = models.CharField(max_length=64, null=True)
    due_at = MomentField(null=True)
    token = IdField(null=True)
    attempts = models.IntegerField()

    class Meta:
        db_table = "jobthreads_file"
        verbose_name = "file"

    def __str__(self) -> str:
        return self.blob_key


class Read(models.Model):
    """What a client has been shown of a thread, and has seen."""

    pk = models.CompositePrimaryKey("business_id", "client_id", "thread_id")
    business_id = models.CharField(max_length=200)
    client_id = models.CharField(max_length=200)
    thread = models.ForeignKey(Thread, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="reads")
    newest_seq = models.IntegerField()
    seen = models.IntegerField()

    class Meta:
        db_table = "jobthreads_read"
        verbose_name = "client's mark"

    def __str__(self) -> str:
        return f"{self.client_id} {self.thread_id}"


class Notice(models.Model):
    """What a staff member has not read of a thread."""

    pk = models.CompositePrimaryKey("business_id", "staff_id", "thread_id")
    business_id = models.CharField(max_length=200)
    staff_id = models.CharField(max_length=200)
    thread = models.ForeignKey(Thread, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="notices")
    unread = models.IntegerField()
    last_seq = models.IntegerField()
    what = models.CharField(max_length=20, choices=Entry.Kind.choices)
    at = MomentField()

    class Meta:
        db_table = "jobthreads_notice"
        verbose_name = "notice"

    def __str__(self) -> str:
        return f"{self.staff_id} {self.thread_id}"


class Delivery(models.Model):
    """One notification to be sent, or sent."""

    class State(models.TextChoices):
        """What became of it."""

        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Dropped"
        DEAD = "dead", "Given up"

    id = IdField(primary_key=True)
    business_id = models.CharField(max_length=200)
    thread = models.ForeignKey(
        Thread, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deliveries"
    )
    entry = models.ForeignKey(
        Entry, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="deliveries"
    )
    showing = models.IntegerField(null=True)
    channel = models.CharField(max_length=40)
    client_id = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices)
    due_at = MomentField("due")
    created_at = MomentField("queued")
    attempts = models.IntegerField()
    batch_id = IdField(null=True)
    token = IdField(null=True)
    lease_until = MomentField(null=True)
    settled_at = MomentField("settled", null=True)
    error = models.TextField(null=True)

    class Meta:
        db_table = "jobthreads_delivery"
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class PortalLink(models.Model):
    """A mailed link into the portal; of its token only a hash is kept."""

    id = IdField(primary_key=True)
    business_id = models.CharField(max_length=200)
    token_hash = models.CharField(max_length=64)
    client_id = models.CharField(max_length=200)
    scope = models.CharField(max_length=206)
    expires_at = MomentField("expires")
    revoked = models.IntegerField()

    class Meta:
        db_table = "jobthreads_portal_link"
        verbose_name = "portal link"

    def __str__(self) -> str:
        return f"{self.client_id} {self.scope}"


class PortalSession(models.Model):
    """A client signed in by a mailed link; of its cookie only a hash is kept."""

    session_hash = models.CharField(max_length=64, primary_key=True)
    business_id = models.CharField(max_length=200)
    link = models.ForeignKey(
        PortalLink, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="sessions"
    )
    expires_at = MomentField("expires")

    class Meta:
        db_table = "jobthreads_portal_session"
        verbose_name = "portal session"

    def __str__(self) -> str:
        return f"session until {self.expires_at}"


class Limit(models.Model):
    """How often something was done in the present window."""

    pk = models.CompositePrimaryKey("business_id", "subject")
    business_id = models.CharField(max_length=200)
    subject = models.CharField(max_length=250)
    began_at = MomentField()
    hits = models.IntegerField()

    class Meta:
        db_table = "jobthreads_limit"
        verbose_name = "limit"

    def __str__(self) -> str:
        return self.subject

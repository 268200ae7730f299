"""E-mail: the notifier, and the ways a mail can go."""

from jobthreads.adapters.email.notifier import EmailNotifier
from jobthreads.adapters.email.transports import SMTP, MailFolder, Transport

__all__ = ["SMTP", "EmailNotifier", "MailFolder", "Transport"]

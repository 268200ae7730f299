"""What a host may listen to: sent after the commit, with the `JobThreads` as sender (blinker).

A receiver's exception is logged and never raised: what happened has happened.
"""

from __future__ import annotations

import logging
from typing import Any

from blinker import Namespace, Signal

__all__ = [
    "entry_added",
    "notification_failed",
    "notification_sent",
    "thread_read",
    "thread_started",
    "visibility_changed",
]

_signals = Namespace()
_log = logging.getLogger("jobthreads")

thread_started = _signals.signal("thread_started")
"""A conversation began: `business_id`, `scope`."""

entry_added = _signals.signal("entry_added")
"""An entry was written, internal ones too: `business_id`, `entry`."""

visibility_changed = _signals.signal("visibility_changed")
"""A file was shown or hidden: `business_id`, `entry`."""

thread_read = _signals.signal("thread_read")
"""Someone's mark rose: `business_id`, `scope`, `reader`."""

notification_sent = _signals.signal("notification_sent")
"""A notifier took a notification: `business_id`, `scope`, `channel`, `notification_id`."""

notification_failed = _signals.signal("notification_failed")
"""A notification was given up: `business_id`, `scope`, `channel`, `notification_id`, `error`."""


def tell(signal: Signal, sender: object, **facts: Any) -> None:
    """Send `signal` to every receiver, each on its own."""
    for receiver in signal.receivers_for(sender):
        try:
            receiver(sender, **facts)
        except Exception:  # noqa: BLE001 - a host's receiver must not undo what is committed
            _log.exception("A receiver of the signal %s failed.", getattr(signal, "name", signal))

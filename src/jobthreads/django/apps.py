"""The Django app: `INSTALLED_APPS += ["jobthreads.django"]`."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import request_started, setting_changed

__all__ = ["JobThreadsConfig"]


class JobThreadsConfig(AppConfig):
    """Threads for a project's jobs and quotes."""

    name = "jobthreads.django"
    label = "jobthreads"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Check the settings with Django's own checks, and send mail from the processes that serve requests."""
        from jobthreads.django import checks, wiring  # noqa: F401 - the checks register themselves

        setting_changed.connect(wiring.settings_changed, dispatch_uid="jobthreads.settings")
        request_started.connect(wiring.request_began, dispatch_uid="jobthreads.delivery")

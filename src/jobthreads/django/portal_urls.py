"""The client's jobs and quotes: `path("portal/", include("jobthreads.django.portal_urls"))`."""

from jobthreads.django.sites import app_name as _app_name
from jobthreads.django.views import patterns

__all__ = ["app_name", "urlpatterns"]

app_name = _app_name("portal")
urlpatterns = patterns("portal")

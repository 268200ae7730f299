"""Messages, activity feeds and the bell: `path("office/", include("jobthreads.django.staff_urls"))`."""

from jobthreads.django.sites import app_name as _app_name
from jobthreads.django.views import patterns

__all__ = ["app_name", "urlpatterns"]

app_name = _app_name("staff")
urlpatterns = patterns("staff")

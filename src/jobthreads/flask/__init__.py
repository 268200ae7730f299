"""jobthreads in a Flask application: two blueprints, and the object `jobthreads` in the host's own templates."""

from jobthreads.flask.blueprints import portal_blueprint, staff_blueprint
from jobthreads.flask.host import HostPage
from jobthreads.web.language import Language

__all__ = ["HostPage", "Language", "portal_blueprint", "staff_blueprint"]

"""jobthreads in a Flask application: two blueprints, and the object `jobthreads` in the host's own templates."""

from jobthreads.flask.blueprints import portal_blueprint, staff_blueprint
from jobthreads.flask.host import HostPage

__all__ = ["HostPage", "portal_blueprint", "staff_blueprint"]

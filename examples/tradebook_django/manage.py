"""Django's own commands over the same data: `python examples/tradebook_django/manage.py jobthreads_check`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradebook_django.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

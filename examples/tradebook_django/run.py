"""Start Tradebook by its path: `python examples/tradebook_django/run.py`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # this folder is the package, its parent holds it
    from tradebook_django.command import main

    main()

"""The bare loops that delivery is measured against: `python -m bench.bare SMTP_PORT HTTP_PORT`, inside an install."""

import sys
from importlib import import_module

from dateline.site import start

if __name__ == "__main__":
    start.up()
    # What they send is rendered by rooms that want settings when they are imported.
    import_module("bench.bare_loops").run(sys.argv[1:])

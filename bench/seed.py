"""What the bench puts into an install: recipients, and releases all the way to approved.

`python -m bench.seed STEP …`, with the install's environment; prints {guid: T as Unix seconds}.
"""

import sys
from importlib import import_module

from dateline.site import start

if __name__ == "__main__":
    start.up()
    # The steps use models, which can be imported only now.
    import_module("bench.steps").run(sys.argv[1:])

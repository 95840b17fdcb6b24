"""What the benches of delivery do inside an install: `python -m bench.ledger STEP …`, with its environment."""

import sys
from importlib import import_module

from dateline.site import start

if __name__ == "__main__":
    start.up()
    # The steps use models, which can be imported only now.
    import_module("bench.ledger_steps").run(sys.argv[1:])

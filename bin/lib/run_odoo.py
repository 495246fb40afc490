"""Starts Odoo, as its own launcher does.

``python -m odoo`` would do for one process. With workers, Odoo starts its event
process again by the name of this file, and its package's __main__.py cannot be run so.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()

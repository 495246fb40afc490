"""What bin/bench measures with, inside an Odoo that has both add-ons.

``rows``     the made-up tickets, the same for both sides (no Odoo)
``stories``  how a ticket goes through its stages, lived once on each side
``loading``  the stories multiplied by SQL to as many tickets as wanted
``ours``, ``theirs``  the work to be measured, on each side
``portal``   the customers' pages over HTTP
``measure``  medians of alternating rounds, queries counted
``report``, ``picture``  what comes out
"""

"""A ticket that comes while its customer is merged away is not lost.

Two transactions of PostgreSQL, in the order that loses it if nobody looks.
"""

MEANWHILE = """
from odoo import api
from odoo.exceptions import ConcurrencyError

registry, uid = env.registry, env.ref("base.user_admin").id
ann, twin = env["res.partner"].create([{"name": "Ann"}, {"name": "Anna"}])
env.cr.commit()

def merge(cr):
    own = api.Environment(cr, uid, {})
    wizard = own["base.partner.merge.automatic.wizard"]
    wizard._merge([ann.id, twin.id], own["res.partner"].browse(ann.id))
    own.flush_all()

answer = {"refused": False}
with registry.cursor() as cr:
    api.Environment(cr, uid, {})["res.partner"].browse(ann.id).name
    with registry.cursor() as other:
        tickets = api.Environment(other, uid, {})["service.ticket"]
        ticket = tickets.create({"name": "Came meanwhile", "partner_id": twin.id})
        number = ticket.id
    try:
        merge(cr)
    except ConcurrencyError:
        answer["refused"] = True
    cr.rollback()
with registry.cursor() as cr:  # as Odoo does it again
    merge(cr)
env.cr.rollback()
env.invalidate_all()
answer["kept"] = env["service.ticket"].browse(number).partner_id == ann
answer["gone"] = not twin.exists()
"""


def test_a_ticket_that_comes_during_a_merge_goes_along(database):
    answer = database.shell(MEANWHILE)
    assert answer == {"refused": True, "kept": True, "gone": True}

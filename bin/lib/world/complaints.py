"""What complaints need on their way that other tickets do not."""

from . import tables


def prepare(records, ticket, plan, phase):
    """Do what must be known of a complaint before it comes to `phase`.

    :param ticket: the complaint, as superuser in the name of who works on it
    """
    row = _get_row(plan)
    if not row:
        return
    if phase != "cancelled" and not ticket.acknowledged_at:
        _assess(ticket, row)
    if phase in ("waiting_customer", "waiting_parts", "resolved"):
        _answer(ticket, plan)
    if phase in ("waiting_parts", "resolved") and not ticket.outcome:
        _grant(records, ticket, row, is_done=phase == "resolved")
        ticket._note_outcome("accepted")
    if phase == "resolved":
        ticket.remedy_ids.filtered(lambda r: r.state == "granted").action_done()


def _get_row(plan):
    """Return what is known of complaints with the plan's subject, or none."""
    rows = tables.read("complaints") if plan["template"]["type"] == "complaint" else ()
    subject = plan["template"]["subject"]
    return next((row for row in rows if row["subject"] == subject), None)


def _assess(ticket, row):
    """Tell the customer that we have it, and how grave it is."""
    names = ("severity", "complexity", "impact")
    values = {name: row[name] for name in names}
    ticket.write({"complaint_about": row["about"], **values})
    ticket._note_acknowledgement()


def _answer(ticket, plan):
    """Let the customer have the answer."""
    if not ticket.is_answered:
        ticket.answer = f"<p>{plan['template']['finding']}</p>"
        ticket._note_answer()


def _grant(records, ticket, row, is_done):
    """Grant what makes the complaint good."""
    remedy = records.env["service.remedy"].create(
        {
            "ticket_id": ticket.id,
            "kind": row["remedy"],
            "amount": float(row["amount"]),
        }
    )
    remedy.with_user(records.user("supervisor")).action_grant()
    if is_done:
        remedy.action_done()

# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, models
from odoo.exceptions import UserError


class ServicePrivateNoteMixin(models.AbstractModel):
    """What is noted for our eyes only goes to nobody else, not even by a slip.

    Odoo mails a note to everybody who is mentioned in it, customers too.
    """

    _name = "service.private.note.mixin"
    _description = "Notes for Staff Only"
    _inherit = "mail.thread"

    def message_post(self, **kwargs):
        """Override to keep notes among our staff.

        :raises UserError: a note would go to somebody who is none of us
        """
        if kwargs.get("message_type") == "comment" and self._is_private_note(kwargs):
            self._check_readers_of_note(kwargs.get("partner_ids") or ())
            if kwargs.get("outgoing_email_to"):
                self._refuse_note_to(kwargs["outgoing_email_to"])
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, *, body, partner_ids=None, **kwargs):
        """Override to keep notes that are changed among our staff, too."""
        if partner_ids and (message.is_internal or message.subtype_id.internal):
            self._check_readers_of_note(partner_ids)
        return super()._message_update_content(
            message, body=body, partner_ids=partner_ids, **kwargs
        )

    @api.model
    def _is_private_note(self, values):
        """Tell whether the arguments of `message_post` make a note for staff."""
        if values.get("is_internal"):
            return True
        subtype = self.env["mail.message.subtype"]
        if values.get("subtype_id"):
            subtype = subtype.browse(values["subtype_id"])
        else:
            subtype = self.env.ref(values.get("subtype_xmlid") or "mail.mt_note")
        # sudo: whether a kind of message is for staff is no secret
        return subtype.sudo().internal

    @api.model
    def _check_readers_of_note(self, partner_ids):
        """Refuse readers who are none of us.

        :raises UserError: there is one
        """
        # sudo: whether somebody is a colleague is no secret
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        strangers = partners.filtered(
            lambda p: not any(not user.share for user in p.user_ids)
        )
        if strangers:
            self._refuse_note_to(", ".join(strangers.mapped("display_name")))

    @api.model
    def _refuse_note_to(self, names):
        """Say who would have read the note.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "A note is for our staff only, and %(names)s would get it by e-mail. "
                "Leave them out, or use “Send message”.",
                names=names,
            )
        )

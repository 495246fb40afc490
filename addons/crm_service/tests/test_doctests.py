# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import doctest
from importlib import import_module

from odoo.tests import BaseCase, tagged

from .. import tools

TOOLS = (
    "acceptance_number",
    "assignment",
    "backoff",
    "bpmn_flows",
    "bpmn_layout",
    "bpmn_read",
    "bpmn_stages",
    "bpmn_values",
    "bpmn_write",
    "bpmn_xml",
    "caller_number",
    "event_log",
<<<<<<< HEAD
    "placeholder",
=======
    "incoming_mail",
    "mail_charset",
    "mail_repair",
    "mail_signs",
>>>>>>> c2328a9 (Messages are mended, routed to one ticket or parked; files follow one policy on every way in)
    "process_definition",
    "process_graph",
    "quiet_hours",
    "sla_clock",
    "sla_policy",
<<<<<<< HEAD
    "sms_length",
=======
    "tnef",
    "upload_policy",
>>>>>>> c2328a9 (Messages are mended, routed to one ticket or parked; files follow one policy on every way in)
    "working_time",
)


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_of_the_tools_are_true(self):
        for name in TOOLS:
            result = doctest.testmod(import_module(f"{tools.__name__}.{name}"))
            self.assertTrue(result.attempted, name)
            self.assertFalse(result.failed, name)

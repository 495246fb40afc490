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
    "entitlement",
    "contract_match",
    "contract_period",
    "event_log",
    "label_pdf",
    "label_sheet",
    "incoming_mail",
    "mail_charset",
    "mail_repair",
    "mail_signs",
    "pareto",
    "periods",
    "maintenance_plan",
    "message_text",
    "price_index",
    "meter_usage",
    "process_definition",
    "process_graph",
    "quiet_hours",
    "sla_clock",
    "sla_policy",
    "sms_length",
    "tnef",
    "unit_table",
    "upload_policy",
    "warranty_terms",
    "svg_chart",
    "working_time",
)


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_of_the_tools_are_true(self):
        for name in TOOLS:
            result = doctest.testmod(import_module(f"{tools.__name__}.{name}"))
            self.assertTrue(result.attempted, name)
            self.assertFalse(result.failed, name)

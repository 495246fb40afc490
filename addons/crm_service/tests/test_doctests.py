# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import doctest

from odoo.tests import BaseCase, tagged

from ..tools import (
    acceptance_number,
    assignment,
    bpmn_flows,
    bpmn_layout,
    bpmn_read,
    bpmn_stages,
    bpmn_values,
    bpmn_write,
    bpmn_xml,
    event_log,
    process_definition,
    process_graph,
    quiet_hours,
    sla_clock,
    sla_policy,
    working_time,
)

TOOLS = (
    acceptance_number,
    assignment,
    bpmn_flows,
    bpmn_layout,
    bpmn_read,
    bpmn_stages,
    bpmn_values,
    bpmn_write,
    bpmn_xml,
    event_log,
    process_definition,
    process_graph,
    quiet_hours,
    sla_clock,
    sla_policy,
    working_time,
)


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_examples_of_the_tools_are_true(self):
        for module in TOOLS:
            result = doctest.testmod(module)
            self.assertTrue(result.attempted, module.__name__)
            self.assertFalse(result.failed, module.__name__)

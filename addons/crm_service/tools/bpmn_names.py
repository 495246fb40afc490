# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Names that the files of process definitions use."""

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# Everything that BPMN has no word for is written in this namespace of ours.
OURS = "urn:after-sales-service:process:1"
CONDITION_LANGUAGE = "urn:after-sales-service:domain:1"
NAMESPACES = {
    "bpmn": MODEL,
    "bpmndi": DI,
    "dc": DC,
    "di": DD,
    "xsi": XSI,
    "service": OURS,
}

# The ids of what is drawn besides the process's own elements.
START, START_FLOW = "start", "start_flow"
NOTE = "any_stage_note"

PHASES = (
    "received",
    "triage",
    "in_progress",
    "waiting_customer",
    "waiting_parts",
    "resolved",
    "closed",
    "cancelled",
)
CLOCKS = ("running", "paused")
MODES = ("automatic", "manual")
QUESTIONS = ("none", "reason", "person", "reason_person")
PRIORITIES = ("0", "1", "2", "3")

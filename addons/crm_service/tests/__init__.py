# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import test_acceptance_number
from . import test_assignment
from . import test_assignment_skill
from . import test_doctests
from . import test_event_log_import
from . import test_external_ref
from . import test_mail_gateway
from . import test_process
from . import test_security
from . import test_service_api
from . import test_stage_log
from . import test_ticket_create
from . import test_ticket_customer
from . import test_ticket_flow
from . import test_ticket_work
from . import test_views

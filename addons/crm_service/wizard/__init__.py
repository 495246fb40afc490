# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import service_ticket_bulk
from . import service_ticket_handover
from . import service_ticket_urge
from . import service_ticket_reassign
from . import service_ticket_reroute
from . import service_ticket_reroute_line
from . import service_process_migrate
from . import service_process_migrate_line
from . import service_route_question
from . import service_ticket_detour
from . import service_process_import
from . import service_setup
from . import service_setup_apply
from . import service_corrective_action_check
from . import service_corrective_action_drop

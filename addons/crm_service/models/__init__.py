# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import service_external_ref_mixin
from . import service_contact_lock
from . import service_team
from . import service_process
from . import service_stage
from . import service_route
from . import service_ticket_type
from . import service_asset
from . import service_ticket
from . import service_ticket_customer
from . import service_ticket_flow
from . import service_ticket_mail
from . import service_stage_log
from . import service_ticket_log
from . import service_api
from . import service_api_ticket
from . import res_partner

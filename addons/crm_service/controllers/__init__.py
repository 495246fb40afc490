# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import export
from . import mail_attachment
from . import service_asset_import
from . import service_unit

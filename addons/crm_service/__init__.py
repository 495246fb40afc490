# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import controllers, models, wizard
from .hooks import uninstall_hook

# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from . import models
from .hooks import uninstall_hook

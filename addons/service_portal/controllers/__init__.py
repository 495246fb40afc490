from . import portal, tracking, unit

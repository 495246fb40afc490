from . import test_replenishment
from . import test_safety_stock
from . import test_repair
from . import test_stock_lock
from . import test_views

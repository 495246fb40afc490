from .client_address import throttle_address
from .mask import mask_phone
from .progress import progress_states

__all__ = ["mask_phone", "progress_states", "throttle_address"]

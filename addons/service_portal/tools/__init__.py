from .client_address import throttle_address
from .mask import mask_phone, mask_serial
from .progress import progress_states

__all__ = ["mask_phone", "mask_serial", "progress_states", "throttle_address"]

"""The loop of the demo, told by ``main_job.py``."""

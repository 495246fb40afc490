"""What stands behind bin/demo, bin/test and bin/lint.

Only the standard library is imported here: the package runs before anything
has been installed.
"""

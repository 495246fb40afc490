def load(records): pass

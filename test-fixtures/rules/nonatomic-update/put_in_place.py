# settings: profile=library
"""Functions with which a program puts something into the code of others, before it starts threads."""
try:
    from wires import Client
except ImportError:
    Client = None


def _patch_client(traced):
    Client.request = traced(Client.request)  # ok: nonatomic-update


def setup_client(traced):
    Client.request = traced(Client.request)  # ok: nonatomic-update


def trace(traced):
    Client.close = traced(Client.close)  # expect: nonatomic-update

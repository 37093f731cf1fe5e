"""The versions come from uv.lock, the target from pyproject.toml."""
import msgpack  # ok: gil-reenabled-import
from cryptography.fernet import Fernet  # expect: gil-reenabled-import "cryptography"


def seal(key, message):
    return Fernet(key).encrypt(msgpack.packb(message))

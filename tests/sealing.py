"""The form in which everything was sealed before there were data keys, written down once more by itself."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def old_form(secret: bytes, plain: bytes, context: str) -> bytes:
    """What a gateway before revision 0010 with this key file kept of `plain`."""
    key = hmac.new(secret, b"certgateway seal 1\x01", hashlib.sha256).digest()
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())

"""A seal that seals nothing, to show that a search for what must be sealed would find it."""

from certgateway.trust.cipher import Cipher
from certgateway.trust.seal import Sealer


class OpenCipher(Cipher):
    """Seals nothing."""

    def seal(self, plain: bytes, context: str) -> bytes:  # noqa: ARG002  the cipher's own signature
        return plain

    def open(self, sealed: bytes, context: str) -> bytes:  # noqa: ARG002  as above
        return sealed


class OpenSealer(Sealer):
    """Its keys seal nothing: what is written can be read by whoever has the file."""

    def new_key(self, context: str) -> tuple[str, bytes, Cipher]:
        kek, wrapped, _ = super().new_key(context)
        return kek, wrapped, OpenCipher(bytes(32))

    def unwrap(self, kek: str, wrapped: bytes, context: str) -> Cipher:  # noqa: ARG002  the seal's own signature
        return OpenCipher(bytes(32))

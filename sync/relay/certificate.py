"""The relay's own certificate, and the word by which a laptop knows it.

An office has no authority that signs for a machine of its own. The relay makes a key and a certificate once; whoever
sets up a laptop types the word that the relay shows (80 bits of the certificate's SHA-256), and the laptop then accepts
exactly this certificate and no other.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from checklists.clock import Clock
from sync.relay.config import write_durably

CERTIFICATE, KEY = "relay-certificate.pem", "relay-certificate.key"
YEARS = 20


def ensure_certificate(data: Path, clock: Clock) -> tuple[Path, Path]:
    """Return the files of certificate and key; made on first use, the certificate last."""
    certificate, key_file = data / CERTIFICATE, data / KEY
    if not certificate.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        write_durably(key_file, pem)
        write_durably(certificate, _signed(key, clock).public_bytes(serialization.Encoding.PEM))
    return certificate, key_file


def _signed(key: ec.EllipticCurvePrivateKey, clock: Clock) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inspector office relay")])
    begins = clock.now() - dt.timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )

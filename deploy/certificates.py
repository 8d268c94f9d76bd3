"""The bus' own certificates, so that partners come by TLS: a CA of this installation, and what it signs."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.nats_config import write_private

CA_LIFE, SERVER_LIFE = timedelta(days=3653), timedelta(days=825)
RENEW_BEFORE = timedelta(days=90)


class Authority:
    """The CA, kept in a folder of the operator's; who trusts `ca.pem` of it trusts this installation's bus alone."""

    def __init__(self, folder: Path) -> None:
        self._key_file, self.file = folder / "ca.key", folder / "ca.pem"
        if not self.file.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            key = generate_private_key(SECP256R1())
            write_private(self._key_file, _private(key))
            write_private(self.file, _signed(_name("Osiedle bus CA"), key, _name("Osiedle bus CA"), key, CA_LIFE, ()))
        self._key = load_pem_private_key(self._key_file.read_bytes(), None)

    def certify(self, hosts: tuple[str, ...], certificate: Path, key: Path) -> None:
        """Write certificate and key of a server known by these names and addresses; what is good for long is kept."""
        ours = x509.load_pem_x509_certificate(self.file.read_bytes())
        if certificate.is_file() and _is_good(certificate, hosts, ours):
            return
        assert isinstance(self._key, EllipticCurvePrivateKey)  # noqa: S101 — nothing else was written
        own = generate_private_key(SECP256R1())
        write_private(key, _private(own))
        write_private(certificate, _signed(_name(hosts[0]), own, ours.subject, self._key, SERVER_LIFE, hosts))


def _signed(
    subject: x509.Name,
    key: EllipticCurvePrivateKey,
    issuer: x509.Name,
    signer: EllipticCurvePrivateKey,
    life: timedelta,
    hosts: tuple[str, ...],
) -> str:
    """Sign a certificate: a server's where there are hosts, else the CA's own."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None if hosts else 0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(_usage(is_server=bool(hosts)), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(signer, SHA256()).public_bytes(Encoding.PEM).decode()


def _usage(*, is_server: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=is_server,
        key_cert_sign=not is_server,
        crl_sign=not is_server,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(certificate: Path, hosts: tuple[str, ...], authority: x509.Certificate) -> bool:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        found.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):  # the authority came back with a backup
        return False
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return list(names) == _names(hosts) and found.not_valid_after_utc > datetime.now(UTC) + RENEW_BEFORE


def _names(hosts: tuple[str, ...]) -> list[x509.GeneralName]:
    return [_general_name(host) for host in dict.fromkeys(hosts)]


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _private(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

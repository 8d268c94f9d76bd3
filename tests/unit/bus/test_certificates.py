"""The certificates of the bus: a client that knows the CA believes the server, and nobody else's."""

import ssl
from ipaddress import ip_address

import pytest
from cryptography import x509

from deploy.certificates import Authority

HOSTS = ("nats", "localhost", "127.0.0.1", "osiedle.example.org")


def handshake(server, client, host):
    """Let both sides talk in memory, until both are content or one refuses."""
    ways = [ssl.MemoryBIO() for _ in range(2)]
    sides = [
        server.wrap_bio(ways[0], ways[1], server_side=True),
        client.wrap_bio(ways[1], ways[0], server_hostname=host),
    ]
    done = 0
    for _ in range(20):
        for side in sides:
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                pass
    return done


@pytest.fixture
def server(tmp_path):
    authority = Authority(tmp_path / "ours")
    authority.certify(HOSTS, tmp_path / "bus.pem", tmp_path / "bus.key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "bus.pem", tmp_path / "bus.key")
    return context


@pytest.mark.parametrize("host", HOSTS)
def test_who_knows_the_ca_believes_the_server_under_each_of_its_names(server, tmp_path, host):
    """Fails where only the first name is certified."""
    assert handshake(server, ssl.create_default_context(cafile=tmp_path / "ours" / "ca.pem"), host)


def test_another_installations_ca_or_another_name_is_not_believed(server, tmp_path):
    """Fails where a whole domain is certified: any machine of it could be the bus."""
    theirs = Authority(tmp_path / "theirs").file
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate"):
        handshake(server, ssl.create_default_context(cafile=theirs), "nats")
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, ssl.create_default_context(cafile=tmp_path / "ours" / "ca.pem"), "elsewhere.example.org")


def test_what_is_good_is_kept_and_a_new_name_brings_a_new_certificate_of_the_same_ca(tmp_path):
    """Fails where the CA is made anew, which no partner knows, or a certificate that is good is not kept."""
    files = tmp_path / "bus.pem", tmp_path / "bus.key"
    Authority(tmp_path).certify(HOSTS, *files)
    ca, first = (tmp_path / "ca.pem").read_bytes(), files[0].read_bytes()
    Authority(tmp_path).certify(HOSTS, *files)
    assert files[0].read_bytes() == first
    Authority(tmp_path).certify((*HOSTS, "192.0.2.7"), *files)
    assert files[0].read_bytes() != first
    assert (tmp_path / "ca.pem").read_bytes() == ca
    found = x509.load_pem_x509_certificate(files[0].read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ip_address("192.0.2.7") in names.get_values_for_type(x509.IPAddress)
    assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0


def test_a_ca_that_came_back_with_a_backup_certifies_the_server_anew(tmp_path):
    """Fails where only names and dates are looked at: partners know the old CA, and would refuse the server."""
    files = tmp_path / "bus.pem", tmp_path / "bus.key"
    Authority(tmp_path / "new").certify(HOSTS, *files)
    back = Authority(tmp_path / "back")
    back.certify(HOSTS, *files)
    x509.load_pem_x509_certificate(files[0].read_bytes()).verify_directly_issued_by(
        x509.load_pem_x509_certificate(back.file.read_bytes())
    )

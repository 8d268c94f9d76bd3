"""The accounts of the bus: ours, with a user for each service, and one for each partner, which sees its own doors only.

The keys lie in `nats/keys`, which only the operator sees; what they sign lies in `nats/accounts`, where the server
looks; what is handed over to partners, in `partners`. A partner's account imports the doors of ours under its own
name, so it cannot say anything as somebody else.
"""

from pathlib import Path

from deploy import credentials
from deploy.nats_config import service_permissions, write_private
from shared.nkeys import KeyPair, Kind, opened

OPERATOR = "operator"
EXPORTS = (
    credentials.export("service", "municipal.*.*.>"),
    credentials.export("service", "osiedle.door.*.submit"),
    credentials.export("stream", "osiedle.door.*.rejected.>"),
)
"""The stored door, the door that answers, and what was rejected; see docs/partners.md."""
PARTNER_LIMITS = {"conn": 10, "subs": 100, "leaf": 0, "exports": 0}
SYSTEM_USER = "system"


class Accounts:
    """The keys of one installation and what they signed, in its data folder."""

    def __init__(self, data: Path) -> None:
        self._keys = data / "nats" / "keys"
        self._partners = self._keys / "partners"
        self._tokens = data / "nats" / "accounts"
        self._logins = data / "partners"

    @property
    def is_new(self) -> bool:
        """Say whether nothing was ever made here."""
        return not (self._keys / OPERATOR).is_file()

    def bring_about(self, partners: tuple[str, ...]) -> None:
        """Make what is not there; a new installation begins with these partners.

        What is there is signed again with what it may now: an update may change that.
        """
        beginning = partners if self.is_new else ()
        self._partners.mkdir(parents=True, exist_ok=True)
        self._tokens.mkdir(parents=True, exist_ok=True)
        self._write(self.system, credentials.account_token(self.operator, self.system, "SYSTEM", {}))
        ours = credentials.account_token(
            self.operator, self.ours, "OSIEDLE", credentials.JETSTREAM, exports=list(EXPORTS)
        )
        self._write(self.ours, ours)
        for partner in (*self.partners, *beginning):
            self.add(partner)

    @property
    def operator(self) -> KeyPair:
        """Give the key that signs accounts."""
        return _kept(self._keys / OPERATOR, "operator")

    @property
    def system(self) -> KeyPair:
        """Give the account that the server itself listens to."""
        return _kept(self._keys / "system", "account")

    @property
    def ours(self) -> KeyPair:
        """Give the account of the services."""
        return _kept(self._keys / "osiedle", "account")

    @property
    def operator_token(self) -> str:
        """Give what the server must know of the operator."""
        return credentials.operator_token(self.operator, system=self.system)

    @property
    def partners(self) -> tuple[str, ...]:
        """Name the partners that have an account."""
        return tuple(sorted(file.name for file in self._partners.iterdir())) if self._partners.is_dir() else ()

    def add(self, partner: str) -> str:
        """Give a partner its account and its login; gives the token, which a server that runs must be told of."""
        account = self._partner(partner)
        doors = [
            credentials.import_("service", self.ours, f"municipal.{partner}.*.>", f"municipal.{partner}.*.>"),
            credentials.import_("service", self.ours, f"osiedle.door.{partner}.submit", f"municipal.{partner}.submit"),
            credentials.import_(
                "stream", self.ours, f"osiedle.door.{partner}.rejected.>", f"municipal.{partner}.rejected.>"
            ),
        ]
        token = credentials.account_token(self.operator, account, partner, PARTNER_LIMITS, imports=doors)
        self._write(account, token)
        self._logins.mkdir(exist_ok=True)
        login = self.login_of(partner)
        write_private(login, credentials.creds(account, _user_key(login), partner))
        return token

    def login_of(self, partner: str) -> Path:
        """Say where the login of a partner is; it may do all in its account, where there is nothing but its doors."""
        return self._logins / f"{partner}.creds"

    def removal(self, partner: str) -> str:
        """Give the token that makes a running server forget a partner's account and end its connections."""
        return credentials.deletion_token(self.operator, [self._partner(partner).public])

    def remove(self, partner: str) -> None:
        """Take a partner's account away; who comes again by this name gets a new one."""
        (self._tokens / f"{self._partner(partner).public}.jwt").unlink(missing_ok=True)
        self.login_of(partner).unlink(missing_ok=True)
        (self._partners / partner).unlink()

    def creds(self, user: str, before: Path) -> str:
        """Write the login of a service, or of the operator who may do all; the key in the file `before` is kept."""
        permissions = {} if user == OPERATOR else service_permissions(user)
        return credentials.creds(self.ours, _user_key(before), user, **permissions)

    def system_creds(self) -> str:
        """Write a login with which the server can be told of accounts."""
        return credentials.creds(self.system, KeyPair.made("user"), SYSTEM_USER)

    def _partner(self, partner: str) -> KeyPair:
        return _kept(self._partners / partner, "account")

    def _write(self, account: KeyPair, token: str) -> None:
        write_private(self._tokens / f"{account.public}.jwt", token)


def _kept(file: Path, kind: Kind) -> KeyPair:
    """Read a key, or make and keep one."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, KeyPair.made(kind).seed)
    return KeyPair.of_seed(file.read_text())


def _user_key(creds: Path) -> KeyPair:
    return opened(creds.read_text())[1] if creds.is_file() else KeyPair.made("user")

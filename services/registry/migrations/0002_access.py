"""Access, invitations, letters, consents and the audit log."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "audit",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("subject_id", columns.Id(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("by_person_id", columns.Id(), nullable=True),
        sa.Column("by_api_key_id", columns.Id(), nullable=True),
        sa.Column("by_service", sa.String(length=50), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_subject", ["subject_id", "position"], unique=False)

    op.create_table(
        "known_api_key",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("neighbourhood_coordinator", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.Column("used_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_api_key")),
    )
    with op.batch_alter_table("known_api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_known_api_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about_id", columns.Id(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_about_id"), ["about_id"], unique=False)
        batch_op.create_index("ix_letter_due", ["state", "due_at"], unique=False)

    op.create_table(
        "revoked_access",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("before_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revoked_access")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("used_at", columns.Instant(), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_key_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mail_ids", sa.JSON(), nullable=False),
        sa.Column("forgotten_at", columns.Instant(), nullable=False),
        sa.Column("confirmed_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_confirmed_at"), "erasure", ["confirmed_at"], unique=False)
    op.create_table(
        "erasure_confirmation",
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("service", sa.String(length=50), nullable=False),
        sa.Column("confirmed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_confirmation_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "service", name=op.f("pk_erasure_confirmation")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("neighbourhood_coordinator", sa.Boolean(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("by_person_id", columns.Id(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.Column("accepted_at", columns.Instant(), nullable=True),
        sa.Column("withdrawn_at", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_invitation_secret_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "password",
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("hash", sa.String(length=300), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_password")),
    )
    op.create_table(
        "wrong_password",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_password")),
    )
    with op.batch_alter_table("wrong_password", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_password_email_hash", ["email_hash", "at"], unique=False)

    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("way", sa.String(length=20), server_default="link", nullable=False))
        batch_op.add_column(sa.Column("label", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("network_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("used_at", columns.Instant(), nullable=True))

    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("legal_basis", sa.String(length=30), server_default="consent", nullable=False))
        batch_op.add_column(sa.Column("given_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("valid_until_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", columns.Instant(), nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("neighbourhood_coordinator", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("signed_in_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", columns.Instant(), nullable=True))

    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("code_hash", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("code_expires_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("browser_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))
        batch_op.alter_column("person_id", nullable=True)
        batch_op.alter_column("secret_hash", nullable=True)
        batch_op.create_index(batch_op.f("ix_sign_in_link_email_hash"), ["email_hash"], unique=False)
    _consents_of_what_was_there()
    _audit_is_append_only()


def _consents_of_what_was_there() -> None:
    """Say that an organisation stands for its own contacts, and that what is shown was agreed to from the start."""
    op.execute("UPDATE contact SET legal_basis = 'legitimate_interest' WHERE organisation_id IS NOT NULL")
    op.execute("UPDATE contact SET given_at = created_at WHERE visibility <> 'private'")


def _audit_is_append_only() -> None:
    """Let the database itself refuse that a row is changed, or removed within thirty days; older ones may expire.

    SQLite drops a table's triggers with the table: a later revision that alters `audit` in a batch makes them again.
    """
    for statement in POSTGRES_GUARD if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARD:
        op.execute(statement)


SQLITE_GUARD = (
    """
    CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-30 days')
    BEGIN SELECT RAISE(ABORT, 'the audit log is kept for thirty days at least'); END
    """,
)
POSTGRES_GUARD = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '30 days' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only, and kept for thirty days at least';
    END $$
    """,
    """
    CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE FUNCTION refuse_audit_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is kept for thirty days at least'; END $$
    """,
    """
    CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_truncation()
    """,
)

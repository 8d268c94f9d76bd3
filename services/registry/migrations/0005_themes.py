"""Themes are one taxonomy in two languages, which a neighbourhood may edit."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"

# code, wider theme, Polish, English, other words
FIRST: tuple[tuple[str, str | None, str, str, tuple[str, ...]], ...] = (
    ("culture", None, "kultura", "culture", ("sztuka i kultura", "dom kultury")),
    ("theatre", "culture", "teatr", "theatre", ("przedstawienia", "theater")),
    ("music", "culture", "muzyka", "music", ("koncerty", "śpiew", "chór", "concerts", "singing")),
    ("art", "culture", "sztuka i rękodzieło", "arts and crafts", ("plastyka", "rękodzieło", "malarstwo", "crafts")),
    ("books", "culture", "książki i czytanie", "books and reading", ("biblioteka", "czytelnictwo", "literatura")),
    ("film", "culture", "film", "film", ("kino", "cinema")),
    ("heritage", "culture", "historia i tradycja", "history and tradition", ("historia", "tradycja", "dziedzictwo")),
    ("education", None, "edukacja", "education", ("nauka", "szkoła", "oświata", "learning")),
    ("tutoring", "education", "korepetycje", "tutoring", ("pomoc w nauce", "odrabianie lekcji", "homework")),
    ("languages", "education", "języki", "languages", ("język angielski", "język polski")),
    ("digital", "education", "komputer i internet", "computers and internet", ("komputery", "cyfrowe", "smartfon")),
    ("sport", None, "sport i ruch", "sport and exercise", ("sport", "gimnastyka", "zajęcia ruchowe", "exercise")),
    ("health", None, "zdrowie", "health", ("profilaktyka", "medycyna")),
    ("mental_health", "health", "zdrowie psychiczne", "mental health", ("psycholog", "wsparcie psychologiczne")),
    ("addictions", "health", "uzależnienia", "addictions", ("alkohol", "narkotyki")),
    ("social_help", None, "pomoc społeczna", "social help", ("pomoc", "wsparcie", "opieka społeczna")),
    ("food", "social_help", "żywność", "food", ("jadłodzielnia", "obiady", "posiłki", "meals")),
    ("legal_advice", "social_help", "porady prawne", "legal advice", ("prawnik", "poradnictwo prawne")),
    ("care", "social_help", "opieka", "care", ("opiekunowie", "usługi opiekuńcze", "carers")),
    ("disability", "social_help", "niepełnosprawność", "disability", ("osoby z niepełnosprawnościami", "dostępność")),
    ("integration", "social_help", "integracja", "integration", ("cudzoziemcy", "uchodźcy", "migranci", "refugees")),
    ("families", None, "rodzina", "families", ("rodziny", "rodzice", "family", "parents")),
    ("children", "families", "dzieci", "children", ("przedszkolaki", "kids")),
    ("youth", None, "młodzież", "youth", ("nastolatki", "teenagers")),
    ("seniors", None, "seniorzy", "seniors", ("osoby starsze", "starsi", "older people")),
    ("greenery", None, "zieleń", "greenery", ("park", "skwer", "tereny zielone", "green spaces")),
    ("gardening", "greenery", "ogrodnictwo", "gardening", ("ogród", "ogród społeczny", "garden")),
    ("animals", "greenery", "zwierzęta", "animals", ("psy", "koty", "dogs")),
    ("environment", None, "środowisko", "environment", ("ekologia", "smog", "odpady", "ecology", "waste")),
    ("housing", None, "mieszkalnictwo", "housing", ("mieszkania", "spółdzielnia", "lokatorzy")),
    ("safety", None, "bezpieczeństwo", "safety", ("policja", "straż miejska")),
    ("traffic", None, "ruch i transport", "traffic and transport", ("drogi", "parkowanie", "chodniki", "transport")),
    ("work", None, "praca", "work", ("zatrudnienie", "bezrobocie", "employment", "jobs")),
    ("neighbourliness", None, "sąsiedztwo", "neighbourliness", ("sąsiedzi", "neighbours")),
    ("volunteering", "neighbourliness", "wolontariat", "volunteering", ("wolontariusze", "volunteers")),
    ("partnership", "neighbourliness", "partnerstwo", "partnership", ("współpraca", "cooperation")),
    ("participation", None, "udział mieszkańców", "participation", ("partycypacja", "konsultacje")),
    ("participatory_budget", "participation", "budżet obywatelski", "participatory budget", ("BO",)),
)


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    theme = op.create_table(
        "theme",
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("parent_code", sa.String(60), sa.ForeignKey("theme.code", name="fk_theme_parent_code_theme")),
        sa.Column("name_pl", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_theme_parent_code", "theme", ["parent_code"])
    op.bulk_insert(
        theme,
        [
            {
                "code": code,
                "parent_code": parent,
                "name_pl": polish,
                "name_en": english,
                "synonyms": list(words),
                "version": 1,
                "retired": False,
            }
            for code, parent, polish, english, words in FIRST
        ],
    )

"""Fields can be read in each language of the catalogue, and are found by the same name in all of them."""

import pytest

from connector.kpis import board, fields
from connector.kpis.languages import ENGLISH, in_language, languages
from connector.model import Entity, FieldKind, FieldSpec
from connector.settings import AccountSettings

EVERY = {**fields.specs(), **{f"board.{name}": spec for name, spec in board.specs(Entity.COMPANIES).items()}}
OTHERS = [language for language in languages() if language != ENGLISH]


def test_the_settings_offer_what_there_is():
    """Every language can be chosen, and no other; English needs no choice."""
    (rule,) = (one for one in AccountSettings.model_fields["language"].metadata if hasattr(one, "pattern"))
    assert rule.pattern == f"^({'|'.join(languages())})$"
    assert AccountSettings().language == ENGLISH


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("key", EVERY)
def test_every_field_is_translated(key: str, language: str):
    """Label and meaning differ from the English ones, and neither name, kind nor version does."""
    spec = EVERY[key]
    told = in_language(spec, language)
    assert "KPI" in told.label.split(": ")[0]
    assert (told.label != spec.label, told.means != spec.means, told.means[-1]) == (True, True, ".")
    assert (told.entity, told.name, told.kind, told.version, told.min_change) == (
        spec.entity,
        spec.name,
        spec.kind,
        spec.version,
        spec.min_change,
    )


@pytest.mark.parametrize("language", languages())
def test_no_two_fields_of_a_record_look_alike(language: str):
    """Whoever picks a field for a list can tell it from every other one."""
    labels = [(spec.entity, in_language(spec, language).label) for spec in EVERY.values()]
    assert len(set(labels)) == len(labels)


def test_the_words_around_a_field():
    """A field of a period says so in its language, and knows every label it ever had, so that a person's own can be told from them."""
    told = in_language(fields.specs()["users.kpi_win_rate_month"], "sv")
    assert told.label == "KPI: Vinstandel denna månad"
    assert told.means == "Andelen av de avgjorda affärerna som vanns, hittills denna månad."
    assert (told.wording.group, told.wording.yes, told.wording.no) == ("Nyckeltal", "Ja", "Nej")
    assert {"KPI: Win rate this month", "KPI: Taxa de vitórias neste mês"} <= told.wording.labels
    assert "KPI" in told.wording.groups


def test_what_nobody_translated_is_english():
    """A field without a translation keeps its English words instead of failing."""
    spec = FieldSpec(Entity.DEALS, "kpi_new", "KPI: New", FieldKind.NUMBER, "New.")
    told = in_language(spec, "fi")
    assert (told.label, told.means, told.wording.labels) == ("KPI: New", "New.", {"KPI: New"})

"""Profiles in the database, and who wants an entry."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from dateline.routing import profiles
from dateline.routing.matching import Matching
from dateline.routing.models import Profile, Revision, Rule, Subscriber
from dateline.words.errors import BadInput
from tests.rooms import stories
from tests.rooms.stories import STORY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def witness_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATELINE_WITNESS_FILE", tmp_path / "wire.head")


def subscriber(*rules: dict[str, object], **values: object) -> Subscriber:
    made = Subscriber.objects.create(kind="outlet", name="Gazette", **values)
    profiles.set_rules(made, rules)
    return made


def wanting(matching: Matching, entry: object) -> dict[int, str]:
    matching.keep_up()
    return dict(matching.who_wants(entry))


def test_each_gets_it_once_in_his_best_language() -> None:
    english = subscriber({"everything": True}, {"countries": ["fr"]})
    german = subscriber({"everything": True}, languages=["de", "en"])
    arabic = subscriber({"languages": ["ar"]})
    korean = subscriber({"languages": ["ko"]})
    filed = stories.released()
    found = wanting(Matching(), stories.entry(filed))
    assert found == {english.pk: "en", german.pk: "de", arabic.pk: "ar"}
    assert korean.pk not in found


def test_the_index_keeps_up_with_changes_and_forgets_what_was_removed() -> None:
    entry = stories.entry(stories.released())
    matching = Matching()
    reader = subscriber({"countries": ["FR"]})
    assert wanting(matching, entry) == {reader.pk: "en"}
    profiles.set_rules(reader, [{"countries": ["KR"]}])
    assert wanting(matching, entry) == {}
    profiles.set_rules(reader, [{"signals": ["release"]}])
    assert wanting(matching, entry) == {reader.pk: "en"}
    reader.languages = ["de"]
    reader.save()
    assert wanting(matching, entry) == {reader.pk: "de"}
    reader.paused = True
    reader.save()
    assert wanting(matching, entry) == {}
    assert not matching.may_read(reader.pk, entry)
    assert len(matching.index) == 0


def test_only_the_audience_gets_it() -> None:
    media = subscriber({"everything": True}, groups=["media"])
    subscriber({"everything": True})
    entry = stories.entry(stories.released(replace(STORY, audience=("media",))))
    matching = Matching()
    assert wanting(matching, entry) == {media.pk: "en"}
    media.groups = []
    media.save()
    assert wanting(matching, entry) == {}


def test_a_rule_refuses_too() -> None:
    subscriber({"languages": ["en"], "refused": {"issuer": ["Tidewell Energy"]}})
    other = subscriber({"refused": {"issuer": ["Someone Else"]}})
    assert wanting(Matching(), stories.entry(stories.released())) == {other.pk: "en"}


def test_what_is_wrong_in_rules_is_named_by_place_and_nothing_is_kept() -> None:
    reader = subscriber({"everything": True})
    bad = [
        {"countries": ["Korea"], "languages": ["en", "not a tag"]},
        {"urgency": 12, "tickers": ["ALL"]},
        {"everything": True, "signals": ["release"]},
        {},
        {"sectors": "medtop:04000000", "colour": "red", "signals": ["shout"], "refused": {"taste": ["bad"]}},
    ]
    with pytest.raises(BadInput) as refused:
        profiles.set_rules(reader, bad)
    assert {fault.where for fault in refused.value.faults} >= {
        "/rules/0/countries/0",
        "/rules/0/languages/1",
        "/rules/1/urgency",
        "/rules/1/tickers/0",
        "/rules/2",
        "/rules/3",
        "/rules/4/sectors",
        "/rules/4/colour",
        "/rules/4/signals/0",
        "/rules/4/refused",
    }
    assert Rule.objects.get().everything


def test_values_are_kept_in_their_one_form() -> None:
    reader = subscriber({"languages": ["zh-TW", "en_us"], "countries": ["kr"], "tickers": ["Xetra: acm"], "urgency": 3})
    rule = Rule.objects.get(profile__subscriber=reader)
    assert (rule.languages, rule.countries, rule.tickers) == (["zh-Hant", "en-US"], ["KR"], ["XETR:ACM"])


def test_revisions_grow_with_every_change() -> None:
    reader = subscriber({"everything": True})
    before = Profile.objects.get().revision
    reader.save()
    assert Profile.objects.get().revision > before


def test_an_issuer_sees_an_outlet_by_name_and_a_journalist_by_pseudonym() -> None:
    outlet = Subscriber.objects.create(kind="outlet", name="Gazette")
    person = Subscriber.objects.create(kind="journalist", name="Esra Aydin")
    assert str(outlet) == outlet.shown_as == "Gazette"
    assert "Esra" not in str(person)
    assert person.pseudonym != outlet.pseudonym


def test_words_are_kept_and_asked_of_the_text() -> None:
    entry = stories.entry(stories.released())
    said = STORY.renditions[0].headline.split()[-1].strip(".")
    reader = subscriber({"words": f'{said} NOT "nobody says this"'})
    other = subscriber({"words": "quixotic"})
    assert Rule.objects.get(profile__subscriber=reader).document() == {"words": f'{said} AND (NOT "nobody says this")'}
    assert wanting(Matching(), entry) == {reader.pk: "en"}
    profiles.set_rules(other, [{"words": said}])
    assert wanting(Matching(), entry).keys() == {reader.pk, other.pk}


def test_a_restart_goes_on_from_the_snapshot_and_what_has_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.routing.matching._SAVE_EVERY", 1)
    file = tmp_path / "rules.snapshot"
    stays, changes, goes, pauses = (subscriber({"everything": True}) for _ in range(4))
    entry = stories.entry(stories.released())
    assert set(wanting(Matching(file), entry)) == {stays.pk, changes.pk, goes.pk, pauses.pk}
    assert file.stat().st_mode & 0o077 == 0
    profiles.set_rules(changes, [{"countries": ["KR"]}])
    pauses.paused = True
    pauses.save()
    goes.delete()
    fresh = subscriber({"words": "tide"})
    asked: list[int] = []
    take = Matching._take
    monkeypatch.setattr(
        Matching, "_take", lambda self, profile: (asked.append(profile.subscriber_id), take(self, profile))
    )
    assert set(wanting(Matching(file), entry)) == {stays.pk, fresh.pk}
    assert set(asked) == {changes.pk, pauses.pk, fresh.pk}


@pytest.mark.parametrize("data", [b"", b"nonsense", None])
def test_a_snapshot_that_cannot_be_used_is_not_missed(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "rules.snapshot"
    if data is not None:
        file.write_bytes(data)
    one = subscriber({"everything": True})
    assert set(wanting(Matching(file), stories.entry(stories.released()))) == {one.pk}


def test_a_snapshot_that_is_ahead_of_a_restored_database_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.routing.matching._SAVE_EVERY", 1)
    file = tmp_path / "rules.snapshot"
    one = subscriber({"everything": True})
    entry = stories.entry(stories.released())
    wanting(Matching(file), entry)
    Revision.objects.update(number=0)
    Profile.objects.update(revision=1)
    profiles.set_rules(one, [{"countries": ["KR"]}])
    assert wanting(Matching(file), entry) == {}

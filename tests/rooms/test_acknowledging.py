"""A withdrawal is acknowledged: by the link in its mail, the header of its post, or the API; who did not is known."""

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client

from dateline.cli import delivery as command
from dateline.delivery import acknowledging
from dateline.delivery.models import Acknowledgement, Endpoint
from dateline.people import tokens
from dateline.people.models import User
from dateline.people.roles import Role
from dateline.reports.report import report
from dateline.words import clock
from dateline.words.errors import BadInput, NotFound
from tests.rooms import stories
from tests.rooms.delivering import delivering, settled
from tests.rooms.ends import Ends, until
from tests.rooms.pages import select, texts, tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("witness_file")]
LINK = re.compile(r"/acknowledge/[\w-]+")


def withdrawn(sink: Ends) -> tuple[Endpoint, Endpoint]:
    """A story that an outlet has by webhook and a journalist by mail, in German, is taken back: entry 2."""
    gazette = stories.outlet("Gazette", sink.hook("gazette"))
    esra = stories.journalist("esra@gazette.example", languages=["de"])
    with delivering():
        filed = stories.released()
        until(settled)
        stories.withdrawn(filed)
        until(settled)
    return gazette, esra


def test_each_acknowledges_by_what_was_sent_to_it_and_the_rest_is_listed(sink: Ends) -> None:
    gazette, esra = withdrawn(sink)
    assert acknowledging.lacking(2) == [esra, gazette]
    first, mail = sink.mails_to("esra@gazette.example")
    assert not LINK.search(first.get_body(("plain",)).get_content())
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    found = LINK.search(text)
    assert found
    assert f'{found[0]}"' in html

    asked = Client(enforce_csrf_checks=True).get(found[0])
    assert 'lang="de"' in asked.content.decode()
    assert asked["Referrer-Policy"] == "no-referrer"
    assert not asked.cookies
    # Who only looks, as scanners of mail do, acknowledges nothing.
    assert acknowledging.lacking(2) == [esra, gazette]
    for _ in range(2):
        assert Client(enforce_csrf_checks=True).post(found[0]).status_code == 200
    assert acknowledging.lacking(2) == [gazette]
    assert CliRunner().invoke(command.command, ["unacknowledged", "2"]).output == f"Gazette  webhook  {gazette.name}\n"

    posts = sink.posts_to("gazette")
    assert "dateline-acknowledge" not in posts[0].headers
    url = posts[1].headers["dateline-acknowledge"]
    assert Client().post(url[url.index("/acknowledge/") :]).status_code == 200
    assert acknowledging.lacking(2) == []
    assert {row.how for row in Acknowledgement.objects.all()} == {"link"}
    assert Acknowledgement.objects.count() == 2


def test_a_link_is_good_for_its_own_entry_and_recipient_alone(sink: Ends) -> None:
    _, esra = withdrawn(sink)
    url = sink.posts_to("gazette")[1].headers["dateline-acknowledge"]
    path = url[url.index("/acknowledge/") :]
    name, seq, tag = path.removeprefix("/acknowledge/").split("-")
    for other in (
        f"{esra.name}-{seq}-{tag}",
        f"{name}-1-{tag}",
        f"{name}-{seq}-{tag[:-1]}0",
        name,
        f"{name}-0{seq}-{tag}",
        "ü-2-x",
    ):
        if other != f"{name}-{seq}-{tag}":
            assert Client().post(f"/acknowledge/{other}").status_code == 404
    assert not Acknowledgement.objects.exists()


def test_the_report_counts_them_and_names_outlets(sink: Ends) -> None:
    gazette, _ = withdrawn(sink)
    taken_back = stories.log.tail(1, 1)[0]
    (told,) = report(stories.CHIEF, taken_back.guid.rpartition(":")[2])["acknowledgements"]
    assert told == {
        "seq": 2,
        "signal": "withdrawal",
        "owed": 2,
        "acknowledged": 0,
        "outlets": ["Gazette"],
        "journalists": 1,
    }
    User.objects.create_user("duc@wire.example", "a long password", name="Duc", role=Role.EDITOR)
    client = Client()
    assert client.login(username="duc@wire.example", password="a long password")
    page = tree(client.get(f"/work/report/{taken_back.guid.rpartition(':')[2]}"))
    assert ["2", "Withdrawal", "0/2", "Gazette", "1"] in [texts(row, "td") for row in select(page, "tr")]
    acknowledging.taken(2, gazette)
    # Taking the file of a release is no acknowledgement of anything.
    acknowledging.taken(1, gazette)
    (row,) = Acknowledgement.objects.all()
    assert (row.seq, row.how) == (2, "file")
    assert acknowledging.standing(2).outlets == ()


def test_what_takes_nothing_back_or_was_not_sent_cannot_be_acknowledged(sink: Ends) -> None:
    gazette, _ = withdrawn(sink)
    late = stories.outlet("Late", sink.hook("late"))
    with pytest.raises(BadInput, match="takes nothing back"):
        acknowledging.acknowledge(1, gazette, acknowledging.API, clock.now())
    with pytest.raises(NotFound):
        acknowledging.acknowledge(2, late, acknowledging.API, clock.now())
    with pytest.raises(BadInput, match="takes nothing back"):
        acknowledging.lacking(1)
    with pytest.raises(NotFound):
        acknowledging.lacking(9)


def test_a_subscriber_acknowledges_by_the_api_for_all_his_endpoints(sink: Ends) -> None:
    gazette, esra = withdrawn(sink)
    user = User.objects.create_user("esra@gazette.example", "a long password", name="Esra", role=Role.SUBSCRIBER)
    token = tokens.new(Role.SUBSCRIBER, now=clock.now(), user=user)

    def post(seq: int) -> tuple[int, str]:
        answer = Client().post(
            "/api/v1/subscription/acknowledgements",
            data=json.dumps({"seq": seq}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, answer.content.decode()

    assert post(2)[0] == 404
    esra.subscriber.user = user
    esra.subscriber.save()
    type(esra.subscriber).objects.filter(user=user).exclude(pk=esra.subscriber_id).delete()
    assert post(1)[0] == 422
    status, body = post(2)
    assert (status, json.loads(body)["acknowledged"][0]["endpoint"]) == (200, esra.name)
    assert post(2)[1] == body
    assert acknowledging.lacking(2) == [gazette]

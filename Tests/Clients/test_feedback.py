"""What an authority owes on reports, and what its silence comes to, over kill -9 and as months go by."""
import datetime
import json
import re

from conftest import wait_for
from test_reports import suspicion
from test_scenarios import Party, legal, restart, world  # noqa: F401

DAY = 86_400


def test_silence_is_overdue_after_90_days_and_accepts_after_180(world, legal):
    forwarder = Party(world, "blue-anchor")
    began = datetime.datetime.now(datetime.timezone.utc).date()

    def report(number):
        content = suspicion(subjects=[{"kind": "CTR", "key": "c", "properties": {"containerNumber": [number]}}], relations=[])
        return forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": content}, 201)["id"]

    silent, answered = report("CSQU3054383"), report("MSKU0383250")
    restart(world)

    def owed(*more):
        return world.cli("report", "list", "--owed", *more, member=legal.name).stdout

    shown = [json.loads(line) for line in owed("--json").splitlines()]
    assert [one["report"]["id"] for one in shown] == [silent, answered] and not any(one["overdue"] for one in shown)
    assert shown[0]["due"][:10] == str(began + datetime.timedelta(days=90))
    # Its reporter owes nothing, and is shown nothing here.
    assert forwarder.call("GET", "owed") == {"owed": []}
    world.cli("report", "say", answered, "--text", "Nothing came of it yet.", member=legal.name)
    assert answered not in owed() and silent in owed()

    def statement(closed, form="json", epochs=1):
        def look(form):
            shown = world.cli(
                "statement", "harbour-customs", "--epochs", str(epochs), "--form", form, member=forwarder.name, check=False,
            )
            return shown.stdout if shown.returncode == 0 else '{"epochs": [0, 0]}'

        wait_for(lambda: json.loads(look("json"))["epochs"][1] == closed, "the close", seconds=40)
        return json.loads(look(form)) if form == "json" else look(form)

    restart(world, 31 * DAY)
    early = statement(1)
    assert [(one["item"], one["state"]) for one in early["feedback_owed"]] == [(silent, "owed")]
    assert early["overdue_authorities"] == [] and early["posted"] == 0
    assert early["epoch_dates"] == [str(began), str(began + datetime.timedelta(days=30))]

    restart(world, 121 * DAY)
    rows = owed()
    assert rows.splitlines()[1].startswith("OVERDUE") and silent in rows
    late = statement(4)
    due = str(began + datetime.timedelta(days=90))
    assert [(one["state"], one["due"], one["due_date"]) for one in late["feedback_owed"]] == [("overdue", 90, due)]
    assert late["overdue_authorities"] == [{"authority": "harbour-customs", "count": 1, "since": 90, "since_date": due}]
    text = statement(4, "text")
    assert re.search(rf"{silent} by harbour-customs, submitted on day 0 \(.*\): overdue since day 90 \({due}\)", text)
    assert f"harbour-customs: 1, the oldest since day 90 ({due})" in text
    assert f"4,{due},feedback-overdue,{silent},harbour-customs" in statement(4, "csv")

    # Neither was decided on: both count as accepted, at the grade of what nobody could judge.
    restart(world, 211 * DAY)
    vested = statement(7)
    assert {one["item"] for one in vested["lines"]} == {silent, answered}
    assert {(one["event"], one["C"], one["kind"]) for one in vested["lines"]} == {("accepted", 500, "posted")}
    assert vested["posted"] > 0 and [one["item"] for one in vested["feedback_owed"]] == [silent]
    world.cli("report", "accept", silent, "--grade", "A1", member=legal.name)
    world.cli("report", "refuse", answered, "--reason", "no-suspicion", member=legal.name)
    assert "you owe a word on no report" in world.cli("report", "list", "--owed", member=legal.name).stderr
    assert statement(7) == vested
    restart(world, 241 * DAY)
    last = statement(8)
    # The acceptance is not paid for twice, and a refusal that comes so late takes nothing back.
    assert last["lines"] == [] and last["posted"] == 0 and last["clawed_back"] == [] and last["feedback_owed"] == []

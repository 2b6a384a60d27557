"""What groups owe each other for answers, from asking to netting, over kill -9 and the end of a month, with the real programs."""
import json

import pytest
from conftest import wait_for
from test_reports import ROUTE, suspicion
from test_scenarios import DAY, join, restart, world  # noqa: F401

BANKS = ("ash-bank", "birch-bank", "cedar-bank")


@pytest.fixture
def question(tmp_path):
    file = tmp_path / "question.json"
    file.write_text(json.dumps(suspicion(subjects=[ROUTE], relations=[])))
    return str(file)


def test_what_is_asked_is_owed_until_a_circle_is_netted(world, question):
    for name in BANKS:
        join(world, name)

    def ask(name, to, *more, check=True):
        return world.cli("ask", question, "--to", to, *more, "--json", member=name, check=check)

    def answer(name, asked, *words):
        world.cli("requests", "answer", json.loads(asked.stdout)["id"], *words, member=name)

    def lines(name):
        shown = json.loads(world.cli("lines", "--json", member=name).stdout)
        assert shown["group"] == name and shown["limit"] == 20
        return {one["other"]: (one["posted"], one["asked"], one["asking"]) for one in shown["lines"]}

    ash, birch, cedar = BANKS
    for name, other in ((ash, birch), (birch, cedar), (cedar, ash)):
        asked = ask(name, other, "--weight", "moderate")
        assert json.loads(asked.stdout)["weight"] == "moderate"
        assert lines(name)[other] in ((0, 3, 0), (0, 3, 3))
        restart(world)
        answer(other, asked, "--nil")
    assert lines(ash) == {birch: (-3, 0, 0), cedar: (3, 0, 0)} and lines(birch) == {ash: (3, 0, 0), cedar: (-3, 0, 0)}
    # What is open counts, and beyond the line nothing is asked: the refusal says what is owed, and what to do.
    for _ in range(2):
        ask(ash, birch, "--weight", "deep")
    refused = ask(ash, birch, "--weight", "moderate", check=False)
    assert refused.returncode == 1 and "beyond the line of 20" in refused.stderr and "it owes birch-bank 3, and 16 are in requests" in refused.stderr
    assert lines(ash)[birch] == (-3, 16, 0) and lines(birch)[ash] == (3, 0, 16)
    # Of a pool nobody is told who was asked; what is answered is owed.
    asked = ask(ash, "warnings")
    assert json.loads(world.cli("lines", "--json", member=ash).stdout)["asked_of_pools"] == 1
    assert lines(cedar)[ash] == (-3, 0, 1) and lines("first-harbour-bank") == {ash: (0, 0, 1)}
    answer(birch, asked, "--positive", "A customer until May.")
    answer(cedar, asked, "--nil")
    assert lines(ash) == {birch: (-4, 16, 0), cedar: (2, 0, 0)} and lines("harbour-customs") == {}
    text = world.cli("lines", member=ash)
    assert [row.split() for row in text.stdout.splitlines()] == [
        ["GROUP", "OWES", "YOU", "YOU", "OWE", "YOU", "ASK", "ASKS", "YOU"], [birch, "0", "4", "16", "0"], [cedar, "2", "0", "0", "0"],
    ]
    assert "a line holds 20 units; you ask 1 of pools" in text.stderr

    restart(world, 31 * DAY)
    wait_for(lambda: lines(ash) == {birch: (-2, 0, 0)}, "what is over to be off the lines, and the circle to be netted", seconds=40)
    assert lines(birch) == {ash: (2, 0, 0), cedar: (-1, 0, 0)} and lines(cedar) == {birch: (1, 0, 0)}

    def statement(name):
        shown = world.cli("statement", "warnings", "--form", "json", member=name, check=False)
        return json.loads(shown.stdout) if shown.returncode == 0 else None

    wait_for(lambda: statement(birch), "the close", seconds=40)
    told = {name: statement(name) for name in BANKS}
    item = json.loads(asked.stdout)["id"]
    assert [(one["event"], one["item"], one["from"], one["C"], one["R"], one["U"]) for one in told[birch]["lines"]] == [
        ("answer", item, ash, 500, 1000, 1000)]
    assert [one["event"] for one in told[cedar]["lines"]] == ["nil-answer"] and told[ash]["lines"] == []
    # How soon each of the two answered may differ by minutes, of which T has each count.
    assert abs(told[birch]["posted"] - 2 * told[cedar]["posted"]) < 50 and told[birch]["posted"] > 4_700
    assert "until May" not in json.dumps(told)
    text = world.cli("statement", "warnings", member=birch).stdout
    assert "Statement of birch-bank in warnings" in text and "Request lines" in text and ash in text

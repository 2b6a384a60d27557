"""Two officers that find a report to be in bad faith: what it costs, and what its member reads."""
import json

from conftest import wait_for
from test_reports import suspicion
from test_scenarios import Party, legal, restart, world  # noqa: F401

DAY = 86_400


def add_officers(world):
    """Two of customs who have accepted nothing."""
    for name in ("ann", "ben"):
        world.cli("admin", "principal", "add", name, "--member", "harbour-customs", "--role", "reader", "--role", "officer")
        secret = world.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--purpose", "P02", "--json").stdout
        world.extra[name] = json.loads(secret)["secret"]


def test_two_officers_find_bad_faith_and_its_member_reads_why(world, legal):
    add_officers(world)
    forwarder = Party(world, "blue-anchor")
    report = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)["id"]
    legal.call("POST", f"reports/{report}/accept", {"grade": "B2"})

    def say(action, reason, member, check=True):
        return world.cli("report", "bad-faith", action, report, "--reason", reason, member=member, check=check)

    own = say("propose", "The pictures are old.", legal.name, check=False)
    assert own.returncode == 1 and "whoever accepted the report does not judge it" in own.stderr
    early = say("second", "It knew.", "ben", check=False)
    assert early.returncode == 1 and "nobody has proposed it" in early.stderr
    say("propose", "The pictures are old.", "ann")
    alone = say("second", "It knew.", "ann", check=False)
    assert alone.returncode == 1 and "two people decide this" in alone.stderr
    assert "bad_faith" not in forwarder.call("GET", f"reports/{report}")
    assert [vote["by"] for vote in legal.call("GET", f"reports/{report}")["bad_faith"]["votes"]] == ["ann"]
    restart(world)
    say("second", "The carrier had told it so.", "ben")
    told = forwarder.call("GET", f"reports/{report}")["bad_faith"]
    assert told["decided"] and [vote["reason"] for vote in told["votes"]] == ["The pictures are old.", "The carrier had told it so."]
    assert not any("by" in vote for vote in told["votes"])
    assert "The carrier had told it so." in world.cli("report", "show", report, member=forwarder.name).stdout
    again = say("second", "It knew.", "ben", check=False)
    assert again.returncode == 1 and "it is decided" in again.stderr
    restart(world, 32 * DAY)

    def look():
        return world.cli("statement", "harbour-customs", "--form", "json", member=forwarder.name, check=False)

    wait_for(lambda: look().returncode == 0, "the close")
    statement = json.loads(look().stdout)
    # It was never posted, and costs twice what it would have brought.
    assert statement["posted"] == 0 and statement["lines"] == [] and statement["fined"] > 10_000
    assert statement["standing"]["total"] == -statement["closing"]["penalty"]

"""What a forwarder's reports earn with customs, over kill -9 and as months go by."""
import json
import re
import sqlite3

import pytest
from conftest import Node, wait_for
from reckoning import BUDGET, box, closed, earns, in_credits, left, reliability, score, shown, told
from test_reports import suspicion
from test_scenarios import DAY, HOUR, Party, customs, join, later, legal, restart, world  # noqa: F401


def test_a_tip_earns_at_the_close_of_its_epoch_and_an_embargoed_seizure_after_its_end(world, legal):
    forwarder, bank = Party(world, "blue-anchor"), Party(world, "first-harbour-bank")
    early = forwarder.call("GET", "statement?authority=harbour-customs", status=409)
    assert "closed no epoch yet" in early["detail"]
    made = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)
    place = f"reports/{made['id']}"
    legal.call("POST", f"{place}/accept")
    restart(world)
    legal.call("POST", f"{place}/outcome", {"outcome": "OA-SEI", "embargo": later(seconds=40 * DAY)})
    restart(world)

    def statement(party, closed):
        def look():
            shown = world.cli("statement", "harbour-customs", "--form", "json", member=party.name, check=False)
            return json.loads(shown.stdout) if shown.returncode == 0 else {"epochs": [0, 0]}

        wait_for(lambda: look()["epochs"][1] == closed, "the close")
        return look()

    restart(world, 31 * DAY)
    first = statement(forwarder, 1)
    assert [line["event"] for line in first["lines"]] == ["accepted"] and first["not_itemised"] == 0
    assert first["lines"][0]["item"] == made["id"] and first["lines"][0]["from"] == "harbour-customs"
    assert first["closing"]["earned"] == first["posted"] == first["lines"][0]["posted"] > 0
    # Nothing of it is of others, and nothing of the seizure is anywhere.
    assert statement(bank, 1)["closing"]["earned"] == 0
    assert "seizure" not in json.dumps(first)
    restart(world, 61 * DAY)
    second = statement(forwarder, 2)
    assert second["lines"] == [] and second["not_itemised"] > first["posted"]
    assert second["opening"] == first["closing"]
    text = world.cli("statement", "harbour-customs", "--epochs", "2", member="blue-anchor").stdout
    assert "Statement of blue-anchor in customs-inbox, epochs 1 to 2" in text and "not itemised" in text
    rows = world.cli("statement", "harbour-customs", "--form", "csv", member="blue-anchor").stdout.splitlines()
    assert rows[0].startswith("epoch,date,event,item,from")
    assert [row.split(",")[2] for row in rows[-4:]] == ["standing", "r", "rho", "tier"]
    assert rows[-1].startswith(f"2,{second['epoch_dates'][1]},tier,") and second["tier"] in rows[-1]
    # By the name that it is headed with it is the same; of an account with nothing in it there is no empty table.
    by_inbox, empty = (world.cli("statement", "customs-inbox", member=name).stdout for name in ("blue-anchor", "first-harbour-bank"))
    assert by_inbox == world.cli("statement", "harbour-customs", member="blue-anchor").stdout
    assert "opening" in empty and "event" not in empty
    refused = world.cli("statement", "first-harbour-bank", member="blue-anchor", check=False)
    assert refused.returncode == 1 and "no authority with an inbox" in refused.stderr


def test_a_report_that_meets_what_an_authority_wants_counts_for_more(world, legal):
    forwarder = Party(world, "blue-anchor")
    words = ("--about", "Boxes that are not what they say", "--category", "TBM", "--category", "TBM-MIS", "--until", later(seconds=90 * DAY))
    refused = world.cli("requirement", "add", "boxes", *words, member="blue-anchor", check=False)
    assert refused.returncode == 1 and "officer" in refused.stderr
    world.cli("requirement", "add", "boxes", *words, member=legal.name)
    again = world.cli("requirement", "add", "boxes", *words, member=legal.name, check=False)
    assert again.returncode == 1 and "name: is taken" in again.stderr
    listed = world.cli("requirement", member="first-harbour-bank").stdout
    assert "harbour-customs" in listed and "TBM TBM-MIS" in listed and "any" in listed
    made = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)
    legal.call("POST", f"reports/{made['id']}/accept")
    world.cli("requirement", "withdraw", "boxes", member=legal.name)
    assert world.cli("requirement", "list", "--json", member="first-harbour-bank").stdout == ""
    restart(world, 31 * DAY)
    wait_for(lambda: world.cli("statement", "harbour-customs", member="blue-anchor", check=False).returncode == 0, "the close")
    text = world.cli("statement", "harbour-customs", member="blue-anchor").stdout
    assert "meets boxes of harbour-customs" in text


@pytest.fixture(params=["sqlite", "postgresql"])
def harbour(request, tmp_path):
    """An exchange of customs with an inbox and a forwarder, over each engine, and what reads its store."""
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        url, rows = postgres.url, postgres.rows
    else:
        url = f"sqlite:{tmp_path}/caveat.db"

        def rows(query):
            store = sqlite3.connect(f"file:{tmp_path}/caveat.db?mode=ro", uri=True)
            found = [tuple(map(str, row)) for row in store.execute(query)]
            store.close()
            return found

    node = Node(tmp_path, 0, url).start()
    node.rows = rows
    try:
        join(node, "port-customs", "customs", partner=False, role="officer")
        join(node, "tide-forwarding", "freight-forwarder", partner=False)
        node.cli("admin", "pool", "add", "inbox", "--title", "Inbox", "--kind", "inbox", "--reading", "enrolled", "--writing", "everyone")
        node.cli("admin", "pool", "enrol", "inbox", "port-customs", "--reads")
        yield node
    finally:
        if node.process.poll() is None:
            node.stop()


def close_over_kills(node, party, epoch, day):
    """An epoch that is closed while the daemon is killed again and again, at once and a little later each time."""
    for looks in (0, 30, 60):
        restart(node, day * DAY + HOUR)
        for _ in range(looks):
            shown(party, authority="port-customs")
    restart(node, day * DAY + HOUR)
    closed(party, epoch, authority="port-customs")
    told = shown(party, epoch, authority="port-customs")
    restart(node, day * DAY + 2 * HOUR)
    assert shown(party, epoch, authority="port-customs") == told
    return json.loads(shown(party, authority="port-customs"))


def posted(node):
    """What the books say was credited: each close once."""
    query = "select epoch, cause, debit, credit, amount, count(*) from ledger_entry group by 1, 2, 3, 4, 5 order by 1, 2, 5"
    return [row for row in node.rows(query) if row[1] == "close"]


def test_what_was_killed_between_acceptance_and_close_is_posted_once_to_the_milli_credit(harbour, tmp_path):
    forwarder, officer = Party(harbour, "tide-forwarding"), "port-customs"

    def officer_says(*words):
        harbour.cli("report", *words, member=officer)
        restart(harbour)

    def tip(serial, timeliness):
        file = tmp_path / f"{serial}.json"
        file.write_text(json.dumps(told([box(serial)], timeliness)))
        sent = harbour.cli("report", "send", str(file), "--to", "port-customs", "--json", member=forwarder.name)
        return json.loads(sent.stdout)["id"]

    seized, other = tip(1, 917), tip(2, 800)
    restart(harbour)
    officer_says("accept", seized, "--grade", "B3")
    officer_says("accept", other, "--grade", "A2")
    officer_says("outcome", seized, "OA-SEI", "--quantity", "40 kg", "--embargo", later(seconds=40 * DAY))
    # R is 300, for nothing in particular is wanted; U is 1000, for nobody told of them before.
    qualities = {seized: score(500, 300, 1_000, 917), other: score(750, 300, 1_000, 800)}
    worth = {report: earns("accepted", quality) for report, quality in qualities.items()}
    assert list(worth.values()) == [6_470, 7_300]
    first = close_over_kills(harbour, forwarder, 1, 31)
    assert {line["item"]: (line["Q"], line["rho"], line["worth"], line["posted"]) for line in first["lines"]} == {
        report: (qualities[report], 500, worth[report], worth[report]) for report in worth}
    assert first["posted"] == first["closing"]["earned"] == first["standing"]["total"] == 13_770 and first["not_itemised"] == 0
    assert [(row[0], row[4], row[5]) for row in posted(harbour)] == [("1", "13770", "1")], posted(harbour)
    # One voucher for ten credits, once.
    vouchers = forwarder.call("GET", "entitlements")["entitlements"]
    assert [one["state"] for one in vouchers] == ["available"]
    second = close_over_kills(harbour, forwarder, 2, 61)
    seizure = earns("seizure", qualities[seized], reliability(confirmed=1))
    assert seizure == 28_468 and second["lines"] == [] and second["events"] == {}
    kept = sum(left(amount, 30) for amount in worth.values())
    # What it opens with is what was posted to the books, and not what is reckoned anew.
    assert second["opening"] == first["closing"] and second["decayed"] == 13_770 - kept
    assert (second["posted"], second["not_itemised"], second["closing"]["earned"]) == (seizure, seizure, kept + seizure)
    assert (second["reliability"], second["tier"]) == (600, "T1")
    assert second["share"] == round(1_000 * (kept + seizure) / BUDGET["medium"])
    assert [(row[0], row[4], row[5]) for row in posted(harbour)] == [("1", "13770", "1"), ("2", str(seizure), "1")]
    assert [one["id"] for one in forwarder.call("GET", "entitlements")["entitlements"]] == [vouchers[0]["id"]]
    text = harbour.cli("statement", "port-customs", "--epochs", "2", member=forwarder.name).stdout
    amounts = {name: re.search(rf"^  {name} +(\d+\.\d+)$", text, re.M)[1] for name in ("posted", "closing", "standing", "not itemised")}
    assert amounts == {
        "posted": in_credits(13_770 + seizure), "closing": in_credits(kept + seizure), "standing": in_credits(kept + seizure),
        "not itemised": in_credits(seizure),
    }
    csv = harbour.cli("statement", "port-customs", "--epochs", "2", "--form", "csv", member=forwarder.name).stdout
    assert f"accepted,{other},port-customs,10.000,750,300,1000,800,730,500,7.300,7.300," in csv

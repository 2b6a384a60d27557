"""What a forwarder's reports earn with customs, over kill -9 and as months go by."""
import json

from conftest import wait_for
from test_reports import suspicion
from test_scenarios import Party, customs, later, legal, restart, world  # noqa: F401

DAY = 86_400


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
    assert rows[-1].startswith(f"2,{second['epoch_dates'][1]},standing,")
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

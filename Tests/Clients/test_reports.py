"""A report travels to customs and comes back with its outcome; a pool is asked whether anyone knows them."""
import json

from conftest import wait_for
from test_scenarios import FACT, Party, content, join, later, person, publish, restart, world, customs, legal  # noqa: F401


def suspicion(**more):
    return {
        "categories": ["TBM-MIS", "TRF-PRE"], "severity": 3, "facts": "The weight is that of other goods.", "suspicion": "Precursors.",
        "seen": "2026-11-20T08:00:00Z", "place": "NLRTM",
        "subjects": [
            {"kind": "CNS", "key": "k", "properties": {"hsDeclared": ["851762"], "hsSuspected": ["293941"], "billOfLading": ["BL-77"]}},
            {"kind": "CTR", "key": "c", "properties": {"containerNumber": ["CSQU3054383"]}},
            {"kind": "ORG", "key": "o", "roles": ["CZ"], "properties": {"name": ["Tidewater Freight BV"]}},
        ],
        "relations": [{"from": "o", "kind": "consignor-of", "to": "k"}],
    } | more


def test_a_report_comes_back_with_its_outcome(world, legal):
    forwarder, bank = Party(world, "blue-anchor"), Party(world, "first-harbour-bank")
    made = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)
    place = f"reports/{made['id']}"
    assert made["state"] == "submitted" and made["content"]["place"] == "NLRTM"
    restart(world)
    # The two parties see it, and nobody else learns that it is there.
    assert [one["id"] for one in legal.call("GET", "reports")["reports"]] == [made["id"]]
    assert bank.call("GET", "reports")["reports"] == []
    for path in (place, f"{place}/accept", f"{place}/say"):
        bank.call("GET" if path == place else "POST", path, {"text": "x"} if path.endswith("say") else None, 404)
    # Each side does its own.
    forwarder.call("POST", f"{place}/accept", status=409)
    assert legal.call("POST", f"{place}/want-more", {"text": "Who booked it?"})["state"] == "more-wanted"
    more = suspicion(facts="The weight is that of other goods; booked by telephone.")
    assert forwarder.call("POST", f"{place}/add", {"content": more})["state"] == "submitted"
    forwarder.call("POST", f"{place}/say", {"text": "By telephone, a man."})
    restart(world)
    accepted = legal.call("POST", f"{place}/accept")
    assert [one["member"] for one in accepted["messages"]] == ["harbour-customs", "blue-anchor"]
    refused = legal.call("POST", f"{place}/outcome", {"outcome": "OM-DEC"}, 409)
    assert "not yours to say" in refused["detail"]
    legal.call("POST", f"{place}/outcome", {"outcome": "OA-SEI", "note": "40 kg"})
    legal.call("POST", f"{place}/outcome", {"outcome": "OA-ARR", "embargo": later(seconds=4)})
    restart(world)
    assert [one["outcome"] for one in legal.call("GET", place)["outcomes"]] == ["OA-SEI", "OA-ARR"]
    seen = [one["outcome"] for one in forwarder.call("GET", place)["outcomes"]]
    assert seen in (["OA-SEI"], ["OA-SEI", "OA-ARR"])
    wait_for(lambda: len(forwarder.call("GET", place)["outcomes"]) == 2, "the end of the embargo")


def test_a_report_needs_an_authority_and_a_gateway(world, legal):
    oil, forwarder = Party(world, "north-oil"), Party(world, "blue-anchor")
    no_gateway = oil.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 403)
    assert "no legal gateway" in no_gateway["detail"]
    nameless = suspicion(subjects=[{"kind": "RTE", "key": "r", "properties": {"origin": ["CNSHA"], "destination": ["NLRTM"]}}], relations=[])
    oil.call("POST", "reports", {"authority": "harbour-customs", "content": nameless}, 201)
    assert "name one" in forwarder.call("POST", "reports", {"authority": "north-oil", "content": nameless}, 409)["detail"]
    wrong = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion(place="Rotterdam")}, 422)
    assert wrong["field"] == "content.place" and "must have 5 characters" in wrong["detail"]


def test_a_pool_is_asked_whether_anyone_knows_them(world, legal, tmp_path):
    bank, oil = Party(world, "first-harbour-bank", pool="deepwater"), Party(world, "north-oil", pool="deepwater")
    world.cli("admin", "member", "fact", "north-oil", "--add", FACT)
    question = suspicion(subjects=[person("Someone Known")], relations=[], facts="Wants a letter of credit.", severity=4)
    asked = bank.call("POST", "requests", {"to": "deepwater", "content": question}, 201)
    restart(world)
    got = oil.call("GET", "requests")["requests"][0]
    assert got["id"] == asked["id"] and got["answers"] == [] and "to" not in got
    place = f"requests/{asked['id']}"
    legal.call("GET", place, status=404)
    legal.call("POST", f"{place}/answer", {"answer": "nil"}, 404)
    oil.call("POST", f"{place}/answer", {"answer": "positive"}, 422)
    oil.call("POST", f"{place}/answer", {"answer": "positive", "text": "A customer until May."})
    oil.call("POST", f"{place}/answer", {"answer": "nil"}, 409)
    restart(world)
    answers = bank.call("GET", place)["answers"]
    assert [(one["member"], one["answer"], one["late"]) for one in answers] == [("north-oil", "RSP-POS", False)]
    # Whom a question is about, or who is linked to that, is passed by in silence, and the asker learns nothing.
    links = tmp_path / "links.json"
    links.write_text(json.dumps([person("Someone Known")]))
    world.cli("admin", "member", "link", "north-oil", str(links))
    silent = bank.call("POST", "requests", {"to": "deepwater", "content": question}, 201)
    assert [one["id"] for one in oil.call("GET", "requests")["requests"]] == [asked["id"]]
    oil.call("GET", f"requests/{silent['id']}", status=404)
    assert silent.keys() == asked.keys()
    bank.call("POST", f"requests/{silent['id']}/close")


def test_holders_say_what_came_of_an_advisory(world, customs, legal):
    bank, other = join(world, "bank-1"), join(world, "bank-2")
    made = publish(customs, legal)
    bank.poll()
    report = bank.report("full")["id"]
    other.call("POST", "feedback", {"report": report, "outcome": "OM-FPM"}, 404)
    bank.call("POST", "feedback", {"report": report, "outcome": "OA-ARR"}, 409)
    bank.call("POST", "feedback", {"report": report, "outcome": "OM-FPM", "note": "Another birth date."}, 201)
    bank.call("POST", "feedback", {"report": report, "outcome": "OM-RPT"}, 201)
    restart(world)
    said = customs.call("GET", f"feedback?advisory={made['reference']}")["feedback"]
    assert [(one["member"], one["outcome"]) for one in said] == [("bank-1", "OM-FPM")], "a report to the unit is sealed"
    assert [one["outcome"] for one in bank.call("GET", f"feedback?advisory={made['id']}")["feedback"]] == ["OM-FPM", "OM-RPT"]
    other.call("GET", f"feedback?advisory={made['id']}", status=404)

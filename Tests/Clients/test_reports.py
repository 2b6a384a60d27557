"""A report travels to customs and comes back with its outcome; a pool is asked whether anyone knows them."""
import hashlib
import json
import secrets

import requests
from conftest import indicator, wait_for
from test_events import Stream
from test_scenarios import EXTENSION, FACT, HOUR, Party, content, join, later, person, publish, restart, world, customs, legal  # noqa: F401

# Names nobody, so that no legal gateway is needed.
ROUTE = {"kind": "RTE", "key": "r", "properties": {"origin": ["CNSHA"], "destination": ["NLRTM"]}}


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
    legal.call("POST", f"{place}/outcome", {"outcome": "OA-ARR", "embargo": later(seconds=HOUR)})

    def outcomes(party):
        return [one["outcome"] for one in party.call("GET", place)["outcomes"]]

    # What is under embargo is the authority's alone until then, over a restart too.
    assert (outcomes(legal), outcomes(forwarder)) == (["OA-SEI", "OA-ARR"], ["OA-SEI"])
    restart(world)
    assert (outcomes(legal), outcomes(forwarder)) == (["OA-SEI", "OA-ARR"], ["OA-SEI"])
    restart(world, HOUR + 60)
    assert outcomes(forwarder) == ["OA-SEI", "OA-ARR"]


def test_a_report_needs_an_authority_and_a_gateway(world, legal):
    oil, forwarder = Party(world, "north-oil"), Party(world, "blue-anchor")
    no_gateway = oil.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 403)
    assert "no legal gateway" in no_gateway["detail"]
    nameless = suspicion(subjects=[ROUTE], relations=[])
    oil.call("POST", "reports", {"authority": "harbour-customs", "content": nameless}, 201)
    for content in (nameless, suspicion()):
        refused = forwarder.call("POST", "reports", {"authority": "north-oil", "content": content}, 422)["detail"]
        assert "is no authority" in refused and "name one" in refused
    wrong = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion(place="Rotterdam")}, 422)
    assert wrong["field"] == "content.place" and "must have 5 characters" in wrong["detail"]


def test_a_pool_is_asked_whether_anyone_knows_them(world, legal, tmp_path):
    bank, oil = Party(world, "first-harbour-bank", pool="deepwater"), Party(world, "north-oil", pool="deepwater")
    world.cli("admin", "member", "fact", "north-oil", "--add", FACT)
    question = suspicion(subjects=[person("Someone Known")], relations=[], facts="Wants a letter of credit.", severity=4)
    asked = bank.call("POST", "requests", {"to": "deepwater", "content": question}, 201)
    assert asked["to"] == "deepwater"
    restart(world)
    assert bank.call("GET", "requests")["requests"] == [asked]
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
    own = ("id", "time", "due")
    assert all(silent[key] != asked[key] for key in own)
    assert {key: said for key, said in silent.items() if key not in own} == {key: said for key, said in asked.items() if key not in own}
    bank.call("POST", f"requests/{silent['id']}/close")


def test_an_answer_is_late_after_its_time(world):
    bank, oil = Party(world, "first-harbour-bank"), Party(world, "north-oil")
    question = suspicion(subjects=[ROUTE], relations=[], severity=4)
    place = f"requests/{bank.call('POST', 'requests', {'to': 'deepwater', 'content': question}, 201)['id']}"
    first, second = (bank.call("POST", "requests", {"to": "north-oil", "content": question}, 201)["id"] for _ in range(2))
    assert not oil.call("POST", f"requests/{first}/answer", {"answer": "nil"})["answers"][0]["late"]

    def overdue(path):
        return [party.call("GET", path)["overdue"] for party in (bank, oil)]

    assert overdue(place) == overdue(f"requests/{second}") == [False, False]
    restart(world, 8 * HOUR - 600)
    assert overdue(place) == [False, False]
    restart(world, 8 * HOUR + 600)
    assert overdue(place) == overdue(f"requests/{second}") == [True, True] and overdue(f"requests/{first}") == [False, False]
    oil.call("POST", f"{place}/answer", {"answer": "nil"})
    # Once somebody has answered nothing tells the asker whether another was asked.
    assert overdue(place) == [False, False]
    for party in (bank, oil):
        assert [one["late"] for one in party.call("GET", place)["answers"]] == [True]
    bank.call("POST", f"requests/{second}/close")
    assert overdue(f"requests/{second}") == [False, False]


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


def commit(party, content):
    """Commits what a party saw; what it shows to tell that it had."""
    text, salt = json.dumps(content), secrets.token_bytes(16)
    digest = hashlib.sha256(salt + text.encode()).hexdigest()
    return {"observation": party.call("POST", "observations", {"digest": digest}, 201)["observation"], "salt": salt.hex(), "text": text}


def observe(party, facts, name="Ottoline Brack", **properties):
    """Commits what a party saw of a person; what it tells to confirm an advisory by it."""
    known = {"name": [name], "birthDate": ["1971-02-04"]}
    return commit(party, suspicion(facts=facts, relations=[], subjects=[person(properties=known | properties)]))


def everything(party, made):
    """What a party is told of an advisory or a report by every route of `/v1` that answers at once, and by the pool."""
    routes = requests.get(f"{party.world.card['url']}/openapi.json", timeout=20).json()["paths"]
    told = {}
    for route in sorted(route for route, ways in routes.items() if "get" in ways and route != "/v1/events"):
        place = route.replace("/{id}", f"/{made['id']}").replace("/{pool}", "/warnings")
        query = {"advisory": made["id"]} if route == "/v1/feedback" else {}
        answer = requests.get(f"{party.world.card['url']}{place}", params=query, headers=party.headers(), timeout=20)
        told[route] = (answer.status_code, answer.json())
        # How far back one is told moves with the clock.
        told[route][1].pop("since", None)
    return told | {"pool": Party(party.world, party.name).poll()}


def answers(party, made):
    """The same of an advisory that it may ask about."""
    told = everything(party, made)
    assert {told[route][0] for route in ("/v1/feedback", "/v1/consents", "/v1/recalls")} == {200}
    return told


def test_one_who_read_repeats_and_one_who_did_not_corroborates(world, customs, legal):
    """The oil pool: no verdict of many exists anywhere, and a dispute shows as a banner."""
    reader, other, late, still = (join(world, name, kind="energy") for name in ("oil-1", "oil-2", "oil-3", "oil-4"))
    unread = observe(other, "She signs for Meridian.", phone=["+31 6 00000000"])
    made = publish(customs, legal)
    for party in (reader, other, still):
        party.poll()
    restart(world)
    before, own = answers(still, made), customs.call("GET", f"advisories/{made['id']}")
    assert made["reference"] in json.dumps(before["pool"])
    read = observe(reader, "Confirmed.", phone=["+31 6 11111111"])
    place = {"report": reader.report("full")["id"]}
    said = reader.call("POST", "confirmations", read | place, 201)
    assert (said["outcome"], said["note"]) == ("OS-SIG", "read-before")
    other.call("POST", "confirmations", unread | place | {"salt": "00" * 16}, 422)
    reader.call("POST", "confirmations", unread | place, 422)
    said = other.call("POST", "confirmations", unread | place, 201)
    assert said["outcome"] == "OS-COR" and "note" not in said
    # Who holds the method and the route alone does not learn by guessing whom it names.
    far = join(world, "far-oil", kind="energy", partner=False)
    guess, miss = observe(far, "She signs.", phone=["+31 6 22222222"]), observe(far, "He signs.", name="Somebody Else")
    far.poll()
    assert far.reports() == [("non-nominal", False)]
    for one in (guess, miss):
        told = far.call("POST", "confirmations", one | {"report": far.report("non-nominal")["id"]}, 201)
        assert told["outcome"] == "OS-SIG" and "note" not in told
    # Nor its reference, which is not in what it holds, by trying.
    far.call("GET", f"feedback?advisory={made['reference']}", status=404)
    far.call("POST", f"advisories/{made['reference']}/dispute", {"reason": "No."}, 404)
    far.call("GET", f"feedback?advisory={far.report('non-nominal')['id']}")
    restart(world)
    found = customs.call("GET", f"feedback?advisory={made['id']}")["feedback"]
    assert [(one["member"], one["outcome"]) for one in found] == [
        ("oil-1", "OS-SIG"), ("oil-2", "OS-COR"), ("far-oil", "OS-SIG"), ("far-oil", "OS-SIG")]
    # What the others said moves nothing that one who holds it is told: no sum, no verdict, not even that they did.
    assert answers(still, made) == before
    assert customs.call("GET", f"advisories/{made['id']}") == own
    reader.call("POST", f"advisories/{made['id']}/dispute", {"reason": "Another person."}, 204)
    other.call("POST", f"advisories/{made['id']}/dispute", {"reason": "She was abroad."}, 204)
    found = customs.call("GET", f"feedback?advisory={made['id']}")["feedback"]
    assert [(one["member"], one["note"]) for one in found if one["outcome"] == "OS-CON"] == [
        ("oil-1", "Another person."), ("oil-2", "She was abroad.")]
    other.poll()
    assert other.report("full")["extensions"][EXTENSION]["state"] == "restricted"
    # Nobody sends it to who did not hold it, until it is settled; who asks is given it with the banner.
    stream = Stream(late)
    world.publish("blue-anchor", "commons", [indicator(1)])
    wait_for(lambda: indicator(1)["id"] in stream.ids(), "what comes after the dispute")
    assert other.report("full")["id"] not in stream.ids()
    legal.call("POST", f"advisories/{made['id']}/settle")
    wait_for(lambda: other.report("full")["id"] in stream.ids(), "the end of the dispute")
    # Its author is told each by itself.
    answer = customs.call("GET", f"feedback?advisory={made['id']}")
    assert answer.keys() == {"feedback"} and len(answer["feedback"]) == 6
    assert all(one.keys() <= {"member", "outcome", "time", "note", "content"} for one in answer["feedback"])


def test_who_reported_it_before_does_not_corroborate_it(world, customs, legal):
    """The advisory may come from that report: the two would have one origin."""
    source, other = join(world, "bank-1"), join(world, "bank-2")
    seen = {party.name: observe(party, "She signs.", phone=[f"+31 6 {party.name}"]) for party in (source, other)}
    sent = suspicion(subjects=[person()], relations=[])
    source.call("POST", "reports", {"authority": "harbour-customs", "content": sent}, 201)
    publish(customs, legal)
    told = {}
    for party in (source, other):
        party.poll()
        place = {"report": party.report("full")["id"]}
        told[party.name] = party.call("POST", "confirmations", seen[party.name] | place, 201)
    assert told["bank-1"]["outcome"] == "OS-SIG" and told["bank-1"]["note"] == "shared-origin"
    assert told["bank-2"]["outcome"] == "OS-COR"


def test_the_same_key_makes_nothing_twice(world, customs):
    forwarder, bank = Party(world, "blue-anchor"), Party(world, "first-harbour-bank")
    body = {"authority": "harbour-customs", "content": suspicion()}
    first = forwarder.call("POST", "reports", body, 201, **{"Idempotency-Key": "k-1"})
    restart(world)
    again = forwarder.call("POST", "reports", body, 201, **{"Idempotency-Key": "k-1"})
    other = forwarder.call("POST", "reports", body, 201, **{"Idempotency-Key": "k-2"})
    of_another = bank.call("POST", "reports", body, 201, **{"Idempotency-Key": "k-1"})
    assert again["id"] == first["id"] and len({first["id"], other["id"], of_another["id"]}) == 3
    assert len(forwarder.call("GET", "reports")["reports"]) == 2
    draft = {"pool": "warnings", "kind": "ADV-SUB", "content": content()}
    made = [customs.call("POST", "advisories", draft, 201, **{"Idempotency-Key": "k-1"})["id"] for _ in range(2)]
    assert len(set(made)) == 1 and len(customs.call("GET", "advisories")["advisories"]) == 1
    forwarder.call("POST", "reports", body, 400, **{"Idempotency-Key": "k" * 256})

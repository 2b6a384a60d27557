"""What the exchange is for, end to end against the real daemon, each with a kill -9 in the middle and the same ending."""
import datetime
import json

import pytest
import requests
from conftest import wait_for
from stix2validator import ValidationOptions, validate_string

EXTENSION = "extension-definition--a000590e-edba-48b4-8868-b2b4bd1d4a89"
FACT = "partnership:trial"


def later(**span):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_advisory(one):
    return one["type"] == "report" and EXTENSION in one.get("extensions", {})


class Party:
    """One principal: it calls `/v1`, and polls a pool with added_after alone, as a TAXII client does."""

    def __init__(self, world, name, pool="warnings"):
        self.world, self.name, self.pool = world, name, pool
        self.after, self.held, self.received = None, {}, []

    def headers(self, more=None):
        return {"Authorization": f"Bearer {self.world.token(self.name)}"} | (more or {})

    def call(self, method, path, body=None, status=200, **more):
        answer = requests.request(
            method, f"{self.world.card['url']}/v1/{path}", json=body, headers=self.headers(more), timeout=20,
        )
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def poll(self, purpose=None):
        """What is new since the last poll, the latest version of each object."""
        new = []
        while True:
            answer = requests.get(
                self.world.objects_url(self.pool), params={"added_after": self.after, "limit": 3} if self.after else {"limit": 3},
                headers=self.headers({"Caveat-Purpose": purpose} if purpose else {}), timeout=20,
            )
            assert answer.status_code == 200, answer.text
            new += answer.json().get("objects", [])
            if answer.json().get("objects"):
                self.after = answer.headers["X-TAXII-Date-Added-Last"]
            if not answer.json().get("more"):
                break
        self.received += new
        self.held |= {one["id"]: one for one in new}
        return new

    def reports(self):
        """The reports that it holds: rendition, and whether they are called back."""
        return sorted(
            (one["extensions"][EXTENSION]["rendition"], one.get("revoked", False))
            for one in self.held.values() if is_advisory(one)
        )

    def report(self, rendition):
        return next(one for one in self.held.values() if is_advisory(one) and one["extensions"][EXTENSION]["rendition"] == rendition)


def person(name="Ottoline Brack", **more):
    return {"kind": "PER", "key": "s1", "standing": "S", "properties": {"name": [name], "birthDate": ["1971-02-04"]}} | more


def content(**more):
    return {
        "title": "Ottoline Brack and the seals", "facts": "Ottoline Brack was seen at the gate.",
        "categories": ["FRD-CGO"], "severity": 3, "action": "A1", "subjects": [person()],
        "tearline": "Someone breaks seals at night.",
    } | more


def publish(customs, legal, terms=None, said=None, kind="ADV-SUB"):
    """Drafted, graded, approved by the second person, published."""
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": kind, "content": said or content(), "terms": terms or {}}, 201)
    place = f"advisories/{made['id']}"
    graded = customs.call("POST", f"{place}/grade", {"grade": "B3"})
    legal.call("POST", f"{place}/approve", {"digest": graded["version"]["digest"]})
    return customs.call("POST", f"{place}/publish")


HOUR, DAY = 3_600, 86_400


def restart(world, later=0):
    world.kill()
    world.start(later)


def join(world, name, kind="bank", country="NL", partner=True, group=None, role="reporter"):
    of = ["--group", group] if group else []
    world.cli("admin", "member", "add", name, "--title", name, "--kind", kind, "--jurisdiction", country, *of)
    world.cli("admin", "principal", "add", name, "--member", name, "--role", "reader", "--role", role)
    secret = world.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--purpose", "P02", "--purpose", "P08", "--json").stdout
    if partner:
        world.cli("admin", "member", "fact", name, "--add", FACT)
    world.extra[name] = json.loads(secret)["secret"]
    return Party(world, name)


@pytest.fixture
def world(fresh):
    """The trial, of one test alone."""
    return fresh


@pytest.fixture
def customs(world):
    return Party(world, "harbour-customs")


@pytest.fixture
def legal(world):
    return Party(world, "harbour-customs-legal")


def test_who_looks_by_head_holds_nothing(world, customs, legal):
    bank = join(world, "bank-1")
    made = publish(customs, legal)
    customs.poll()
    objects = world.objects_url("warnings")

    def receipts():
        return [one for one in customs.call("GET", f"advisories/{made['id']}/receipts")["receipts"] if one["member"] == "bank-1"]

    def headers(method, place):
        answer = requests.request(method, place, headers=bank.headers(), timeout=20)
        assert answer.status_code == 200 and bool(answer.content) == (method == "GET")
        return {name: value for name, value in answer.headers.items() if name != "Date"}

    places = (objects, f"{objects}{customs.report('full')['id']}/")
    looked = [headers("HEAD", place) for place in places]
    assert receipts() == [] and all("X-TAXII-Date-Added-Last" in one for one in looked)
    assert looked == [headers("GET", place) for place in places]
    assert receipts()


def test_mistaken_identity_is_recalled_from_every_holder(world, customs, legal):
    banks = [join(world, f"bank-{number}") for number in range(1, 6)]
    stranger = join(world, "late-bank")
    made = publish(customs, legal)
    assert made["reference"].startswith("CVT-")
    restart(world)
    for bank in banks:
        bank.poll()
        assert bank.reports() == [("full", False)]
    for bank, decision in ((banks[1], "account 17 restricted"), (banks[3], "account 40 closed")):
        bank.call("POST", "reliances", {"report": bank.report("full")["id"], "decision": decision}, 201)
    customs.call("POST", f"advisories/{made['id']}/recall", {"reason": "mistaken-identity"})
    restart(world)
    for bank in banks:
        bank.poll()
        assert bank.reports() == [("stub", True)]
        # What it holds now says nothing of the person any more.
        assert "Brack" not in json.dumps([one for one in bank.held.values() if one["type"] != "extension-definition"])
        recall = bank.call("GET", "recalls")["recalls"][0]
        assert recall["reason"] == "mistaken-identity" and not recall["overdue"] and "acknowledged" not in recall
    flagged = {bank.name: bank.call("GET", "recalls")["recalls"][0]["decisions"] for bank in banks}
    assert {name: said for name, said in flagged.items() if said} == {"bank-2": ["account 17 restricted"], "bank-4": ["account 40 closed"]}
    # Two acknowledge by the API, one by an opinion over TAXII; two owe it still.
    for bank in banks[:2]:
        bank.call("POST", f"recalls/{bank.report('stub')['id']}/acknowledge", {"note": "removed"}, 204)
    opinion = {
        "type": "opinion", "spec_version": "2.1", "id": "opinion--0c5a0d6a-6c5b-4a39-9d0c-6c6f6c0a9f11", "opinion": "agree",
        "created": "2026-11-25T00:00:00.000Z", "modified": "2026-11-25T00:00:00.000Z", "object_refs": [banks[2].report("stub")["id"]],
    }
    assert world.post("bank-3", "commons", [opinion]).json()["success_count"] == 1
    restart(world)
    seen = legal.call("GET", f"advisories/{made['reference']}/receipts")
    owed = {one["member"]: "acknowledged" in one for one in seen["owed"]}
    assert owed == {"bank-1": True, "bank-2": True, "bank-3": True, "bank-4": False, "bank-5": False}
    assert not any(one["overdue"] for one in seen["owed"])
    assert {one["member"] for one in seen["receipts"] if one["renditions"] == ["full"]} == {bank.name for bank in banks}
    # An auditor is told that nothing but the stub is left, and to whom.
    for name, said in (("bank-4", "permitted"), ("late-bank", "hidden")):
        decisions = legal.call("GET", f"advisories/{made['reference']}/explain?member={name}")["decisions"]
        assert [(one["rendition"], one["decision"], one["row"]) for one in decisions] == [("stub", said, 1)]
    # Who did not hold it is told nothing, now or ever.
    stranger.poll()
    assert stranger.reports() == [] and stranger.call("GET", "recalls")["recalls"] == []
    stranger.call("POST", f"recalls/{banks[0].report('stub')['id']}/acknowledge", status=404)
    stranger.call("GET", f"advisories/{made['id']}", status=404)
    # A day later, what is not acknowledged is overdue, for its originator and for who owes it.
    restart(world, 25 * HOUR)
    owed = legal.call("GET", f"advisories/{made['reference']}/receipts")["owed"]
    assert {one["member"] for one in owed if one["overdue"]} == {"bank-4", "bank-5"}
    assert banks[3].call("GET", "recalls")["recalls"][0]["overdue"] is True
    banks[3].call("POST", f"recalls/{banks[3].report('stub')['id']}/acknowledge", {"note": "late"}, 204)
    owed = legal.call("GET", f"advisories/{made['reference']}/receipts")["owed"]
    assert {one["member"] for one in owed if one["overdue"]} == {"bank-5"}


CONTAINER = content(
    title="People in a container", facts="A driver of Harbour Road heard knocking.", categories=["SAF-PER"], severity=4, action="A4",
    tearline="Open CSQU 305438 3 at once and call 112.",
    subjects=[{"kind": "CTR", "key": "c", "properties": {"containerNumber": ["CSQU3054383"]}}],
)


def tells_no_source(world, reader):
    """Of all that a reader was ever given, nothing has an author or names customs; what the exchange itself defines has it for author."""
    told = [one for one in reader.received if one["type"] != "extension-definition"]
    assert not [one for one in told if "created_by_ref" in one or one["type"] == "identity"]
    names = (world.identity("harbour-customs"), "customs")
    assert told and not [name for name in names if name in json.dumps(told).lower()]


@pytest.mark.parametrize("is_ratified", [True, False])
def test_people_in_a_container_reach_a_suspended_carrier_at_once(world, customs, legal, is_ratified):
    lapsed, bank = join(world, "lapsed-carrier", kind="carrier"), join(world, "bank-1")
    # It was a partner, and is none any more.
    world.cli("admin", "member", "fact", "lapsed-carrier", "--remove", FACT)
    world.cli("admin", "member", "suspend", "lapsed-carrier")
    made = customs.call("POST", "advisories", {
        "pool": "warnings", "kind": "ADV-SAFE", "content": CONTAINER, "terms": {"affected": {"kinds": ["carrier"]}},
    }, 201)
    restart(world)
    published = customs.call("POST", f"advisories/{made['id']}/publish")
    assert published["ratified"] is False and published["due"] < later(hours=24, minutes=1)
    restart(world)
    lapsed.poll()
    assert lapsed.reports() == [("tearline", False)]
    report = lapsed.report("tearline")
    assert "Open CSQU" in report["description"] and "Harbour Road" not in json.dumps(lapsed.received)
    tells_no_source(world, lapsed)
    bank.poll()
    assert bank.reports() == [("full", False)]
    # Its own first pair of eyes may not ratify it; the second does.
    digest = published["version"]["digest"]
    customs.call("POST", f"advisories/{made['id']}/ratify", {"digest": digest}, 403)
    if is_ratified:
        assert legal.call("POST", f"advisories/{made['id']}/ratify", {"digest": digest})["ratified"] is True
        for reader in (lapsed, bank):
            reader.poll()
    restart(world, 23 * HOUR)
    assert customs.call("GET", f"advisories/{made['id']}")["state"] == "published"
    restart(world, 25 * HOUR)
    if is_ratified:
        for reader in (lapsed, bank):
            assert reader.poll() == []
        assert customs.call("GET", f"advisories/{made['id']}")["state"] == "published"
        return
    # Nobody did: it is called back by itself, from the suspended carrier too.
    wait_for(lambda: customs.call("GET", f"advisories/{made['id']}")["state"] == "recalled", "the recall")
    for reader in (lapsed, bank):
        reader.poll()
        tells_no_source(world, lapsed)
        assert reader.reports() == [("stub", True)] and "CSQU" not in json.dumps([
            one for one in reader.held.values() if one["type"] != "extension-definition" and one["id"] in {o["id"] for o in reader.received}])
    owed = {one["member"] for one in legal.call("GET", f"advisories/{made['id']}/receipts")["owed"]}
    assert owed == {"lapsed-carrier", "bank-1"}


def test_consent_across_borders_is_for_one_purpose_and_ends_by_itself(world, customs, legal):
    partner, outsider = join(world, "fjord-bank", country="NO"), join(world, "far-bank", country="SG", partner=False)
    made = publish(customs, legal, terms={"marking": "amber+strict", "addressees": [world.identity("city-police")]})
    for bank in (partner, outsider):
        assert bank.poll() == [] or bank.reports() == []
    place = f"advisories/{made['id']}"
    decisions = legal.call("GET", f"{place}/explain?member=fjord-bank&purpose=P08")["decisions"]
    assert [(one["rendition"], one["decision"], one["row"]) for one in decisions] == [
        ("full", "denied", 7), ("tearline", "denied", 7), ("non-nominal", "denied", 7)]
    until = later(days=31)
    for bank in (partner, outsider):
        customs.call("POST", f"{place}/consents", {"reader": bank.name, "purpose": "P08", "rendition": "tearline", "until": until}, 201)
    restart(world)
    # The purpose for which nobody consented sees nothing; without a gateway there is method and route alone.
    partner.poll()
    assert partner.reports() == []
    for bank, rendition in ((partner, "tearline"), (outsider, "non-nominal")):
        bank.poll("P08")
        assert bank.reports() == [(rendition, False)] and "Brack" not in json.dumps(bank.received)
    restart(world, 30 * DAY)
    for bank, rendition in ((partner, "tearline"), (outsider, "non-nominal")):
        bank.after = None
        assert [one["extensions"][EXTENSION]["rendition"] for one in bank.poll("P08") if is_advisory(one)] == [rendition]
    restart(world, 31 * DAY)
    for bank in (partner, outsider):
        bank.after = None
        assert [one for one in bank.poll("P08") if is_advisory(one)] == []
    # Both hold a copy, and are called back all the same.
    customs.call("POST", f"{place}/recall", {"reason": "error"})
    for bank in (partner, outsider):
        assert [one["extensions"][EXTENSION]["rendition"] for one in bank.poll("P08") if is_advisory(one)] == ["stub"]
    owed = {one["member"] for one in customs.call("GET", f"{place}/receipts")["owed"]}
    assert owed == {"fjord-bank", "far-bank"}


def test_a_holder_of_the_tearline_asks_for_more(world, customs, legal):
    """ORCON: asked for an item and a purpose, granted for a time to that reader alone; refused without a why."""
    bank, other = join(world, "bank-1"), join(world, "bank-2")
    made = publish(customs, legal, terms={"caveats": ["ORCON"]})
    place = f"advisories/{made['id']}"
    bank.poll()
    assert bank.reports() == [("tearline", False)]
    report = bank.report("tearline")["id"]
    wish = {"report": report, "purpose": "P08", "reason": "Our client."}
    # Only what one holds can be asked about, for a purpose that one may have.
    other.call("POST", "consents", wish, 404)
    assert "not bound to P05, but to P02, P08" in bank.call("POST", "consents", wish | {"purpose": "P05"}, 403)["detail"]
    asked = bank.call("POST", "consents", wish, 201)
    assert asked["state"] == "asked" and "reader" not in asked
    restart(world)
    assert bank.call("POST", "consents", wish | {"reason": "Again."}, 201) == asked
    bank.call("POST", "consents", wish | {"purpose": "P02"}, 201)
    seen = legal.call("GET", f"{place}/consents")["requests"]
    assert {(one["reader"], one["purpose"], one["reason"], one["state"]) for one in seen} == {
        ("bank-1", "P08", "Our client.", "asked"), ("bank-1", "P02", "Our client.", "asked")}
    for stranger in (bank, other):
        stranger.call("GET", f"{place}/consents", status=403)
        stranger.call("POST", f"{place}/refuse-consent", {"reader": "bank-1", "purpose": "P02"}, 404)
    customs.call("POST", f"{place}/refuse-consent", {"reader": "bank-1", "purpose": "P02"}, 204)
    customs.call("POST", f"{place}/consents", {"reader": "bank-1", "purpose": "P08", "rendition": "full", "until": later(days=31)}, 201)
    restart(world)
    mine = bank.call("GET", "consents")["requests"]
    assert [(one["purpose"], one["state"], one.get("rendition")) for one in mine] == [("P02", "refused", None), ("P08", "granted", "full")]
    assert other.call("GET", "consents")["requests"] == []
    bank.poll("P08")
    assert bank.reports() == [("full", False), ("tearline", False)]
    customs.call("POST", f"{place}/refuse-consent", {"reader": "bank-1", "purpose": "P02"}, 409)
    # Who was refused may ask again; of what is recalled there is nothing to ask for.
    assert bank.call("POST", "consents", wish | {"purpose": "P02"}, 201)["state"] == "asked"
    customs.call("POST", f"{place}/recall", {"reason": "error"})
    assert "no longer in force" in bank.call("POST", "consents", wish, 409)["detail"]


def test_every_rendition_is_valid_stix(world, customs, legal):
    """stix2-validator over what each reader is given, before and after a recall."""
    partner, outsider = join(world, "bank-1"), join(world, "bank-2", partner=False)
    others = {
        "ORG": {"name": ["Tidewater Freight BV"]}, "GRP": {"name": ["The Quay Crew"]},
        "VES": {"name": ["Aurora"], "imoNumber": ["9074729"]}, "AIR": {"registrationNumber": ["PH-QZX"]},
        "VEH": {"registrationNumber": ["12-ABC-3"]}, "CTR": {"containerNumber": ["CSQU3054383"]},
        "CNS": {"billOfLading": ["BL-1"], "hsDeclared": ["0803"], "hsSuspected": ["293941"], "goods": ["bananas"]},
        "ADR": {"full": ["1 Quay Street, Rotterdam"]}, "ACC": {"iban": ["NL91ABNA0417164300"]}, "DOC": {"number": ["X1234567"]},
        "RTE": {"origin": ["CNSHA"], "destination": ["NLRTM"], "hs": ["293941"]}, "MO": {"summary": ["False seals."]}, "JUR": {"country": ["NL"]},
    }
    kinds = requests.get(f"{world.card['url']}/openapi.json", timeout=20).json()["components"]["schemas"]["SubjectKind"]["enum"]
    assert set(kinds) == others.keys() | {"PER"}
    said = content(
        subjects=[person()] + [{"kind": kind, "key": kind.lower(), "properties": properties} for kind, properties in others.items()],
        relations=[{"from": "s1", "to": "org", "kind": "director-of"}])
    made = publish(customs, legal, said=said)
    orcon = publish(customs, legal, terms={"caveats": ["ORCON"]})
    parties = [partner, outsider, customs]
    for party in parties:
        party.poll()
    assert ("tearline", False) in partner.reports() and ("non-nominal", False) in outsider.reports()
    for one in (made, orcon):
        customs.call("POST", f"advisories/{one['id']}/recall", {"reason": "error"})
    options = ValidationOptions(version="2.1", disabled="201,202,210")
    for party in parties:
        party.poll()
        for one in party.received:
            report = validate_string(json.dumps(one), options)
            assert report.is_valid, (one, [str(e) for e in report.errors])


def test_calls_in_any_wrong_order_publish_nothing(world, customs, legal):
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    place, digest = f"advisories/{made['id']}", made["version"]["digest"]
    customs.call("POST", f"{place}/publish", status=409)
    legal.call("POST", f"{place}/approve", {"digest": digest}, 409)
    graded = customs.call("POST", f"{place}/grade", {"grade": "B3"})
    customs.call("POST", f"{place}/approve", {"digest": graded["version"]["digest"]}, 403)
    legal.call("POST", f"{place}/approve", {"digest": digest}, 409)
    legal.call("POST", f"{place}/approve", {"digest": graded["version"]["digest"]})
    edited = customs.call("POST", f"{place}/edit", {"content": content(title="Another title"), "terms": {}})
    assert edited["state"] == "draft"
    customs.call("POST", f"{place}/publish", status=409)
    legal.call("POST", f"{place}/publish", status=403)
    stale = requests.post(
        f"{world.card['url']}/v1/{place}/withdraw", json={"reason": "resolved"}, headers=customs.headers({"If-Match": '"0000"'}), timeout=20)
    assert stale.status_code == 412 and stale.headers["Content-Type"] == "application/problem+json"
    bank = join(world, "bank-1")
    bank.poll()
    assert bank.reports() == []


@pytest.mark.parametrize("change, field, words", [
    ({"subjects": [person(properties={"name": ["A"], "passportNumber": []})]}, "subjects[0].properties.passportNumber", "must not be empty"),
    ({"subjects": [{"kind": "CTR", "key": "c", "properties": {"containerNumber": ["CSQU3054384"]}}]}, "containerNumber", "check digit must be 3"),
    ({"severity": 9}, "severity", "1, 2, 3, 4"), ({"titel": "x"}, "titel", "is no field here"), ({"facts": None}, "facts", "must be there"),
])
def test_a_wrong_field_is_named(world, customs, change, field, words):
    answer = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content(**change)}, 422)
    assert field in answer["field"] and words in answer["detail"], answer

"""What the calls of `/v1` have in common: made once by their key, on what the caller saw, listed page by page."""
import hashlib
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests
from test_reports import ROUTE, suspicion
from test_scenarios import Party, content, later, person, publish

KEY = "Idempotency-Key"


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/reports/a/b/c"])
def test_what_is_no_call_says_where_the_calls_are(trial, path):
    headers = Party(trial, "north-oil").headers({})
    answer = requests.get(trial.card["url"] + path, headers=headers, timeout=20)
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "application/problem+json"
    assert "/openapi.json" in answer.json()["detail"]
    anybody = requests.get(trial.card["url"] + path, timeout=20)
    assert anybody.status_code == 401 and anybody.headers["Content-Type"] == "application/problem+json"


def test_a_parameter_that_a_call_has_not_is_refused(trial):
    party = Party(trial, "north-oil")
    for path, field in [("recalls?affter=1", "affter"), ("reports?before=1&before=2", "before"), ("reports/x?before=1", "before"), ("members?a", "a")]:
        answer = requests.get(f"{trial.card['url']}/v1/{path}", headers=party.headers({}), timeout=20)
        assert answer.status_code == 400 and answer.json()["field"] == field, (path, answer.text)
        assert "is no parameter of this call" in answer.json()["detail"] or "is there twice" in answer.json()["detail"]


def test_one_finds_whom_one_may_address(trial):
    customs, bank = Party(trial, "harbour-customs"), Party(trial, "first-harbour-bank")
    known = bank.call("GET", "members")["members"]
    assert {"harbour-customs", "city-police"} < {one["name"] for one in known} and all(one["identity"].startswith("identity--") for one in known)
    assert [one["name"] for one in known if one["kind"] not in ("customs", "police", "fiu", "regulator")] == ["first-harbour-bank"]
    readers = {one["name"] for one in customs.call("GET", "members?pool=warnings")["members"]}
    assert {"first-harbour-bank", "north-oil"} <= readers
    # Who reads a pool is for who publishes to it, and of one that one takes no part in there is nothing.
    bank.call("GET", "members?pool=warnings", status=403)
    other = Party(trial, "swift-cargo")
    assert other.call("GET", "members?pool=deepwater", status=404) == other.call("GET", "members?pool=nothing", status=404)
    shown = trial.cli("members", "--pool", "warnings", member="harbour-customs").stdout
    assert "first-harbour-bank" in shown and "IDENTITY" in shown


def test_what_is_for_named_persons_names_one(trial):
    customs = Party(trial, "harbour-customs")
    made = {"pool": "named", "kind": "ADV-SUB", "content": content()}
    own = next(one for one in customs.call("GET", "members")["members"] if one["name"] == "harbour-customs")
    trial.cli("admin", "pool", "add", "named", "--title", "N", "--reading", "everyone", "--writing", "authorities", "--ceiling", "red")
    for addressees, status in (([], 422), ([own["identity"]], 422), ([own["principals"][0]["identity"]], 201)):
        said = made | {"terms": {"marking": "red", "addressees": addressees}}
        answer = customs.call("POST", "advisories", said, status)
        assert status == 201 or answer["field"] == "terms.addressees"


def ask(party, method, path, body=None, **options):
    headers = party.headers(options.pop("headers", {}))
    return requests.request(method, f"{party.world.card['url']}/v1/{path}", json=body, headers=headers, timeout=20, **options)


class Scene:
    """An advisory of customs that a bank holds, and a report of a forwarder to customs."""

    def __init__(self, trial):
        self.customs, self.legal = Party(trial, "harbour-customs"), Party(trial, "harbour-customs-legal")
        self.bank, self.forwarder = Party(trial, "first-harbour-bank"), Party(trial, "blue-anchor")
        self.made = publish(self.customs, self.legal)
        self.bank.poll()
        self.advisory = f"advisories/{self.made['id']}"
        mine = [one for one in self.bank.held.values() if one["type"] == "report" and one["name"] == content()["title"]]
        self.report = max(mine, key=lambda one: one["modified"])["id"]
        self.sent, self.other = (
            self.forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)["id"] for _ in range(2))

    def observed(self, facts):
        """What the bank saw: its digest, and how it tells it."""
        text = json.dumps(suspicion(facts=facts, relations=[], subjects=[person()]))
        salt = secrets.token_bytes(16)
        return hashlib.sha256(salt + text.encode()).hexdigest(), {"report": self.report, "salt": salt.hex(), "text": text}


@pytest.fixture(scope="module")
def document(trial):
    return requests.get(f"{trial.card['url']}/openapi.json", timeout=20).json()


@pytest.fixture
def scene(trial):
    return Scene(trial)


def calls(scene):
    """Each call that makes something, in an order that works: who calls, where, what, and what is another call."""
    (digest, told), (other, _) = scene.observed("Seen."), scene.observed("Seen again.")
    seen = scene.bank.call("POST", "observations", {"digest": digest}, 201)["observation"]
    draft = {"pool": "warnings", "kind": "ADV-SUB", "content": content()}
    consent = {"reader": "first-harbour-bank", "purpose": "P08", "rendition": "tearline", "until": "2100-01-01T00:00:00Z"}
    report = {"authority": "harbour-customs", "content": suspicion()}
    question = {"to": "city-police", "content": suspicion(facts="Who?", relations=[], subjects=[ROUTE])}
    feedback = {"report": scene.report, "outcome": "OM-REV", "note": "Looking."}
    reliance = {"report": scene.report, "decision": "account 1"}
    confirmation = told | {"observation": seen}
    sent, police = f"reports/{scene.sent}", Party(scene.bank.world, "city-police")
    asked, closed = (scene.bank.call("POST", "requests", question, 201)["id"] for _ in range(2))
    return {
        "makeDestination": (scene.bank, "destinations", {"url": "https://hooks.example/in"}, {"url": "https://hooks.example/to"}),
        "draftAdvisory": (scene.customs, "advisories", draft, draft | {"kind": "ADV-SAFE"}),
        "giveConsent": (scene.customs, f"{scene.advisory}/consents", consent, consent | {"rendition": "full"}),
        "rely": (scene.bank, "reliances", reliance, reliance | {"decision": "account 2"}),
        "giveFeedback": (scene.bank, "feedback", feedback, feedback | {"outcome": "OM-NON"}),
        "disputeAdvisory": (scene.bank, f"advisories/{scene.report}/dispute", {"reason": "Another person."}, {"reason": "She was abroad."}),
        "observe": (scene.bank, "observations", {"digest": other}, {"digest": "0" * 64}),
        "confirm": (scene.bank, "confirmations", confirmation, confirmation | {"salt": "00" * 16}),
        "report": (scene.forwarder, "reports", report, report | {"authority": "city-police"}),
        "ask": (scene.bank, "requests", question, question | {"to": "warnings"}),
        "answerRequest": (police, f"requests/{asked}/answer", {"answer": "nil"}, {"answer": "positive", "text": "They are."}),
        "closeRequest": (scene.bank, f"requests/{closed}/close", {}, None),
        "wantMoreOfReport": (scene.legal, f"{sent}/want-more", {"text": "When?"}, {"text": "Where?"}),
        "addToReport": (scene.forwarder, f"{sent}/add", {"content": suspicion()}, {"content": suspicion(severity=1)}),
        "sayOnReport": (scene.forwarder, f"{sent}/say", {"text": "At night."}, {"text": "By day."}),
        "acceptReport": (scene.legal, f"{sent}/accept", {}, None),
        "giveOutcome": (scene.legal, f"{sent}/outcome", {"outcome": "OA-SEI"}, {"outcome": "OA-ARR"}),
        "retractReport": (scene.forwarder, f"{sent}/retract", {}, None),
        "refuseReport": (scene.legal, f"reports/{scene.other}/refuse", {"reason": "duplicate"}, {"reason": "too-little"}),
    }


# These need vouchers, which an authority issues after months: test_entitlement.py and EntitlementTests make each of them twice.
OF_VOUCHERS = {"reserveEntitlement", "releaseEntitlement", "redeemEntitlement", "voidEntitlement"}

# Those that need officers and reports of their own: test_bad_faith.py and test_corroboration.py make them.
OF_PANELS = {"proposeBadFaith", "secondBadFaith", "observedReport"}


def test_one_key_makes_one_of_each(scene, document):
    keyed = {"$ref": "#/components/parameters/idempotencyKey"}
    table = calls(scene)
    assert set(table) | OF_VOUCHERS | OF_PANELS == {
        call["operationId"] for item in document["paths"].values() for method, call in item.items()
        if method == "post" and keyed in call["parameters"]}
    for name, (party, path, body, other) in table.items():
        first = ask(party, "POST", path, body, headers={KEY: name})
        # The same in another order and with other white space is the same.
        turned = json.dumps(dict(reversed(body.items())), indent=2)
        again = ask(party, "POST", path, data=turned, headers={KEY: name, "Content-Type": "application/json"})
        assert first.status_code == again.status_code and first.status_code in (200, 201, 204), (name, first.text, again.text)
        assert first.text == again.text and first.headers.get("Location") == again.headers.get("Location"), name
        if other is not None:
            refused = ask(party, "POST", path, other, headers={KEY: name})
            assert refused.status_code == 422 and refused.json()["field"] == KEY, (name, refused.text)
    said = scene.bank.call("GET", f"feedback?advisory={scene.made['id']}")["feedback"]
    assert [one["outcome"] for one in said] == ["OM-REV", "OS-CON", "OS-SIG"]
    assert scene.bank.call("GET", f"reliances?report={scene.report}") == {"reliances": [{"decision": "account 1"}]}
    report = scene.forwarder.call("GET", f"reports/{scene.sent}")
    assert [one["text"] for one in report["messages"]] == ["When?", "At night."] and len(report["outcomes"]) == 1


def test_a_key_is_of_one_principal_and_one_call_that_was_not_refused(scene):
    key = {KEY: secrets.token_hex(8)}
    reliance = {"report": scene.report, "decision": "account 9"}
    assert ask(scene.bank, "POST", "reliances", reliance | {"decision": ""}, headers=key).status_code == 422
    assert ask(scene.bank, "POST", "reliances", reliance, headers=key).status_code == 201
    for path, body, more in (
        ("feedback", {"report": scene.report, "outcome": "OM-REV"}, {}), ("reliances", reliance, {"Caveat-Purpose": "P02"}),
    ):
        refused = ask(scene.bank, "POST", path, body, headers=key | more)
        assert refused.status_code == 422 and refused.json()["field"] == KEY
    assert ask(scene.forwarder, "POST", "observations", {"digest": "0" * 64}, headers=key).status_code == 201


def test_what_is_acted_on_must_be_what_the_caller_saw(scene, document):
    """Every call on an advisory, a report or a request, and nothing comes of one that is refused."""
    question = {"to": "city-police", "content": suspicion(relations=[], subjects=[ROUTE])}
    asked = scene.bank.call("POST", "requests", question, 201)["id"]
    places = {
        "advisories": (scene.customs, scene.made["id"]), "reports": (scene.legal, scene.sent), "requests": (scene.bank, asked),
        "dispute": (scene.bank, scene.report), "answer": (Party(scene.bank.world, "city-police"), asked),
    }
    digest = {"digest": scene.made["version"]["digest"]}
    bodies = {
        "edit": {"content": content()}, "grade": {"grade": "B2"}, "approve": digest, "ratify": digest,
        "refuse-consent": {"reader": "first-harbour-bank", "purpose": "P08"}, "erase": {"reason": "retention"},
        "amend": {"content": content(), "what": "all", "why": "once more"}, "withdraw": {"reason": "legal"}, "recall": {"reason": "error"},
        "dispute": {"reason": "Another person."}, "want-more": {"text": "When?"}, "refuse": {"reason": "duplicate"},
        "outcome": {"outcome": "OA-SEI"}, "add": {"content": suspicion()}, "say": {"text": "At night."}, "answer": {"answer": "nil"},
        "propose-bad-faith": {"reason": "It is old."}, "second-bad-faith": {"reason": "It is old."},
        "consents": {"reader": "first-harbour-bank", "purpose": "P08", "rendition": "full", "until": "2100-01-01T00:00:00Z"},
    }
    before = [ask(party, "GET", f"{kind}/{id}").json() for kind, (party, id) in list(places.items())[:3]]
    tried = 0
    for template, item in document["paths"].items():
        kind, *rest = template.removeprefix("/v1/").split("/")
        # What is said of two reports changes neither; of what was committed it is looked first whether it was.
        if len(rest) < 2 or "post" not in item or kind not in places or rest[1] in ("corroborate", "observed"):
            continue
        party, id = places.get(rest[1], places[kind])
        for tags in ('"0"', '"0", "1"', 'W/"0"'):
            refused = ask(party, "POST", f"{kind}/{id}/{rest[1]}", bodies.get(rest[1], {}), headers={"If-Match": tags})
            assert refused.status_code == 412 and refused.json()["field"] == "If-Match", (template, refused.text)
        assert {"$ref": "#/components/parameters/ifMatch"} in item["post"]["parameters"] and "412" in item["post"]["responses"]
        tried += 1
    assert tried == 27
    assert before == [ask(party, "GET", f"{kind}/{id}").json() for kind, (party, id) in list(places.items())[:3]]


def test_of_many_approvals_of_one_version_one_is_kept(scene):
    """All at once, over HTTP: one stands, and the others are told whose."""
    world, names = scene.bank.world, [f"second-{number}" for number in range(4)]
    for name in names:
        world.cli("admin", "principal", "add", name, "--member", "harbour-customs", "--role", "approver", "--unit", "legal")
        made = world.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json")
        world.card["members"].append({"name": name, "token": json.loads(made.stdout)["secret"]})
    draft = scene.customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    place = f"advisories/{draft['id']}"
    digest = scene.customs.call("POST", f"{place}/grade", {"grade": "B3"})["version"]["digest"]
    parties = [Party(world, name) for name in names] * 3
    together = Barrier(len(parties))

    def approve(party):
        together.wait(20)
        return party.name, ask(party, "POST", f"{place}/approve", {"digest": digest})

    with ThreadPoolExecutor(len(parties)) as threads:
        answers = list(threads.map(approve, parties))
    assert sorted(answer.status_code for _, answer in answers) == [200] + [409] * (len(parties) - 1)
    winner = next(name for name, answer in answers if answer.status_code == 200)
    refused = {answer.json()["detail"] for _, answer in answers if answer.status_code == 409}
    assert refused == {f"is approved already by {winner}; nothing is to be done"}
    assert scene.customs.call("GET", place)["version"]["approver"] == winner


def test_a_dispute_is_settled_as_it_was_seen(scene):
    before = ask(scene.legal, "GET", scene.advisory).headers["ETag"]
    scene.bank.call("POST", f"advisories/{scene.report}/dispute", {"reason": "Another person."}, 204)
    again = scene.bank.call("POST", f"advisories/{scene.report}/dispute", {"reason": "She was abroad."}, 409)
    assert "disputed this version already" in again["detail"]
    assert ask(scene.legal, "POST", f"{scene.advisory}/settle", headers={"If-Match": before}).status_code == 412
    disputed = ask(scene.legal, "GET", scene.advisory)
    assert disputed.json()["state"] == "restricted"
    settled = ask(scene.legal, "POST", f"{scene.advisory}/settle", headers={"If-Match": disputed.headers["ETag"]})
    assert settled.status_code == 200 and settled.json()["state"] == "published"


def test_the_tag_of_a_report_tells_what_its_reader_is_shown_and_no_more(scene):
    place = f"reports/{scene.sent}"
    scene.legal.call("POST", f"{place}/accept")

    def tag(party):
        answer = ask(party, "GET", place)
        again = ask(party, "GET", place, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        return answer.headers["ETag"]

    mine, theirs = tag(scene.forwarder), tag(scene.legal)
    told = ask(scene.legal, "POST", f"{place}/outcome", {"outcome": "OA-ARR", "embargo": later(days=1)}, headers={"If-Match": theirs})
    assert told.status_code == 200 and told.headers["ETag"] == tag(scene.legal) != theirs
    assert tag(scene.forwarder) == mine
    said = ask(scene.forwarder, "POST", f"{place}/say", {"text": "Anything new?"}, headers={"If-Match": mine})
    assert said.status_code == 200 and said.headers["ETag"] == tag(scene.forwarder) != mine


def pages(party, path, name):
    """Each page of a listing, from the first to the last."""
    place, found = "", []
    while place is not None:
        page = party.call("GET", f"{path}{place}")
        found.append(page[name])
        place = f"&after={page['next']}" if "next" in page else None
    return found


CODES = ["OM-RPT", "OM-NON", "OM-REV", "OM-FPM", "OM-CTL", "OM-DEC", "OM-RET", "OM-USE"]


def test_feedback_comes_in_pages_that_tell_nothing_of_what_is_sealed(scene):
    """A report to the unit is the bank's own: customs' pages are as full without it. Each version is spoken of anew."""
    def say(number, status):
        body = {"report": scene.report, "outcome": CODES[number % len(CODES)], "note": f"{number}"}
        scene.bank.call("POST", "feedback", body, status)

    for number in range(160):
        if number and number % len(CODES) == 0:
            say(number, 409)  # Said of this version already.
            change = {"content": content(), "terms": {}, "what": "A date", "why": "It was wrong."}
            scene.customs.call("POST", f"{scene.advisory}/amend", change)
            graded = scene.customs.call("POST", f"{scene.advisory}/grade", {"grade": "B3"})
            scene.legal.call("POST", f"{scene.advisory}/approve", {"digest": graded["amendment"]["digest"]})
            scene.customs.call("POST", f"{scene.advisory}/publish-amendment")
        say(number, 201)
    path = f"feedback?advisory={scene.made['id']}"
    for party, shown in ((scene.bank, range(160)), (scene.customs, [number for number in range(160) if number % len(CODES)])):
        found = pages(party, path, "feedback")
        assert [len(page) for page in found] == [100, len(shown) - 100]
        assert [one["note"] for page in found for one in page] == [str(number) for number in shown]


def test_a_recall_has_the_first_decisions_and_the_listing_has_all(scene):
    for number in range(101):
        scene.bank.call("POST", "reliances", {"report": scene.report, "decision": f"account {number}"}, 201)
    scene.customs.call("POST", f"{scene.advisory}/recall", {"reason": "error"})
    recalled = next(one for one in scene.bank.call("GET", "recalls")["recalls"] if one["report"] == scene.report)
    found = pages(scene.bank, f"reliances?report={scene.report}", "reliances")
    assert [len(page) for page in found] == [100, 1]
    assert [one["decision"] for page in found for one in page] == [f"account {number}" for number in range(101)]
    assert recalled["decisions"] == [f"account {number}" for number in range(100)]
    scene.forwarder.call("GET", f"reliances?report={scene.report}", status=404)


@pytest.mark.parametrize("path", [
    "recalls?after=x", "recalls?after=owed.x", "recalls?after=owed.report--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11", "pending?after=1", "reliances?report=x", "reliances", "feedback",
])
def test_a_listing_refuses_what_is_no_place_in_it(scene, path):
    assert ask(scene.bank, "GET", path).status_code == 400
    after = f"feedback?advisory={scene.made['id']}&after=-1"
    assert ask(scene.bank, "GET", after).json()["field"] == "after"

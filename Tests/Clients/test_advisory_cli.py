"""Advisories by the command line against the daemon: from a draft to the acknowledgement of its recall."""
import json
import re

import pytest

from conftest import wait_for

ADVISORY = "extension-definition--a000590e-edba-48b4-8868-b2b4bd1d4a89"


class Desk:
    """Harbour customs with a drafter and an approver of different units, and commands as either."""

    def __init__(self, trial, folder):
        self.trial, self.folder = trial, folder
        for name, unit, roles in (
            ("drafter", "coast", ["publisher", "reader"]),
            ("chief", "inland", ["approver", "officer", "auditor", "reader"]),
            ("neighbour", "coast", ["approver", "reader"]),
        ):
            words = [word for role in roles for word in ("--role", role)]
            trial.cli("admin", "principal", "add", name, "--member", "harbour-customs", "--unit", unit, *words)
            self.credential(name)

    def credential(self, principal, *more):
        words = ["admin", "credential", "add", "--principal", principal, "--type", "token", "--json", *more]
        self.trial.card["members"].append({"name": principal, "token": json.loads(self.trial.cli(*words).stdout)["secret"]})

    def partners(self, *members):
        """Lets members have what names somebody: the trial's one gateway asks for this."""
        for member in members:
            self.trial.cli("admin", "member", "fact", member, "--add", "partnership:trial")

    def example(self, kind, name="advisory.json", **content):
        """A file to begin from, with some of its content changed."""
        written = json.loads(self.trial.cli("advisory", "example", kind).stdout)
        written["content"] |= content
        file = self.folder / name
        file.write_text(json.dumps(written))
        return str(file)

    def run(self, member, *words):
        return json.loads(self.trial.cli(*words, "--json", member=member).stdout)

    def lines(self, member, *words):
        return [json.loads(line) for line in self.trial.cli(*words, "--json", member=member).stdout.splitlines()]

    def refused(self, member, *words, code=1):
        done = self.trial.cli(*words, member=member, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr

    def draft(self, kind, **content):
        return self.run("drafter", "advisory", "draft", self.example(kind, **content), "--pool", "warnings", "--kind", kind)

    def publish(self, kind, **content):
        made = self.draft(kind, **content)["id"]
        digest = self.run("chief", "advisory", "grade", made, "B2")["version"]["digest"]
        self.run("chief", "advisory", "approve", made, "--digest", digest)
        return self.run("drafter", "advisory", "publish", made)

    def report(self, member, reference):
        """The report of the rendition that a member gets over TAXII."""
        objects = self.lines(member, "poll", "warnings", "--reset")
        return next((o for o in objects if o["type"] == "report" and said(o).get("reference") == reference), None)


def said(report):
    return report.get("extensions", {}).get(ADVISORY, {})


@pytest.fixture
def desk(fresh, tmp_path):
    return Desk(fresh, tmp_path)


@pytest.mark.parametrize("kind", ["ADV-SUB", "ADV-MO", "ADV-RTE", "ADV-AST", "ADV-JUR", "ADV-SAFE"])
def test_every_example_is_taken(desk, kind):
    made = desk.draft(kind)
    assert (made["kind"], made["state"], made["version"]["number"]) == (kind, "draft", 1)
    assert made["member"] == "harbour-customs" and made["version"]["author"] == "drafter"
    written = json.loads(desk.trial.cli("advisory", "example", kind).stdout)
    for part in ("title", "facts", "tearline", "severity", "action"):
        assert made["version"]["content"][part] == written["content"][part]


def test_from_draft_to_acknowledged_recall(desk):
    desk.partners("harbour-customs", "north-oil")
    trial, cli = desk.trial, desk.trial.cli
    done = cli("advisory", "draft", desk.example("ADV-SUB"), "--pool", "warnings", "--kind", "ADV-SUB", member="drafter")
    made = re.search(r"^id +(\S+)$", done.stdout, re.M)[1]
    assert "grade" in done.stderr
    graded = desk.run("chief", "advisory", "grade", made, "B2", "--original", "4x4:B2")
    assert graded["state"] == "graded" and graded["version"]["grade"] == "B2"

    # A second person of another unit reads it, and approves what was read and nothing else.
    shown = cli("advisory", "show", made, member="chief")
    assert "grade_given" not in graded["version"], "who did not write it gave the grade"
    digest = re.search(r"^ *digest: ([0-9a-f]{64})$", shown.stdout, re.M)[1]
    assert digest == graded["version"]["digest"] and "Tamsin Verloop" in shown.stdout and digest in shown.stderr
    assert "drafter" not in desk.refused("drafter", "advisory", "approve", made, "--digest", digest)
    assert "another unit" in desk.refused("neighbour", "advisory", "approve", made, "--digest", digest)
    assert "looked at" in desk.refused("chief", "advisory", "approve", made, "--digest", "0" * 64)
    assert "approved" in desk.refused("drafter", "advisory", "publish", made)
    assert desk.run("chief", "advisory", "approve", made, "--digest", digest)["version"]["approver"] == "chief"
    assert "already by chief" in desk.refused("chief", "advisory", "approve", made, "--digest", digest)
    published = desk.run("drafter", "advisory", "publish", made)
    reference = published["reference"]
    assert published["state"] == "published" and re.fullmatch(r"CVT-\d{4}-\d{5}", reference)
    assert [a["reference"] for a in desk.lines("drafter", "advisory", "list", "--state", "published")] == [reference]
    assert cli("advisory", "list", "--state", "draft", "--json", member="drafter").stdout == ""

    # Readers get renditions; the REST interface shows them nothing.
    report = desk.report("north-oil", reference)
    assert said(report)["rendition"] == "full" and said(report)["grade"] == "B2"
    assert "(404)" in desk.refused("north-oil", "advisory", "show", reference)
    desk.report("swift-cargo", reference)
    cli("rely", report["id"], "--decision", "Shipment 4711 held", member="north-oil")
    assert "(404)" in desk.refused("blue-anchor", "rely", report["id"], "--decision", "Not given to us")

    # What anybody would get, and who got what.
    full = next(d for d in desk.lines("chief", "explain", reference, "--as", "north-oil") if d["rendition"] == "full")
    assert full["decision"] == "permitted" and full["reason"]
    lesser = [d for d in desk.lines("chief", "explain", reference, "--as", "north-oil") if d["rendition"] != "full"]
    assert lesser and all(d["decision"] == "hidden" and "fuller rendition" in d["reason"] for d in lesser)
    full = next(d for d in desk.lines("chief", "explain", reference, "--as", "swift-cargo") if d["rendition"] == "full")
    assert full["decision"] != "permitted" and full["row"] == 9
    # A reader is told what is its own to read, and no version, row or reason.
    assert desk.lines("north-oil", "explain", report["id"]) == [{"rendition": "full", "obligations": []}]
    assert "full" in cli("explain", reference, member="north-oil").stdout
    assert "(404)" in desk.refused("blue-anchor", "explain", report["id"]) and "(404)" in desk.refused("swift-cargo", "explain", reference)
    table = cli("explain", reference, "--as", "north-oil", "--purpose", "P07", member="chief").stdout
    assert "full" in table and "denied" in table and "purpose" in table
    for words, field in ((("nobody",), "member: no member has this name"), (("north-oil", "--principal", "no-one"), "principal: north-oil has no")):
        refused = desk.refused("chief", "explain", reference, "--as", *words)
        assert "(404)" in refused and field in refused
    # What a poll is for is one of the credential's purposes, and each has a place of its own.
    shown = json.loads(cli("admin", "credential", "list", "--principal", "north-oil", "--json").stdout)["credentials"]
    credential = next(one for one in shown if one["type"] == "token")
    assert "(403)" in desk.refused("north-oil", "poll", "warnings", "--purpose", "P07")
    cli("admin", "credential", "change", credential["id"], "--purpose", "P02", "--purpose", "P07")
    assert "P02, P07" in cli("admin", "credential", "list", "--principal", "north-oil").stdout
    for purpose, is_shown in (("P07", False), ("P02", True)):
        lines = cli("poll", "warnings", "--json", "--purpose", purpose, member="north-oil").stdout.splitlines()
        assert (report["id"] in {json.loads(line)["id"] for line in lines}) == is_shown, purpose
    receipts = desk.run("chief", "who-saw", reference)["receipts"]
    given = {receipt["member"]: receipt for receipt in receipts}
    assert "full" in given["north-oil"]["renditions"] and given["north-oil"]["purpose"] == "P02" and given["north-oil"]["versions"] == [1]
    assert "full" not in given["swift-cargo"]["renditions"]
    assert "Was given to 2 members, in " in cli("who-saw", reference, member="chief").stdout

    # Everybody that holds something owes an acknowledgement of the recall.
    assert cli("recalls", "--json", member="north-oil").stdout == ""
    done = cli("advisory", "recall", reference, "--reason", "mistaken-identity", member="chief")
    assert "2 members owe" in done.stdout and "recalled" in done.stdout
    owed = desk.lines("north-oil", "recalls")
    assert [(o["report"], o["reason"], o["overdue"], o["decisions"]) for o in owed] == [
        (report["id"], "mistaken-identity", False, ["Shipment 4711 held"])
    ]
    assert "Shipment 4711 held" in cli("recalls", member="north-oil").stdout
    stub = next(o for o in desk.lines("north-oil", "poll", "warnings", "--reset") if o["id"] == report["id"])
    assert stub["revoked"] and said(stub)["rendition"] == "stub" and "Verloop" not in json.dumps(stub)
    late = cli("rely", report["id"], "--decision", "Shipment 4712 held", member="north-oil").stdout
    assert re.search(r"^recorded, but \S+ was recalled at \S+ \(mistaken-identity\)", late)
    assert desk.lines("north-oil", "recalls")[0]["decisions"] == ["Shipment 4711 held", "Shipment 4712 held"]
    assert desk.lines("north-oil", "explain", report["id"]) == [{"rendition": "stub", "obligations": ["acknowledge"]}]
    cli("recalls", "acknowledge", report["id"], "--note", "Shipment released", member="north-oil")
    assert desk.lines("north-oil", "recalls")[0]["acknowledged"]
    assert "(404)" in desk.refused("blue-anchor", "recalls", "acknowledge", report["id"])
    seen = {o["member"]: o for o in desk.run("chief", "who-saw", reference)["owed"]}
    assert seen["north-oil"]["acknowledged"] and "acknowledged" not in seen["swift-cargo"]
    text = cli("who-saw", reference, member="chief").stdout
    assert text.index("Owe an acknowledgement") < text.index("Have acknowledged") and "OVERDUE" not in text
    assert "final" in desk.refused("drafter", "advisory", "review", reference)


def test_edits_need_a_new_approval(desk):
    made = desk.draft("ADV-RTE")["id"]
    digest = desk.run("chief", "advisory", "grade", made, "C3")["version"]["digest"]
    other = desk.example("ADV-RTE", "other.json", title="Another title")
    edited = desk.run("drafter", "advisory", "edit", made, other)
    assert edited["state"] == "draft" and "grade" not in edited["version"]
    desk.run("drafter", "advisory", "grade", made, "B1")
    assert desk.refused("chief", "advisory", "approve", made, "--digest", digest)
    # Nobody's own grade counts for better than 3 until a second person stands by it.
    assert desk.run("drafter", "advisory", "show", made)["version"]["grade"] == "B3"
    assert desk.run("chief", "advisory", "confirm-grade", made)["version"]["grade"] == "B1"
    assert desk.run("drafter", "advisory", "withdraw", made, "--reason", "resolved")["reason"] == "resolved"


def test_amendment_review_and_withdrawal(desk):
    reference = desk.publish("ADV-RTE")["reference"]
    other = desk.example("ADV-RTE", "other.json", title="Another title")
    amended = desk.run("drafter", "advisory", "amend", reference, other, "--what", "The title", "--why", "It was wrong")
    assert amended["version"]["number"] == 1 and amended["amendment"]["number"] == 2
    digest = desk.run("chief", "advisory", "grade", reference, "B2")["amendment"]["digest"]
    assert digest in desk.trial.cli("advisory", "show", reference, member="chief").stderr
    desk.run("chief", "advisory", "approve", reference, "--digest", digest)
    published = desk.run("drafter", "advisory", "publish-amendment", reference)
    assert published["version"]["number"] == 2 and "amendment" not in published
    assert published["changes"] == [{"what": "The title", "why": "It was wrong"}]
    report = desk.report("city-police", reference)
    assert report["name"] == "Another title"
    until = "2027-03-01T00:00:00Z"
    assert desk.run("drafter", "advisory", "review", reference, "--until", until)["review"].startswith("2027-03-01")
    assert "later" in desk.refused("drafter", "advisory", "review", reference, "--until", "2020-01-01T00:00:00Z")
    withdrawn = desk.run("drafter", "advisory", "withdraw", reference, "--reason", "superseded")
    assert (withdrawn["state"], withdrawn["reason"]) == ("withdrawn", "superseded")
    refused = desk.refused("drafter", "advisory", "erase", reference, "--reason", "retention")
    assert "approver" in refused
    # Who holds it is told that it has ended, and why; who does not is told nothing.
    held = next(o for o in desk.lines("city-police", "poll", "warnings", "--reset") if o["id"] == report["id"])
    assert held["revoked"] and said(held)["reason"] == "superseded" and "Another title" not in json.dumps(held)
    assert desk.report("swift-cargo", reference) is None
    erased = desk.run("chief", "advisory", "erase", reference, "--reason", "retention")
    assert (erased["erased"]["reason"], erased["erased"]["principal"]) == ("retention", "chief")
    shown = json.dumps(desk.run("drafter", "advisory", "show", reference))
    assert reference in shown and "Another title" not in shown and "It was wrong" not in shown
    assert desk.run("drafter", "who-saw", reference)["receipts"]


def test_dispute_and_settlement(desk):
    desk.partners("harbour-customs", "north-oil")
    reference = desk.publish("ADV-RTE")["reference"]
    assert "(404)" in desk.refused("north-oil", "advisory", "dispute", reference, "--reason", "Not given to us yet")
    assert desk.report("north-oil", reference)
    desk.trial.cli("advisory", "dispute", reference, "--reason", "Those were telephones.", member="north-oil")
    assert desk.run("drafter", "advisory", "show", reference)["state"] == "restricted"
    assert said(desk.report("north-oil", reference))["state"] == "restricted"
    assert "DISPUTED" in desk.trial.cli("poll", "warnings", "--reset", member="north-oil").stdout
    assert f"caveat feedback --of {reference}" in desk.trial.cli("advisory", "show", reference, member="chief").stderr
    assert "Those were telephones." in desk.trial.cli("feedback", "--of", reference, member="chief").stdout
    assert desk.run("chief", "advisory", "settle", reference)["state"] == "published"


def test_a_safety_advisory_goes_out_first_and_is_ratified(desk):
    made = desk.draft("ADV-SAFE")["id"]
    desk.run("drafter", "advisory", "grade", made, "B2")
    done = desk.trial.cli("advisory", "publish", made, member="drafter")
    assert "ratif" in done.stderr and re.search(r"^due +\S+$", done.stdout, re.M)
    shown = desk.run("chief", "advisory", "show", made)
    assert shown["ratified"] is False
    # Forwarders are of the affected population, and get the tearline at once.
    assert said(desk.report("blue-anchor", shown["reference"]))["rendition"] == "tearline"
    ratified = desk.run("chief", "advisory", "ratify", made, "--digest", shown["version"]["digest"])
    assert ratified["ratified"] is True


def test_consent_opens_a_rendition(desk):
    terms = {"caveats": ["ORCON"], "marking": "amber+strict", "purposes": ["P02", "P08"]}
    file = desk.folder / "strict.json"
    file.write_text(json.dumps(json.loads(desk.trial.cli("advisory", "example", "ADV-RTE").stdout) | {"terms": terms}))
    made = desk.run("drafter", "advisory", "draft", str(file), "--pool", "warnings", "--kind", "ADV-RTE")["id"]
    digest = desk.run("chief", "advisory", "grade", made, "B2")["version"]["digest"]
    desk.run("chief", "advisory", "approve", made, "--digest", digest)
    reference = desk.run("drafter", "advisory", "publish", made)["reference"]
    desk.credential("first-harbour-bank", "--purpose", "P08")
    desk.trial.card["members"][-1]["name"] = "diligence"
    assert desk.report("diligence", reference) is None
    consent = ["--to", "first-harbour-bank", "--purpose", "P08", "--rendition", "tearline", "--until", "2099-03-01T00:00:00Z"]
    given = desk.run("chief", "advisory", "consent", reference, *consent)
    assert (given["reader"], given["purpose"], given["rendition"]) == ("first-harbour-bank", "P08", "tearline")
    found = wait_for(lambda: desk.report("diligence", reference), "the consent")
    assert said(found)["rendition"] == "tearline"
    assert desk.report("first-harbour-bank", reference) is None, "the consent is for another purpose"


def test_files_are_checked_before_anything_is_sent(desk):
    # Nobody listens here: what is refused below is refused without asking.
    desk.trial.card["url"] = "http://127.0.0.1:9"
    draft = ["--pool", "warnings", "--kind"]
    file = desk.example("ADV-SUB", severity=7)
    assert "content.severity: must be one of 1, 2, 3, 4" in desk.refused("drafter", "advisory", "draft", file, *draft, "ADV-SUB")
    file = desk.example("ADV-AST", subjects=[{"kind": "CTR", "key": "c1", "properties": {"containerNumber": ["CSQU3054384"]}}])
    fault = desk.refused("drafter", "advisory", "draft", file, *draft, "ADV-AST")
    assert "content.subjects[0].properties.containerNumber[0]" in fault and "check digit must be 3" in fault
    file = desk.example("ADV-AST", subjects=[{"kind": "VEH", "key": "v1", "properties": {"vin": ["1M8GDM9A0KP042788"]}}])
    fault = desk.refused("drafter", "advisory", "draft", file, *draft, "ADV-AST")
    assert "content.subjects[0].properties.vin[0]" in fault and "check digit must be X" in fault
    file = desk.example("ADV-SUB")
    assert "content.subjects[1]: " in desk.refused("drafter", "advisory", "draft", file, *draft, "ADV-MO")
    (desk.folder / "none.json").write_text('{"content": {}')
    assert "not JSON" in desk.refused("drafter", "advisory", "edit", "CVT-2026-00001", str(desk.folder / "none.json"))
    assert "cannot be read" in desk.refused("drafter", "advisory", "draft", "/nowhere", *draft, "ADV-MO")
    assert "show prints" in desk.refused("chief", "advisory", "approve", "CVT-2026-00001", "--digest", "ab", code=64)


def test_refusals_name_the_field_and_the_fix(desk):
    desk.trial.cli("admin", "pool", "add", "open", "--title", "Open", "--reading", "everyone", "--writing", "everyone", "--ceiling", "green")
    stderr = desk.refused("drafter", "advisory", "draft", desk.example("ADV-SUB"), "--pool", "open", "--kind", "ADV-SUB")
    assert "marking" in stderr and "GREEN" in stderr
    stderr = desk.refused("drafter", "advisory", "draft", desk.example("ADV-MO"), "--pool", "none", "--kind", "ADV-MO")
    assert "pool" in stderr
    stderr = desk.refused("chief", "advisory", "draft", desk.example("ADV-MO"), "--pool", "warnings", "--kind", "ADV-MO")
    assert "(403)" in stderr
    assert "(404)" in desk.refused("drafter", "advisory", "show", "CVT-2026-99999")


def test_a_consent_is_asked_for_and_given(desk):
    desk.partners("harbour-customs", "north-oil")
    cli = desk.trial.cli
    file = desk.example("ADV-SUB")
    written = json.loads(open(file).read())
    written["terms"] = written.get("terms", {}) | {"caveats": ["ORCON"]}
    open(file, "w").write(json.dumps(written))
    made = desk.run("drafter", "advisory", "draft", file, "--pool", "warnings", "--kind", "ADV-SUB")["id"]
    digest = desk.run("chief", "advisory", "grade", made, "B2")["version"]["digest"]
    desk.run("chief", "advisory", "approve", made, "--digest", digest)
    reference = desk.run("drafter", "advisory", "publish", made)["reference"]
    report = desk.report("north-oil", reference)
    assert said(report)["rendition"] == "tearline"
    words = ["consents", "ask", report["id"], "--purpose", "P02", "--reason"]
    assert "why you need it" in desk.refused("north-oil", *words, " ", code=64)
    assert "ask for one of these" in desk.refused("north-oil", "consents", "ask", report["id"], "--purpose", "P05", "--reason", "x")
    assert report["id"] in cli(*words, "Our client.", member="north-oil").stdout
    table = cli("advisory", "consents", reference, member="chief").stdout
    assert re.search(r"north-oil +asked +P02 .*Our client\.", table), table
    assert "nobody asked" not in table
    cli("advisory", "consent", reference, "--to", "north-oil", "--purpose", "P02", "--rendition", "full", "--until", "2099-01-01T00:00:00Z",
        member="chief")
    assert "no open request" in desk.refused("chief", "advisory", "refuse-consent", reference, "--to", "north-oil", "--purpose", "P08")
    assert "GIVEN TO" in cli("advisory", "consents", reference, member="chief").stdout
    assert desk.lines("north-oil", "consents")[0]["state"] == "granted"
    assert "asked nothing" in cli("consents", member="swift-cargo").stderr
    # The whole of it from now on, with what the tearline left out.
    full = desk.report("north-oil", reference)
    assert said(full)["rendition"] == "full" and said(full)["facts"] == written["content"]["facts"] and full["name"] == written["content"]["title"]


def test_the_approver_reads_the_grade_that_it_approves(desk):
    made = desk.draft("ADV-SUB")["id"]
    graded = desk.run("drafter", "advisory", "grade", made, "B2")["version"]
    assert (graded["grade"], graded["grade_given"]) == ("B3", "B2")
    assert "B2; counts as B3 until" in desk.trial.cli("advisory", "show", made, member="chief").stdout
    approved = desk.run("chief", "advisory", "approve", made, "--digest", graded["digest"])["version"]
    assert approved["grade"] == "B2" and "grade_given" not in approved and approved["digest"] == graded["digest"]


def test_a_consent_says_what_it_does_not_lift(desk):
    desk.partners("harbour-customs")
    reference = desk.publish("ADV-SUB")["reference"]
    words = ["--purpose", "P02", "--rendition", "full", "--until", "2099-01-01T00:00:00Z"]
    done = desk.trial.cli("advisory", "consent", reference, "--to", "swift-cargo", *words, member="chief")
    assert "it gets the non-nominal rendition all the same" in done.stderr
    desk.partners("swift-cargo")
    done = desk.trial.cli("advisory", "consent", reference, "--to", "swift-cargo", *words, member="chief")
    assert "all the same" not in done.stderr


def test_an_error_names_its_field_once(desk):
    told = desk.refused("drafter", "advisory", "draft", desk.example("ADV-SUB"), "--pool", "nowhere", "--kind", "ADV-SUB")
    assert told.count("pool:") == 1, told


def test_operators_are_told_of_conflicts_and_of_no_subject(desk):
    links = desk.folder / "links.json"
    links.write_text(json.dumps([{"kind": "PER", "key": "director", "properties": {"name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]}}]))
    reference = desk.publish("ADV-SUB")["reference"]
    assert json.loads(desk.trial.cli("admin", "events", "--json").stdout) == {"events": []}
    desk.trial.cli("admin", "member", "link", "north-oil", str(links))
    [event] = json.loads(desk.trial.cli("admin", "events", "--json").stdout)["events"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", event.pop("time"))
    assert event == {"kind": "conflict", "member": "north-oil", "advisory": reference}
    table = desk.trial.cli("admin", "events").stdout
    assert "north-oil" in table and reference in table and "Verloop" not in table


def test_what_is_said_with_an_acknowledgement_stands_with_it(desk):
    desk.partners("north-oil")
    made = desk.publish("ADV-SUB")
    report = desk.report("north-oil", made["reference"])["id"]
    desk.run("drafter", "advisory", "recall", made["reference"], "--reason", "error")
    note = {
        "type": "note", "spec_version": "2.1", "id": "note--5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "content": "Taken out of our screening.", "object_refs": [report],
    }
    desk.trial.publish("north-oil", "commons", [note])
    seen = desk.trial.cli("who-saw", made["reference"], member="chief").stdout
    assert "Have acknowledged the recall (1)" in seen and "Taken out of our screening." in seen
    ids = {
        member: [one["id"] for one in desk.trial.get(member, f"collections/{desk.trial.collection('commons')}/objects/").json().get("objects", [])]
        for member in ("north-oil", "first-harbour-bank", "drafter")
    }
    assert [member for member, shown in ids.items() if note["id"] in shown] == ["north-oil", "drafter"]

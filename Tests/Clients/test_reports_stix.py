"""Reports as STIX: stix2 makes the grouping, taxii2-client pushes it, and the authority reads it back for its own tools."""
import json

import requests
import stix2
from conftest import ROOT
from stix2validator import ValidationOptions, validate_string
from test_scenarios import EXTENSION, Party, world, legal  # noqa: F401
from test_taxii import client

REPORT = "extension-definition--1f609496-2413-4a5f-a317-6866d8f33152"
SUBJECT = "extension-definition--2b0dbd0e-97a8-4c4c-8d5a-5d3f0a6f1f52"
STIX = "application/stix+json;version=2.1"
BESIDE = {"extension_type": "property-extension", "severity": 3, "seen": "2026-11-20T08:00:00Z", "place": "NLRTM", "suspicion": "Precursors."}


def container(number="CSQU3054383"):
    """Of a type that stix2 has no class for: a dictionary."""
    made = json.loads(stix2.Identity(name=number).serialize()) | {"type": "container"}
    made["id"] = made["id"].replace("identity", "container")
    made["extensions"] = {SUBJECT: {"extension_type": "new-sdo", "schema": "Container", "properties": {"containerNumber": [number]}}}
    return made


def suspicion(**more):
    """A grouping about a container and its consignor, and all that it names."""
    author = stix2.Identity(name="Blue Anchor's own tool", identity_class="system")
    shipper = stix2.Identity(
        name="Tidewater Freight BV", identity_class="organization", created_by_ref=author,
        extensions={EXTENSION: {"extension_type": "property-extension", "roles": ["CZ"]}}, allow_custom=True,
    )
    box = container()
    link = stix2.Relationship(shipper.id, "consignor-of", box["id"], created_by_ref=author, allow_custom=True)
    said = {
        "description": "The weight is that of other goods.", "labels": ["TBM-MIS", "TRF-PRE"], "object_refs": [shipper.id, box["id"], link.id],
        "extensions": {REPORT: BESIDE}, "created_by_ref": author, "object_marking_refs": [stix2.TLP_AMBER],
    } | more
    return [author, shipper, box, link, stix2.Grouping(context="suspicious-activity", allow_custom=True, **said)]


def envelope(objects):
    return {"objects": [one if isinstance(one, dict) else json.loads(one.serialize()) for one in objects]}


def bundle(party, report):
    answer = requests.get(f"{party.world.card['url']}/v1/reports/{report}", headers=party.headers({"Accept": STIX}), timeout=20)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == STIX, answer.text
    return answer


def test_a_grouping_that_is_pushed_is_a_report(world, legal):
    forwarder, police, bank = (Party(world, name) for name in ("blue-anchor", "city-police", "first-harbour-bank"))
    inbox = client(world, "blue-anchor", "customs-inbox")
    assert (inbox.can_read, inbox.can_write) == (False, True)
    said = suspicion()
    status = inbox.add_objects(envelope(said))
    assert (status.status, status.success_count, status.failure_count) == ("complete", 5, 0), status.failures
    # Its id is the exchange's; who sent it may name it by its own.
    own = said[-1].id.removeprefix("grouping--")
    made = next(one["message"] for one in status.successes if one["id"] == said[-1].id).removeprefix("is the report ")
    assert made != own and forwarder.call("GET", f"reports/{own}")["id"] == made
    legal.call("GET", f"reports/{own}", status=404)

    # The two parties see it, and go on as with any other report.
    report = forwarder.call("GET", f"reports/{made}")
    assert legal.call("GET", f"reports/{made}") == report and report["authority"] == "harbour-customs"
    content = report["content"]
    assert content["facts"] == "The weight is that of other goods." and content["place"] == "NLRTM" and content["severity"] == 3
    assert [(one["kind"], one["roles"]) for one in content["subjects"]] == [("ORG", ["CZ"]), ("CTR", [])]
    assert [one["kind"] for one in content["relations"]] == ["consignor-of"]
    legal.call("POST", f"reports/{made}/want-more", {"text": "Who booked it?"})

    # A later version says more; the same again says nothing.
    more = said[-1].new_version(description="The weight is that of other goods; booked by telephone.")
    for _ in range(2):
        assert inbox.add_objects(envelope(said[:-1] + [more])).failure_count == 0
    report = forwarder.call("GET", f"reports/{made}")
    assert report["state"] == "submitted" and report["content"]["facts"].endswith("telephone.")
    legal.call("POST", f"reports/{made}/accept")
    legal.call("POST", f"reports/{made}/outcome", {"outcome": "OA-SEI"})
    assert [one["outcome"] for one in forwarder.call("GET", f"reports/{made}")["outcomes"]] == ["OA-SEI"]

    # Nobody else gets any of it, over any way.
    for other in (police, bank):
        other.call("GET", f"reports/{made}", status=404)
        assert other.call("GET", "reports")["reports"] == []
    for member in ("blue-anchor", "harbour-customs", "city-police", "first-harbour-bank"):
        assert world.get(member, "collections/customs-inbox/objects/").status_code == 403
        for pool in ("commons", "warnings", "deepwater"):
            assert made not in world.get(member, f"collections/{pool}/objects/", params={"limit": 1000}).text


def test_the_authority_takes_reports_with_its_own_tools(world, legal):
    forwarder = Party(world, "blue-anchor")
    said = suspicion()
    client(world, "blue-anchor", "customs-inbox").add_objects(envelope(said))
    pushed = forwarder.call("GET", f"reports/{said[-1].id.removeprefix('grouping--')}")["id"]
    typed = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": legal.call("GET", f"reports/{pushed}")["content"]}, 201)["id"]
    for made in (pushed, typed):
        answer = bundle(legal, made)
        found = validate_string(answer.text, ValidationOptions(version="2.1", disabled="201,202,210"))
        assert found.is_valid, [str(error) for error in found.errors]
        read = stix2.parse(answer.text, allow_custom=True)
        grouping = next(one for one in read.objects if one["type"] == "grouping")
        assert grouping["context"] == "suspicious-activity" and grouping["labels"] == ["TBM-MIS", "TRF-PRE"]
        assert grouping["extensions"][REPORT]["suspicion"] == "Precursors."
        held = {one["id"]: one for one in read.objects}
        assert {held[ref]["type"] for ref in grouping["object_refs"]} == {"identity", "container", "relationship"}
        assert held[grouping["created_by_ref"]]["name"] == "blue-anchor"
        # The same ids at each look, and other tags and bytes for other forms.
        assert bundle(legal, made).text == answer.text == bundle(forwarder, made).text
        plain = requests.get(answer.url, headers=legal.headers(), timeout=20)
        assert plain.headers["Content-Type"] == "application/json" and plain.headers["ETag"] != answer.headers["ETag"]
        assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept"
        known = requests.get(answer.url, headers=legal.headers({"Accept": STIX, "If-None-Match": answer.headers["ETag"]}), timeout=20)
        assert known.status_code == 304
        assert json.loads(world.cli("report", "show", made, "--stix", member="harbour-customs-legal").stdout) == answer.json()
    absent = requests.get(answer.url, headers=Party(world, "city-police").headers({"Accept": STIX}), timeout=20)
    assert absent.status_code == 404
    # What is taken back is revoked, in a later version of the same object.
    forwarder.call("POST", f"reports/{typed}/retract")
    taken_back = bundle(legal, typed).json()["objects"]
    assert {one["type"] for one in taken_back if one.get("revoked")} == {"grouping", "identity", "container", "relationship"}
    revoked = next(one for one in taken_back if one["type"] == "grouping")
    assert revoked["revoked"] is True and revoked["id"] == grouping["id"] and revoked["modified"] > str(grouping["modified"])


def test_what_is_wrong_is_named_and_stops_nothing_else(world, legal):
    inbox = client(world, "blue-anchor", "customs-inbox")
    wrong = suspicion(labels=["TBM-XXX"])
    stray = stix2.Indicator(pattern="[url:value = 'http://x.example/']", pattern_type="stix")
    right = suspicion()
    status = inbox.add_objects(envelope(wrong + [stray] + right))
    failures = {one["id"]: one["message"] for one in status.failures}
    assert "labels[0]: must be a code of VOCABULARY" in failures[wrong[-1].id]
    assert "type: indicator is no part of a report" in failures[stray.id]
    assert "no grouping that names it was taken" in failures[wrong[1].id]
    assert (status.success_count, status.failure_count) == (6, 5) and len(legal.call("GET", "reports")["reports"]) == 1
    # Others' rules hold here as everywhere: customs reports not to itself, and who has no gateway names nobody.
    own = client(world, "harbour-customs", "customs-inbox").add_objects(envelope(suspicion(created_by_ref=None)[1:]))
    assert "must be for another member" in next(one["message"] for one in own.failures if "grouping" in one["id"])
    oil = client(world, "north-oil", "customs-inbox").add_objects(envelope(suspicion()))
    assert "no legal gateway" in next(one["message"] for one in oil.failures if "grouping" in one["id"])


def test_the_command_line_takes_stix_too(world, legal, tmp_path):
    file = tmp_path / "bundle.json"
    send = ["report", "send", str(file), "--to", "harbour-customs"]
    file.write_text(stix2.Bundle(*suspicion(), allow_custom=True).serialize())
    for _ in range(2):
        done = world.cli(*send, "--json", member="blue-anchor")
        assert json.loads(done.stdout)["content"]["subjects"][0]["properties"]["name"] == ["Tidewater Freight BV"]
    assert len(legal.call("GET", "reports")["reports"]) == 1, "the same sent again is the same report"
    file.write_text(json.dumps(envelope(suspicion(labels=["TBM-XXX"]))))
    refused = world.cli(*send, member="blue-anchor", check=False)
    assert refused.returncode == 1 and "object 5: labels[0]: must be a code" in refused.stderr and "nothing was sent" in refused.stderr
    file.write_text(json.dumps(envelope([container()])))
    assert "object_refs of a grouping" in world.cli(*send, member="blue-anchor", check=False).stderr
    assert len(legal.call("GET", "reports")["reports"]) == 1


def test_the_example_of_the_readme_runs(world, tmp_path):
    text = (ROOT / "README.md").read_text().split("cat > grouping.json <<'JSON'\n")[1].split("\nJSON\n")
    (tmp_path / "grouping.json").write_text(text[0])
    commands = [line.split("#")[0].split() for line in text[1].splitlines()[:2]]
    assert [words[:2] for words in commands] == [["caveat", "publish"], ["caveat", "report"]]
    for words in commands:
        done = world.cli(*words[1:], member="blue-anchor", cwd=tmp_path)
    assert "Oriel Dock Services" in done.stdout and "submitted" in done.stdout

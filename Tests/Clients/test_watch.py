"""Watch lists: what a bank is told of its customers, over the real programs and a real receiver."""
import json
from pathlib import Path

import pytest
import requests
from conftest import wait_for
from test_destinations import receiver, subscribe  # noqa: F401
from test_scenarios import Party, content, customs, join, legal, person, publish, restart, world  # noqa: F401

BANK = "first-harbour-bank"
SENTINEL = "Zebedee Quillonsworth"
# Spelt as nothing else at the exchange is.
VARIANT = "Ottolyne Brackk"


@pytest.fixture
def customers(tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text(f"Customer ID,Name,DOB\nC-1,{SENTINEL},1950-01-01\nC-2,{VARIANT},\nC-3,Bartholomew Quigg,30.08.1954\n")
    return file


def notices(receiver):  # noqa: F811
    return [item["watch"] for item in receiver.items() if "watch" in item]


def hits(world, name="customers", member=BANK):  # noqa: F811
    return [json.loads(line) for line in world.cli("watch", "hits", name, "--json", member=member).stdout.splitlines() if line.startswith("{")]


def test_a_bank_is_told_once_of_a_customer_and_of_the_recall(world, customs, legal, receiver, customers):  # noqa: F811
    subscribe(world, receiver)
    done = world.cli("watch", "add", "customers", str(customers), "--wait", member=BANK, check=False)
    assert done.returncode == 1 and "customers: 2 added, 0 changed, 0 same, 0 removed, 1 refused" in done.stdout
    assert "line 4, C-3: properties.birthDate: must be a year" in done.stderr
    customers.write_text(customers.read_text().replace("30.08.1954", "1954-08-30"))
    assert "1 added, 0 changed, 2 same" in world.cli("watch", "add", "customers", str(customers), "--wait", member=BANK).stdout
    assert hits(world) == [] and notices(receiver) == []
    made = publish(customs, legal)
    wait_for(lambda: notices(receiver), "the notice")
    [notice] = notices(receiver)
    assert notice["list"] == "customers" and notice["reference"] == "C-2" and 0.7 <= notice["score"] <= 1
    assert notice["advisory"].startswith("report--") and notice["pool"] == "warnings" and notice["object"].startswith("identity--")
    [hit] = hits(world)
    assert hit["id"] == "C-2" and hit["hit"]["match"] is True and hit["hit"]["advisory"]["reference"] == made["reference"]
    assert "Ottoline Brack" in hit["hit"]["explanations"]["sentence"]
    text = world.cli("watch", "hits", "customers", member=BANK).stdout
    assert text.startswith(f"C-2 ({VARIANT}): 0.") and made["reference"] in text
    seen = {one["channel"] for one in customs.call("GET", f"advisories/{made['id']}/receipts")["receipts"] if one["member"] == BANK}
    assert {"webhook", "screening"} <= seen
    # Neither the same file nor a restart tells again; nobody else has the list.
    world.cli("watch", "add", "customers", str(customers), "--replace", "--wait", member=BANK)
    restart(world)
    world.cli("watch", "add", "customers", str(customers), "--wait", member=BANK)
    assert len(notices(receiver)) == 1 and len(hits(world)) == 1
    assert world.cli("watch", "hits", "customers", member="north-oil", check=False).returncode == 1
    customs.call("POST", f"advisories/{made['id']}/recall", {"reason": "mistaken-identity"})
    [gone] = hits(world)
    assert "hit" not in gone and gone["recalled"]["report"].startswith("report--")
    assert "recalled on" in world.cli("watch", "hits", "customers", member=BANK).stdout
    assert len(Party(world, BANK).call("GET", "recalls")["recalls"]) == 1


def test_nothing_of_a_row_is_in_the_open(world, customs, legal, receiver, customers):  # noqa: F811
    subscribe(world, receiver)
    publish(customs, legal)
    customers.write_text(customers.read_text().replace("30.08.1954", "1954-08-30"))
    world.cli("watch", "add", "customers", str(customers), "--wait", member=BANK)
    wait_for(lambda: notices(receiver), "the notice")
    assert len(hits(world)) == 1
    world.stop()
    files = [file for file in [Path(f"{world.data}.log"), *Path(world.data).rglob("*")] if file.is_file()]
    assert any(file.stat().st_size > 100_000 for file in files)
    for file in files:
        kept = file.read_bytes()
        for word in (SENTINEL, "Quillonsworth", VARIANT, "Brackk", "1950-01-01", "C-2"):
            assert word.encode() not in kept, (file, word)
    world.start()
    assert len(hits(world)) == 1
    for file in files:
        if file.suffix == ".log" or "log" in file.name:
            assert b"Brackk" not in file.read_bytes()


def test_lists_are_replaced_and_removed(world, tmp_path):  # noqa: F811
    file = tmp_path / "fleet.csv"
    file.write_text("id,name,imo\nV-1,Grey Gull,9074729\nV-2,Ocean Star,\n")
    world.cli("watch", "add", "fleet", str(file), "--schema", "Vessel", "--wait", member=BANK)
    file.write_text("id,name,imo\nV-2,Ocean Star,\nV-3,Blue Heron,\n")
    assert "1 added, 0 changed, 1 same, 1 removed" in world.cli("watch", "add", "fleet", str(file), "--schema", "Vessel", "--replace", member=BANK).stdout
    # What cannot be read is not taken for gone.
    file.write_text("id,name,imo\nV-2,Ocean Star,,x\nV-3,Blue Heron,\n")
    done = world.cli("watch", "add", "fleet", str(file), "--schema", "Vessel", "--replace", member=BANK, check=False)
    assert done.returncode == 1 and "nothing was removed" in done.stderr
    entity = {"id": "E-1", "schema": "Company", "properties": {"name": ["Meridian Shipbroking Limited"]}}
    jsonl = tmp_path / "firms.jsonl"
    jsonl.write_text(json.dumps(entity) + "\n")
    world.cli("watch", "add", "firms", str(jsonl), "--wait", member=BANK)
    lists = [json.loads(line) for line in world.cli("watch", "list", "--json", member=BANK).stdout.splitlines()]
    assert [(one["name"], one["rows"]) for one in lists] == [("firms", 1), ("fleet", 2)] and lists[0]["matched"] == 1
    assert world.cli("watch", "list", "--json", member="north-oil").stdout == ""
    assert [json.loads(line) for line in world.cli("admin", "watch-lists", "--json").stdout.splitlines()] == [{"member": BANK, "lists": 2, "rows": 3}]
    world.cli("watch", "remove", "fleet", "--row", "V-2", member=BANK)
    assert world.cli("watch", "remove", "fleet", "--row", "V-2", member=BANK, check=False).returncode == 1
    world.cli("watch", "remove", "fleet", member=BANK)
    world.cli("watch", "remove", "firms", member=BANK)
    assert "no watch list" in world.cli("watch", member=BANK).stderr
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("name\nGrey Gull\n")
    done = world.cli("watch", "add", "fleet", str(nameless), member=BANK, check=False)
    assert done.returncode == 1 and "has no ids" in done.stderr
    # One that has none, or cannot be read, costs no other.
    nameless.write_text('id,name\nV-1,Grey Gull\n,Ocean Star\nV-2,"Blue Heron\n')
    done = world.cli("watch", "add", "fleet", str(nameless), member=BANK, check=False)
    assert done.returncode == 1 and "fleet: 1 added, 0 changed, 0 same, 0 removed, 2 refused" in done.stdout and "line 3: has no id" in done.stderr


def amend(world, made, said, tmp_path):  # noqa: F811
    draft = tmp_path / "amended.json"
    draft.write_text(json.dumps({"content": said, "terms": {}}))
    writer, name = "harbour-customs", made["reference"]
    world.cli("advisory", "amend", name, str(draft), "--what", "Another name", "--why", "A mistake", member=writer)
    graded = json.loads(world.cli("advisory", "grade", name, "B3", "--json", member=writer).stdout)
    world.cli("advisory", "approve", name, "--digest", graded["amendment"]["digest"], member="harbour-customs-legal")
    world.cli("advisory", "publish-amendment", name, member=writer)


def test_what_is_amended_away_and_back_is_told_again(world, customs, legal, receiver, customers, tmp_path):  # noqa: F811
    subscribe(world, receiver)
    customers.write_text(customers.read_text().replace("30.08.1954", "1954-08-30"))
    world.cli("watch", "add", "customers", str(customers), "--wait", member=BANK)
    made = publish(customs, legal)
    wait_for(lambda: notices(receiver), "the notice")
    another = content(title="Another", facts="Another was seen.", subjects=[person("Ignatius Farquharson")])
    amend(world, made, another, tmp_path)
    wait_for(lambda: not hits(world), "the end of the hit")
    assert len(notices(receiver)) == 1
    amend(world, made, content(), tmp_path)
    wait_for(lambda: len(notices(receiver)) == 2, "the second notice")
    [hit] = hits(world)
    assert hit["id"] == "C-2"


def test_the_name_of_an_upload_that_ended_is_not_taken_again(trial):
    party = Party(trial, BANK)
    a, b = ({"id": one, "schema": "Person", "properties": {"name": f"Ann {one}"}} for one in "AB")
    party.call("POST", "watch-lists/daily", {"rows": [a], "upload": "daily"})
    party.call("POST", "watch-lists/daily", {"rows": [b], "upload": "daily", "replace": True})
    refused = party.call("POST", "watch-lists/daily", {"rows": [b], "upload": "daily", "replace": True}, 422)
    assert refused["field"] == "upload" and "a name of its own" in refused["detail"]
    assert party.call("POST", "watch-lists/daily", {"rows": [b], "upload": "next", "replace": True})["removed"] == 1
    assert party.call("POST", "watch-lists/Bad_Name", {"rows": []}, 422)["field"] == "name"
    party.call("DELETE", "watch-lists/daily", status=204)


@pytest.mark.parametrize("body, words", [
    ({}, "rows: is needed"), ({"rows": {}}, "rows: must be a list"), ({"rows": [], "uplod": "x"}, "uplod: is no field"),
    ({"rows": [], "upload": "a b"}, "upload: must be 1 to 64"), ({"rows": [{}] * 1001}, "rows: must be a list of at most 1000"),
])
def test_what_is_no_upload_is_named(trial, body, words):
    party = Party(trial, BANK)
    answer = requests.post(f"{trial.card['url']}/v1/watch-lists/customers", json=body, headers=party.headers(), timeout=20)
    assert answer.status_code == 422 and words in answer.json()["detail"], answer.text


def test_one_bad_row_costs_no_other(trial):
    party = Party(trial, BANK)
    rows = [
        {"id": "A", "schema": "Person", "properties": {"name": "Ann Other"}}, {"schema": "Person", "properties": {"name": "Nobody"}},
        {"id": "B", "schema": "Persona", "properties": {"name": "X"}}, 5, {"id": "C", "schema": "Person", "properties": {}},
    ]
    answer = party.call("POST", "watch-lists/mixed", {"rows": rows})
    assert answer["added"] == 1 and [(one["place"], one.get("id"), one["field"]) for one in answer["refused"]] == [
        (1, None, "id"), (2, "B", "schema"), (3, None, "row"), (4, "C", "properties")]
    answer = requests.delete(f"{trial.card['url']}/v1/watch-lists/mixed/rows", headers=party.headers(), timeout=20)
    assert answer.status_code == 422 and answer.json()["field"] == "id"
    assert requests.head(f"{trial.card['url']}/v1/watch-lists/mixed/hits", headers=party.headers(), timeout=20).content == b""
    party.call("DELETE", "watch-lists/mixed", status=204)
    party.call("GET", "watch-lists/mixed", status=404)

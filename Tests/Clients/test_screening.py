"""Screening: what a bank, a forwarder and a client of yente are told, over the real programs."""
import csv
import json
import os
import subprocess
import time

import pytest
import requests
from conftest import CAVEAT
from test_scenarios import Party, content, customs, join, legal, person, publish, restart, world  # noqa: F401

LIST = [
    ("eu-1", "Person", {"name": ["Ottoline Brack"], "birthDate": ["1971-02-04"], "nationality": ["nl"]}),
    ("eu-2", "Company", {"name": ["Meridian Shipbroking Limited"], "country": ["cy"]}),
    ("eu-3", "Vessel", {"name": ["Grey Gull"], "imoNumber": ["9074729"]}),
]


@pytest.fixture
def listed(world, tmp_path):
    world.cli("admin", "pool", "add", "eu", "--title", "EU", "--kind", "official-list", "--reading", "everyone", "--writing", "enrolled")
    world.cli("admin", "pool", "enrol", "eu", "city-police", "--reads", "--writes")
    file = tmp_path / "eu.jsonl"
    file.write_text("".join(json.dumps({"id": id, "schema": schema, "properties": properties}) + "\n" for id, schema, properties in LIST))
    world.cli("import", "ftm", str(file), "--source", "eu", "--pool", "eu", member="city-police")
    return world


def match(party, queries, status=200, **parameters):
    answer = requests.post(
        f"{party.world.card['url']}/v1/match", params=parameters, json={"queries": queries}, headers=party.headers(), timeout=60,
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def named(name, schema="Person", **properties):
    return {"schema": schema, "properties": {"name": [name], **properties}}


def test_a_client_of_yente_changes_one_url(listed):
    bank = Party(listed, "first-harbour-bank")
    answer = match(bank, {
        "a": named("Ottoline Brack", birthDate="1971-02-04"), "b": named("Meridian Shipbroking Ltd", "Company"),
        "c": named("Gray Gull", "Vessel", imoNumber=["IMO 9074729"]), "d": named("Bartholomew Quigg"),
    }, limit=3, algorithm="best")
    found = {id: [hit["id"] for hit in one["results"]] for id, one in answer["responses"].items()}
    assert {id: hits[:1] for id, hits in found.items()} == {"a": ["eu-1"], "b": ["eu-2"], "c": ["eu-3"], "d": []}
    hit = answer["responses"]["a"]["results"][0]
    assert hit["match"] is True and hit["score"] > 0.9 and hit["datasets"] == ["eu"] and hit["schema"] == "Person"
    assert hit["caption"] == "Ottoline Brack" and hit["properties"]["birthDate"] == ["1971-02-04"]
    assert hit["object"].startswith("identity--") and "advisory" not in hit
    assert "Ottoline Brack" in hit["explanations"]["sentence"]
    # A country by its code or its name; what is none tells nothing.
    said = [match(bank, {"a": named("Ottoline Brack", nationality=country)})["responses"]["a"]["results"][0] for country in ("nl", "Netherlands", "xx", "Ruritania")]
    assert [len(hit["explanations"]["facts"]) for hit in said] == [1, 1, 0, 0] and said[0]["score"] == said[1]["score"]
    assert answer["responses"]["a"]["total"] == {"value": len(found["a"]), "relation": "eq"} and answer["limit"] == 3
    for asked, id in (("ottoline+brack&schema=Person", "eu-1"), ("IMO9074729", "eu-3")):
        assert bank.call("GET", f"search?q={asked}")["results"][0]["id"] == id
    assert match(bank, {"a": named("Ottoline Brack")}, exclude_dataset="eu")["responses"]["a"]["results"] == []


def test_who_looks_by_head_is_told_nothing(listed):
    bank = Party(listed, "first-harbour-bank")
    lengths = set()
    for asked in ("ottoline+brack", "bartholomew+quigg"):
        answer = requests.head(f"{listed.card['url']}/v1/search?q={asked}", headers=bank.headers(), timeout=20)
        assert answer.status_code == 200 and answer.content == b""
        lengths.add(answer.headers.get("Content-Length"))
    assert len(lengths) == 1
    refused = requests.head(f"{listed.card['url']}/v1/search", headers=bank.headers(), timeout=20)
    assert refused.status_code == 422


@pytest.mark.parametrize("body, words", [
    ({}, "queries: is needed"), ({"queries": []}, "queries: is needed"), ({"queries": {}}, "queries: must be 1 to 1000"),
    ({"queries": {"a": named("X")}, "weights": {}}, "weights: is no field"),
    ({"queries": {"a": {"properties": {}}}}, "queries.a.schema: is needed"),
    ({"queries": {"a": named("X", "Persona")}}, "queries.a.schema: must be one of"),
    ({"queries": {"a": {"schema": "Person"}}}, "queries.a.properties: is needed"),
    ({"queries": {"a": named("X", birthDate=[1971])}}, "queries.a.properties.birthDate: must be a text or a list"),
    ({"queries": {"a": named("X") | {"fuzzy": True}}}, "queries.a.fuzzy: is no field"),
    ({"queries": {"a": {"schema": "Person", "properties": {"nmae": ["X"]}}}}, "queries.a.properties: must name somebody"),
    ({"queries": {"a": named("X", birthDate="30.08.1954")}}, "queries.a.properties.birthDate: must be a year"),
    ({"queries": {"a": named("X", birthDate="1966-02-30")}}, "queries.a.properties.birthDate: must be a year"),
])
def test_what_cannot_be_asked_is_named(trial, body, words):
    party = Party(trial, "first-harbour-bank")
    answer = requests.post(f"{trial.card['url']}/v1/match", json=body, headers=party.headers(), timeout=20)
    assert answer.status_code == 422 and words in answer.json()["detail"], answer.text
    for parameter, said in (("limit=0", "limit: must be 1 to 500"), ("cutoff=2", "cutoff: must be 0 to 1"), ("limits=5", "limits: is no parameter")):
        answer = requests.post(f"{trial.card['url']}/v1/match?{parameter}", json={"queries": {"a": named("X")}}, headers=party.headers(), timeout=20)
        assert answer.status_code in (400, 422) and said in answer.json()["detail"], answer.text


def test_an_advisory_is_found_at_once_and_a_recalled_one_no_longer(world, customs, legal):
    bank, outsider = Party(world, "first-harbour-bank"), join(world, "slow-boats", "carrier", "DE", partner=False)
    made = publish(customs, legal)
    start = time.monotonic()
    hit = match(bank, {"a": named("Ottoline Brack")})["responses"]["a"]["results"][0]
    assert time.monotonic() - start < 1
    assert hit["advisory"]["reference"] == made["reference"] and hit["advisory"]["id"].startswith("report--")
    # Whoever has no gateway to the name does not find it, nor anything that tells of it.
    assert match(outsider, {"a": named("Ottoline Brack")}, cutoff=0)["responses"]["a"]["results"] == []
    # The receipt of the hit says over what; the bank, which never polled, owes an acknowledgement of the recall.
    seen = customs.call("GET", f"advisories/{made['id']}/receipts")["receipts"]
    assert [(one["member"], one["channel"]) for one in seen] == [("first-harbour-bank", "screening")]
    customs.call("POST", f"advisories/{made['id']}/recall", {"reason": "mistaken-identity"})
    assert match(bank, {"a": named("Ottoline Brack")})["responses"]["a"]["results"] == []
    assert len(bank.call("GET", "recalls")["recalls"]) == 1
    restart(world)
    assert match(bank, {"a": named("Ottoline Brack")})["responses"]["a"]["results"] == []


def test_a_victim_is_told_of_as_somebody_to_be_protected(world, customs, legal):
    bank = Party(world, "first-harbour-bank")
    publish(customs, legal, said=content(title="A house", facts="Some were found.", categories=["TRF-HUM"], subjects=[person("Odalys Wrenfield", standing="V")]))
    for _ in range(2):
        [hit] = match(bank, {"a": named("Odalys Wrenfield")})["responses"]["a"]["results"]
        assert "to be protected" in hit["protect"] and hit["properties"] == {} and "explanations" not in hit and "object" not in hit
        assert hit["match"] is False and "advisory" not in hit
        # Neither a day nor a number, nor a part of the name, is tried out on them.
        for asked in (named("Odalys Wrenfield", birthDate="1971-02-04"), named("Odalys Wrenfield", birthDate="1950-01-01")):
            assert match(bank, {"a": asked})["responses"]["a"]["results"] == [hit]
        assert match(bank, {"a": named("Odalys")}, cutoff=0)["responses"]["a"]["results"] == []
        assert "Wrenfield" not in json.dumps(hit)
        restart(world)
    assert "Odalys" not in json.dumps(bank.poll())


def test_a_victim_is_found_however_the_name_is_written(world, customs, legal):
    bank = Party(world, "first-harbour-bank")
    publish(customs, legal, said=content(title="A house", facts="Some were found.", categories=["TRF-HUM"], subjects=[person("Odalys Wrenfield", standing="V")]))
    apart = {"schema": "Person", "properties": {"firstName": ["Odalys"], "lastName": ["Wrenfield"]}}
    asked = [named(name) for name in ("Wrenfield, Odalys", "Odalys-Wrenfield", "ODALYS_WRENFIELD", "Odalys/Wrenfield", "Odalys.Wrenfield")]
    for query in [apart, *asked]:
        [hit] = match(bank, {"a": query})["responses"]["a"]["results"]
        assert "to be protected" in hit["protect"], query
    for text in ("Odalys+Wrenfield", "Odalys%20Wrenfield"):
        assert "protect" in bank.call("GET", f"search?q={text}")["results"][0]
    for part in (named("Wrenfield"), {"schema": "Person", "properties": {"lastName": ["Wrenfield"]}}):
        assert match(bank, {"a": part}, cutoff=0)["responses"]["a"]["results"] == []


def test_a_witness_is_told_to_be_one(world, customs, legal):
    publish(customs, legal, said=content(subjects=[person("Wit Nessman", standing="W")]))
    bank = Party(world, "first-harbour-bank")
    assert match(bank, {"a": named("Wit Nessman")})["responses"]["a"]["results"][0]["advisory"]["standing"] == "W"
    assert "match, witness  Wit Nessman" in world.cli("screen", "Wit Nessman", member="first-harbour-bank").stdout


def test_a_name_at_the_command_line(listed):
    found = listed.cli("screen", "Ottoline Brack", "--born", "1971-02-04", "--country", "nl", member="first-harbour-bank")
    assert "match  Ottoline Brack  (Person, eu, eu-1)" in found.stdout
    vessel = listed.cli("screen", "Grey Gull", "--schema", "Vessel", "--property", "imoNumber=9074729", member="first-harbour-bank")
    assert "Grey Gull  (Vessel, eu, eu-3)" in vessel.stdout
    # A number is one whatever it is called.
    for number in ("9074729", "IMO 9074729"):
        assert "(Vessel, eu, eu-3)" in listed.cli("screen", number, member="first-harbour-bank").stdout
    assert "(Vessel, eu, eu-3)" in listed.cli("screen", "9074729", "--schema", "vessel", member="first-harbour-bank").stdout
    nobody = listed.cli("screen", "Bartholomew Quigg", member="first-harbour-bank")
    assert nobody.stdout == "nobody like that is known to you\n"
    for words, said in (
        ([], "give a name, or --file"), (["A", "--file", "x"], "not both"), (["A", "--report", "x.csv"], "--report goes with --file"),
        (["A", "--purpose", "P99"], "--purpose must be one of"), (["--file", "x", "--report", "x.doc"], ".csv, .json or .html"),
    ):
        wrong = listed.cli("screen", *words, member="first-harbour-bank", check=False)
        assert wrong.returncode == 64 and said in wrong.stderr, wrong.stderr


def test_a_cleared_pair_stays_cleared_until_the_facts_change(listed, tmp_path):
    bank, other = Party(listed, "first-harbour-bank"), Party(listed, "north-oil")
    asked = named("Ottoline Brack", nationality="ca")
    [hit] = match(bank, {"a": asked})["responses"]["a"]["results"]
    words = ["Ottoline Brack", "--schema", "Person", "--property", "nationality=ca"]
    done = listed.cli("clear", *words, "--hit", hit["object"], "--reason", "ours is from Ottawa", member="first-harbour-bank")
    assert done.stdout.startswith("cleared ")
    for _ in range(2):
        [again] = match(bank, {"a": asked})["responses"]["a"]["results"]
        assert again["match"] is False and again["cleared"]["reason"] == "ours is from Ottawa" and again["cleared"]["by"] == "first-harbour-bank"
        restart(listed)
    assert "cleared  Ottoline Brack" in listed.cli("screen", *words, member="first-harbour-bank").stdout
    # Nobody else is told, and nothing that is asked otherwise is cleared.
    assert match(other, {"a": asked})["responses"]["a"]["results"][0]["match"] is True
    assert match(bank, {"a": named("Ottoline Brack")})["responses"]["a"]["results"][0]["match"] is True
    # The list learns something: the pair comes back.
    file = tmp_path / "eu.jsonl"
    LIST_NOW = [("eu-1", "Person", {"name": ["Ottoline Brack"], "birthDate": ["1971-02-04"], "nationality": ["nl", "ca"]}), *LIST[1:]]
    file.write_text("".join(json.dumps({"id": id, "schema": schema, "properties": properties}) + "\n" for id, schema, properties in LIST_NOW))
    listed.cli("import", "ftm", str(file), "--source", "eu", "--pool", "eu", member="city-police")
    [back] = match(bank, {"a": asked})["responses"]["a"]["results"]
    assert back["match"] is True and "cleared" not in back
    [row] = [json.loads(line) for line in listed.cli("cleared", "--json", member="first-harbour-bank").stdout.splitlines()]
    assert row["object"] == hit["object"]
    assert listed.cli("cleared", "--reopen", row["id"], member="north-oil", check=False).returncode == 1
    listed.cli("cleared", "--reopen", row["id"], member="first-harbour-bank")
    assert listed.cli("cleared", member="first-harbour-bank").stdout == "nobody was cleared\n"
    wrong = listed.cli("clear", "Bartholomew Quigg", "--hit", hit["object"], "--reason", "x", member="first-harbour-bank", check=False)
    assert wrong.returncode == 1 and "object" in wrong.stderr


def test_a_cleared_pair_is_told_to_who_may_know_of_its_object(world, customs, legal):
    """Two of one member, of whom one is cleared for a compartment."""
    join(world, "second-bank")
    world.cli("admin", "principal", "add", "second-reader", "--member", "second-bank", "--role", "reader")
    secret = world.cli("admin", "credential", "add", "--principal", "second-reader", "--type", "token", "--purpose", "P02", "--json").stdout
    world.extra["second-reader"] = json.loads(secret)["secret"]
    for name in ("harbour-customs", "harbour-customs-legal", "second-bank"):
        world.cli("admin", "principal", "change", name, "--clear", "heron")
    publish(customs, legal, terms={"compartment": "heron"}, said=content(subjects=[person("Xanthe Loomfield")]))
    cleared, other = Party(world, "second-bank"), Party(world, "second-reader")
    [hit] = match(cleared, {"a": named("Xanthe Loomfield")})["responses"]["a"]["results"]
    world.cli("clear", "Xanthe Loomfield", "--schema", "Person", "--hit", hit["object"], "--reason", "of another heron", member="second-bank")
    [pair] = cleared.call("GET", "cleared-pairs")["cleared_pairs"]
    assert other.call("GET", "cleared-pairs")["cleared_pairs"] == []
    other.call("DELETE", f"cleared-pairs/{pair['id']}", status=404)
    world.cli("admin", "principal", "change", "second-reader", "--clear", "heron")
    assert other.call("GET", "cleared-pairs")["cleared_pairs"] == [pair]
    other.call("DELETE", f"cleared-pairs/{pair['id']}", status=204)
    assert cleared.call("GET", "cleared-pairs")["cleared_pairs"] == []


def customers(tmp_path, extra=0):
    file = tmp_path / "customers.csv"
    rows = [["ID", "Customer Name", "DOB", "Type", "Shoe size"], ["c1", "Ottoline Brack", "1971-02-04", "individual", "41"],
            ["c2", "Bartholomew Quigg", "", "individual", ""], ["c3", "=Meridian Shipbroking Ltd", "", "company", ""]]
    rows += [[f"x{number}", f"Quentin {number} Farquhar", "", "individual", ""] for number in range(extra)]
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def test_a_file_of_customers_becomes_a_report(listed, tmp_path):
    file = customers(tmp_path)
    done = listed.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.csv"), member="first-harbour-bank")
    assert "columns passed over: Shoe size" in done.stderr and "3 screened: 2 with a match" in done.stderr
    with open(tmp_path / "out.csv", newline="") as opened:
        rows = list(csv.DictReader(opened))
    told = [(row["key"], row["verdict"], row["id"]) for row in rows if row["verdict"] != "maybe"]
    assert told == [("c1", "match", "eu-1"), ("c2", "none", ""), ("c3", "match", "eu-2")]
    assert rows[-1]["name"].startswith("'="), "no spreadsheet takes it for a formula"
    listed.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.html"), member="first-harbour-bank")
    page = (tmp_path / "out.html").read_text()
    assert page.startswith("<!doctype html>") and "Ottoline Brack" in page and "http" not in page.replace("http-equiv", "")
    listed.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.json"), member="first-harbour-bank")
    told = json.loads((tmp_path / "out.json").read_text())
    assert [len(row["results"]) > 0 for row in told["rows"]] == [True, False, True] and told["file"] == "customers.csv"
    lines = listed.cli("screen", "--file", str(file), "--json", member="first-harbour-bank").stdout.splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["c1", "c2", "c3"]
    ftm = tmp_path / "some.ftm.jsonl"
    ftm.write_text(json.dumps({"id": "f1", "schema": "Person", "properties": {"name": ["Ottoline Brack"]}}) + "\nnonsense\n")
    done = listed.cli("screen", "--file", str(ftm), member="first-harbour-bank", check=False)
    assert done.returncode == 1 and "f1: Ottoline Brack" in done.stdout and "line 2" in done.stderr
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600, "it says who was asked about"
    done = listed.cli("screen", "--file", str(file), "--report", str(file), member="first-harbour-bank", check=False)
    assert done.returncode == 64 and "a name of its own" in done.stderr and "Ottoline" in file.read_text()
    assert not list(tmp_path.glob("*.part"))


def test_a_row_that_cannot_be_asked_costs_no_other(listed, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text("key,name,type,dob\nc1,Ottoline Brack,banana,\nc2,Ottoline Brack,person,04.02.1971\nc3,Ottoline Brack,person,1971-02-04\n")
    for report in ("out.csv", "out.html", "out.json"):
        done = listed.cli("screen", "--file", str(file), "--report", str(tmp_path / report), member="first-harbour-bank", check=False)
        assert done.returncode == 1 and "1 screened: 1 with a match" in done.stderr and "2 rows were not screened" in done.stderr
        assert "line 2: schema: must be one of" in done.stderr and "line 3: properties.birthDate: must be a year" in done.stderr
    with open(tmp_path / "out.csv", newline="") as opened:
        assert [row["verdict"] for row in csv.DictReader(opened)] == ["refused", "refused", "match"]
    assert "Not screened" in (tmp_path / "out.html").read_text()
    assert ["refused" in row for row in json.loads((tmp_path / "out.json").read_text())["rows"]] == [True, True, False]
    file.write_text("key,name\nc1,Ottoline Brack\nc2,\nc3,Ottoline\aBrack\n")
    done = listed.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.csv"), member="first-harbour-bank", check=False)
    assert done.returncode == 1 and "2 rows were not screened" in done.stderr and "control character" in done.stderr
    with open(tmp_path / "out.csv", newline="") as opened:
        assert [(row["key"], row["verdict"]) for row in csv.DictReader(opened)] == [("c1", "match"), ("c2", "refused"), ("c3", "refused")]


def test_files_as_spreadsheets_and_offices_write_them(listed, tmp_path):
    file, out = tmp_path / "file.csv", tmp_path / "out.csv"

    def verdicts(text, *words):
        file.write_text(text)
        listed.cli("screen", "--file", str(file), "--report", str(out), *words, member="first-harbour-bank")
        with open(out, newline="") as opened:
            return {row["key"]: (row["verdict"], row["name"], row["id"]) for row in csv.DictReader(opened) if row["verdict"] != "maybe"}

    brack = ("match", "Ottoline Brack", "eu-1")
    assert verdicts("ref;Customer;Remark\n1;Ottoline Brack;x\n") == {"1": brack}
    assert verdicts("id\tname\n1\tOttoline Brack\n") == {"1": brack}
    assert verdicts('id,name,address\n1,"Ottoline\nBrack","1 Way\r\nTown",,\n') == {"1": brack}
    assert verdicts("id,first name,last name\n1,Ottoline,Brack\n") == {"1": brack}
    assert verdicts("id,vessel name\n1,Grey Gull\n") == {"1": ("match", "Grey Gull", "eu-3")}
    # A booking is about each of its parties.
    booking = "Booking No,Consignee,Shipper,Vessel,IMO,Container No\nB1,Ottoline Brack,Meridian Shipbroking Ltd,Gray Gul,9074729,MSKU0383250\n"
    told = verdicts(booking)
    assert told["B1 consignee"] == brack and told["B1 vessel"] == ("match", "Gray Gul", "eu-3")
    assert told["B1 shipper"][0] == "match" and told["B1"][:2] == ("none", "MSKU0383250")
    # What an office found is in the page, too.
    [hit] = match(Party(listed, "first-harbour-bank"), {"a": named("Ottoline Brack")})["responses"]["a"]["results"]
    listed.cli("clear", "Ottoline Brack", "--schema", "Person", "--hit", hit["object"], "--reason", "of Ottawa", member="first-harbour-bank")
    file.write_text("id,name,type\n1,Ottoline Brack,person\n")
    listed.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.html"), member="first-harbour-bank")
    page = (tmp_path / "out.html").read_text()
    assert "1 cleared" in page and "Cleared before" in page and "of Ottawa" in page
    # Where nothing can be asked, each line says why.
    file.write_text("id,name\n1,Ottoline Brack,x\n2,\n")
    wrong = listed.cli("screen", "--file", str(file), member="first-harbour-bank", check=False)
    assert wrong.returncode != 0 and "line 2: has 3 cells and the first line 2" in wrong.stderr and "line 3: names nobody" in wrong.stderr


def test_a_run_that_was_cut_off_goes_on(listed, tmp_path):
    file, report = customers(tmp_path, extra=400), tmp_path / "out.csv"
    environment = os.environ | {"CAVEAT_URL": listed.card["url"], "CAVEAT_TOKEN": listed.token("first-harbour-bank")}
    words = [CAVEAT, "screen", "--file", file, "--report", report]
    started = subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL)
    part = tmp_path / "out.csv.part"
    while started.poll() is None and not (part.exists() and part.stat().st_size > 3_000):
        time.sleep(0.001)
    started.kill()
    started.wait()
    assert part.exists() and not report.exists()
    with part.open("a") as opened:
        opened.write('{"row":7,"resu')  # What a crash left of a line.
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "rows were screened before" in done.stderr and "403 screened" in done.stderr
    with report.open(newline="") as opened:
        assert len({row["key"] for row in csv.DictReader(opened)}) == 403
    assert not part.exists()

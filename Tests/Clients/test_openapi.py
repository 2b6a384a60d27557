"""The OpenAPI document of `/v1`: valid, complete of what is answered, and held by the server against random calls."""
import concurrent.futures
import hashlib
import json
import os
import re
import secrets
import subprocess

import pytest
import requests
from conftest import ROOT, indicator
from openapi_spec_validator import OpenAPIV31SpecValidator
from test_reports import ROUTE, suspicion
from test_scenarios import Party, content, publish

SCHEMATHESIS = ROOT / ".venv/bin/schemathesis"
# Ten failed attempts a minute are told 401, the others 429: both are a refusal of who is not known.
# A body that fits names what its caller has to do with, where the test says so; no two calls that fit have one key; and times are drawn
# from the years that the pattern of `Time` leaves, since of all years too few fit to be found by chance.
HOOKS = """
import datetime, json, os, uuid
import schemathesis
import schemathesis.specs.openapi.checks as it
from hypothesis import strategies as st

it.AUTH_REJECTION_STATUSES = frozenset({401, 403, 429})
HELD = json.loads(os.environ["HELD"])
years = (datetime.datetime(year, 1, 1) for year in (1678, 2262))
schemathesis.openapi.format("date-time", st.datetimes(*years).filter(lambda time: time.year < 2262).map(lambda time: time.isoformat() + "Z"))


@schemathesis.hook
def before_call(context, case, kwargs):
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    held = HELD.get(context.operation.definition.raw["operationId"])
    if held and isinstance(case.body, dict):
        case.body.update(held)
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
"""
# What a schema cannot say: check digits, what refers to what, which members and pools there are, and what lies ahead; and whose the place
# in a listing is.
RULED = {
    **dict.fromkeys(["draftAdvisory", "editAdvisory", "amendAdvisory", "giveConsent", "report", "addToReport", "ask", "confirm",
                    "makeDestination", "confirmDestination", "reserveEntitlement", "redeemEntitlement", "match", "clear", "publishRequirement", "judge", "uploadWatchList",
                    "readNetwork", "observedReport", "corroborateReport", "proposeBadFaith", "secondBadFaith"], "422"),
    "listRecalls": "400", "explainAdvisory": "400",
}
# Their bodies are those of draftAdvisory and report over again: enough that they are fuzzed.
ALIKE = ["editAdvisory", "amendAdvisory", "addToReport", "ask"]
# Its answer has no end: test_events.py calls it.
ENDLESS = "/v1/events"
REFUSING = ["400", "401", "403", "404", "405", "409", "412", "413", "422", "429"]
FITTING = ["2xx", "3xx", "401", "403", "404", "409", "412", "429"]


@pytest.fixture(scope="module")
def document(trial):
    answer = requests.get(f"{trial.card['url']}/openapi.json", timeout=20)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


@pytest.fixture(scope="module")
def customs(trial):
    return Party(trial, "harbour-customs")


@pytest.fixture(scope="module")
def legal(trial):
    return Party(trial, "harbour-customs-legal")


def ask(party, method, path, **options):
    headers = party.headers(options.pop("headers", {}))
    return requests.request(method, f"{party.world.card['url']}{path}", headers=headers, timeout=20, **options)


def schemathesis(party, folder, *words, parameters=None, held=None):
    """Runs it over the document, with every check; what it finds is its output."""
    folder.mkdir()
    (folder / "openapi_hooks.py").write_text(HOOKS)
    lines = ["[generation]", "allow-x00 = false", "database = \"none\""]
    if parameters:
        lines += ["[parameters]"] + [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in parameters.items()]
    lines += ["[checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(FITTING)}"]
    lines += ["[checks.negative_data_rejection]", f"expected-statuses = {json.dumps(REFUSING)}"]
    for operation, status in RULED.items():
        lines += ["[[operations]]", f"include-operation-id = {json.dumps(operation)}"]
        lines += ["[operations.checks.positive_data_acceptance]", f"expected-statuses = {json.dumps(FITTING + [status])}"]
    (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        [
            SCHEMATHESIS, "--config-file", folder / "schemathesis.toml", "run", f"{party.world.card['url']}/openapi.json",
            "--header", f"Authorization: Bearer {party.world.token(party.name)}", "--checks", "all", "--no-color", "--no-shrink",
            "--seed", "20261124", "--max-examples", "3", "--exclude-path", ENDLESS, *words,
        ],
        env=os.environ | {"SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(folder), "HELD": json.dumps(held or {})},
        cwd=folder, capture_output=True, text=True, timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return int(re.search(r"Tested: (\d+)", done.stdout)[1])


def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_random_calls_find_nothing(document, customs, legal, tmp_path):
    """The whole document, in parts that run side by side.

    At the end each side calls on an advisory, a report and a request that there is what it may, but for what would end it
    at the first.
    """
    bank, forwarder, police = (Party(customs.world, name) for name in ("first-harbour-bank", "blue-anchor", "city-police"))
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    published = publish(customs, legal)
    bank.poll()
    report = bank.report("full")["id"]
    sent = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)["id"]
    asked = bank.call("POST", "requests", {"to": "city-police", "content": suspicion(subjects=[ROUTE], relations=[])}, 201)["id"]
    text, salt = json.dumps(suspicion()), secrets.token_bytes(16)
    digest = hashlib.sha256(salt + text.encode()).hexdigest()
    seen = bank.call("POST", "observations", {"digest": digest}, 201)["observation"]
    own = forwarder.call("POST", "observations", {"digest": digest}, 201)["observation"]
    held = {
        "observedReport": {"observation": own, "salt": salt.hex(), "text": text}, "corroborateReport": {"by": sent},
        "rely": {"report": report}, "giveFeedback": {"report": report}, "ask": {"to": "city-police"},
        "confirm": {"report": report, "observation": seen, "salt": salt.hex(), "text": text},
        "giveConsent": {"reader": bank.name}, "report": {"authority": customs.name}, "draftAdvisory": {"pool": "warnings"},
    }

    def on(path):
        return ["--phases", "fuzzing", "--include-path-regex", path, "--exclude-path-regex"]

    advisory = on(r"/advisories/\{id\}")
    runs = [
        (customs, ["--phases", "coverage", "--exclude-operation-id-regex", f"^({'|'.join(ALIKE)})$"], {}),
        (customs, ["--phases", "examples,fuzzing,stateful"], {}),
        (customs, [*advisory, "/(withdraw|recall|erase|amend|ratify|settle|dispute)$"], {"path.id": made["id"]}),
        (legal, [*advisory, "/(withdraw|recall|erase|amend|edit|dispute)$"], {"path.id": published["reference"]}),
        (forwarder, [*on(r"/reports(/\{id\})?"), "/retract$"], {"path.id": sent}),
        (legal, [*on(r"/reports/\{id\}"), "/refuse$"], {"path.id": sent}),
        (police, [*on(r"/requests/\{id\}"), "/close$"], {"path.id": asked}),
        (bank, [*on("/(requests|reliances|feedback|observations|confirmations|recalls|dispute)"), "/requests/"],
         {"path.id": report, "path.report": report, "query.report": report, "query.advisory": published["reference"]}),
    ]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        tested = list(pool.map(
            lambda run: schemathesis(run[1][0], tmp_path / str(run[0]), *run[1][1], parameters=run[1][2], held=held), enumerate(runs)))
    calls = sum(method != "parameters" for path, item in document["paths"].items() if path != ENDLESS for method in item)
    assert tested[0] + len(ALIKE) == calls == tested[1], tested


def test_answers_have_no_field_that_the_document_has_not(document, customs, legal):
    schemas = document["components"]["schemas"]
    made = publish(customs, legal)
    customs.call("POST", f"advisories/{made['id']}/amend", {"content": content(severity=2), "what": "severity", "why": "less grave"})
    amended = customs.call("GET", f"advisories/{made['id']}")
    assert set(amended) <= set(schemas["Advisory"]["properties"])
    for version in (amended["version"], amended["amendment"]):
        assert set(version) <= set(schemas["Version"]["properties"])
    listed = customs.call("GET", "advisories")
    assert set(listed) <= set(schemas["AdvisoryList"]["properties"])
    assert {field for one in listed["advisories"] for field in one} <= set(schemas["AdvisorySummary"]["properties"])


def test_who_has_an_advisory_is_not_given_it_again(customs, legal):
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    path = f"/v1/advisories/{made['id']}"
    first = ask(customs, "GET", path)
    tag = first.headers["ETag"]
    for named in (tag, f"W/{tag}", f'"0", {tag}', "*"):
        for method in ("GET", "HEAD"):
            again = ask(customs, method, path, headers={"If-None-Match": named})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    customs.call("POST", f"advisories/{made['id']}/grade", {"grade": "B3"})
    changed = ask(customs, "GET", path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    # Nobody learns from a tag that there is something.
    stranger = Party(customs.world, "north-oil")
    assert ask(stranger, "GET", path, headers={"If-None-Match": "*"}).status_code == 404


def test_of_several_tags_one_must_be_the_present_one(customs):
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    path = f"/v1/advisories/{made['id']}"
    for named, status in (('"0", "1"', 412), ("W/{}", 412), ("{}x", 412), ('"0", {}', 200), ("{}", 200), ("*", 200)):
        tag = ask(customs, "GET", path).headers["ETag"]
        answer = ask(customs, "POST", f"{path}/grade", json={"grade": "B3"}, headers={"If-Match": named.format(tag)})
        assert answer.status_code == status, (named, answer.text)


def test_one_key_makes_one_advisory(customs):
    body = {"pool": "warnings", "kind": "ADV-SUB", "content": content()}
    first, again = (ask(customs, "POST", "/v1/advisories", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"] and first.headers["ETag"] == again.headers["ETag"]
    for key, status in (("k-2", 201), ("k" * 255, 201), ("k" * 256, 400), ("", 400)):
        other = ask(customs, "POST", "/v1/advisories", json=body, headers={"Idempotency-Key": key})
        assert other.status_code == status and other.json().get("id") != first.json()["id"], key


def test_head_and_options(customs, document):
    absent = "7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11"
    names = {"id": absent, "destination": absent, "report": f"report--{absent}", "pool": "heron"}
    for template, item in document["paths"].items():
        path, methods = template.format(**names), {method.upper() for method in item} - {"PARAMETERS"}
        answer = ask(customs, "OPTIONS", path)
        allowed = set(answer.headers["Allow"].split(", "))
        assert (answer.status_code, answer.content) == (204, b"") and allowed - {"HEAD", "OPTIONS"} == methods, path
        assert ("HEAD" in allowed) == ("GET" in methods)
        refused = ask(customs, "PATCH", path)
        assert refused.status_code == 405 and refused.headers["Content-Type"] == "application/problem+json"
        assert set(refused.headers["Allow"].split(", ")) >= methods
        head = ask(customs, "HEAD", path)
        assert head.content == b"" and (head.status_code == 405) == ("GET" not in methods), path
    assert ask(customs, "OPTIONS", "/v1/nothing").status_code == 404


@pytest.mark.parametrize("query", ["before=-1", "before=%2B5", "before=007", "before=9223372036854775808", "before=", "state=gone", "state="])
def test_a_listing_refuses_what_is_no_page_and_no_state(customs, query):
    answer = ask(customs, "GET", f"/v1/advisories?{query}")
    assert answer.status_code == 400 and answer.json()["field"] == query.split("=")[0]


def test_a_second_person_says_one_thing_and_no_more(legal):
    for body, field in (
        ({"decision": "maybe"}, "decision"), ({}, "decision"), ({"decision": "refuse"}, "reason"), ({"decision": "approve", "x": 1}, "x"),
        ({"decision": "approve", "reason": "r"}, "reason"), ({"decision": "refuse", "reason": "r" * 1001}, "reason"), ({"decision": 1}, "decision"),
    ):
        answer = ask(legal, "POST", f"/v1/pending/{indicator()['id'][11:]}", json=body)
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text


@pytest.mark.parametrize("digest", ["00", "", "g" * 64, ":" * 64, "0" * 63, "\uff10" * 64])
def test_a_digest_is_64_hexadecimal_digits(customs, digest):
    made = customs.call("POST", "advisories", {"pool": "warnings", "kind": "ADV-SUB", "content": content()}, 201)
    answer = ask(customs, "POST", f"/v1/advisories/{made['id']}/approve", json={"digest": digest})
    assert answer.status_code == 400 and answer.json()["field"] == "digest"

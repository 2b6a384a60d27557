"""What ownership groups may take: quotas by tier, official lists beyond them, and statements that are verified off line, over the real programs."""
import csv
import json
import subprocess

import pytest
import requests
from conftest import CAVEATD, Serve, wait_for
from test_reports import ROUTE, suspicion
from test_scenarios import Party, customs, legal, restart, world  # noqa: F401

DAY = 86_400
TERMS = "tier:\n  restricted:\n    screenings_per_day: 5\n    requests_per_month: 1\n  basic:\n    screenings_per_day: 150\n    requests_per_month: 2\n"


def named(name):
    return {"schema": "Person", "properties": {"name": [name]}}


class Bank:
    """A bank and its branch, of one owner, at an exchange with an official list and few screenings a day."""

    def __init__(self, folder, terms=TERMS):
        (folder / "terms.yaml").write_text(terms)
        self.serve = Serve(folder, reciprocity={"terms": str(folder / "terms.yaml")})
        self.operator = self.serve.operator()
        for name, kind, group in (("bank", "bank", "bank"), ("branch", "bank", "bank"), ("police", "police", "police")):
            self.operator.cli("admin", "member", "add", name, "--title", name, "--kind", kind, "--jurisdiction", "NL", "--group", group)
            roles = ["--role", "reader", "--role", "reporter", "--role", "publisher"]
            self.operator.cli("admin", "principal", "add", name, "--member", name, *roles)
            made = self.operator.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json")
            self.operator.card["members"].append({"name": name, "token": json.loads(made.stdout)["secret"]})
        self.operator.cli("admin", "pool", "add", "warnings", "--title", "Warnings", "--reading", "everyone", "--writing", "everyone")
        words = ["--title", "EU", "--kind", "official-list", "--reading", "everyone", "--writing", "enrolled"]
        self.operator.cli("admin", "pool", "add", "eu", *words)
        self.operator.cli("admin", "pool", "enrol", "eu", "police", "--reads", "--writes")
        listed = folder / "eu.jsonl"
        listed.write_text(json.dumps({"id": "eu-1", "schema": "Person", "properties": {"name": ["Ottoline Brack"]}}) + "\n")
        self.operator.cli("import", "ftm", str(listed), "--source", "eu", "--pool", "eu", member="police")

    def match(self, names, status=200, member="bank", **parameters):
        answer = requests.post(
            f"{self.operator.card['url']}/v1/match", params=parameters, json={"queries": {str(n): named(name) for n, name in enumerate(names)}},
            headers={"Authorization": f"Bearer {self.operator.token(member)}"}, timeout=60,
        )
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def bank(tmp_path):
    made = Bank(tmp_path)
    yield made
    made.serve.stop()


def test_what_is_left_is_told_and_official_lists_go_on(bank, tmp_path):
    first = bank.match(["Nobody Atall"] * 60)
    assert first.headers["RateLimit-Policy"] == '"screenings";q=150;w=86400'
    assert first.headers["RateLimit"].startswith('"screenings";r=90;t=')
    told = first.json()["quota"]
    assert (told["tier"], told["limit"], told["left"]) == ("T1", 150, 90) and told["renews"].endswith("T00:00:00.000000Z")
    assert first.json()["scope"]["pools"] == "all"
    # One owner, one quota; whoever asks for more than is left is refused, and told when and how.
    bank.match(["Nobody Atall"] * 85, member="branch")
    refused = bank.match(["Ottoline Brack"] * 10, status=429)
    assert refused.headers["Content-Type"] == "application/problem+json" and 0 < int(refused.headers["Retry-After"]) <= DAY
    assert refused.headers["RateLimit"].startswith('"screenings";r=5;t=')
    assert "5 of 150 screenings" in refused.json()["detail"] and "over_quota=official" in refused.json()["detail"]
    assert "responses" not in refused.json()
    # Beyond it official lists alone are asked, and that is said.
    beyond = bank.match(["Ottoline Brack"] * 10, over_quota="official").json()
    assert beyond["scope"] == {"pools": "official-lists"} and beyond["quota"]["left"] == 5
    assert [hit["id"] for hit in beyond["responses"]["0"]["results"]] == ["eu-1"]
    # Who asks of lists alone is never counted, and neither is an authority.
    for _ in range(3):
        only = bank.match(["Ottoline Brack"] * 100, include_dataset="eu")
        assert "RateLimit" not in only.headers and "quota" not in only.json() and only.json()["scope"] == {"pools": "all"}
        assert "quota" not in bank.match(["Ottoline Brack"] * 100, member="police").json()
    bank.match(["Ottoline Brack"] * 5)
    found = requests.get(
        f"{bank.operator.card['url']}/v1/search?q=ottoline+brack", headers={"Authorization": f"Bearer {bank.operator.token('bank')}"}, timeout=20)
    assert found.status_code == 429
    wrong = bank.match(["Ottoline Brack"], status=422, over_quota="perhaps")
    assert "over_quota: must be refuse or official" in wrong.json()["detail"]
    held = requests.get(f"{bank.operator.card['url']}/v1/quotas", headers={"Authorization": f"Bearer {bank.operator.token('branch')}"}, timeout=20).json()
    assert held["tier"] == "T1" and [(one["quota"], one["left"]) for one in held["quotas"]] == [("screenings", 0), ("requests", 2)]


def test_the_command_line_says_where_lists_alone_were_asked(bank, tmp_path):
    file = tmp_path / "customers.csv"
    rows = [[f"c{number}", "Ottoline Brack" if number == 120 else f"Quentin {number} Farquhar"] for number in range(200)]
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([["key", "name"], *rows])
    done = bank.operator.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.csv"), member="bank", check=False)
    assert done.returncode == 1 and "100 of 200 were asked of official lists alone" in done.stderr and "are left to your ownership group (tier T1)" in done.stderr
    with open(tmp_path / "out.csv", newline="") as opened:
        told = list(csv.DictReader(opened))
    assert [row["scope"] for row in told if row["key"] in ("c0", "c99", "c100", "c199")] == ["all", "all", "official-lists", "official-lists"]
    assert [row["verdict"] for row in told if row["key"] == "c120"] == ["match"]
    page = bank.operator.cli("screen", "--file", str(file), "--report", str(tmp_path / "out.html"), member="bank", check=False)
    assert page.returncode == 1 and "asked of official lists alone" in (tmp_path / "out.html").read_text()
    single = bank.operator.cli("screen", "Ottoline Brack", member="branch", check=False)
    assert single.returncode == 0 and "of 150 screenings are left" in single.stderr
    bank.match(["x y"] * int(bank.operator.cli("screen", "A B", member="branch").stderr.split(" of ")[0].split()[-1]))
    over = bank.operator.cli("screen", "Bartholomew Quigg", member="branch", check=False)
    assert over.returncode == 1 and over.stdout == "nobody like that is on the official lists\n" and "official lists alone were asked" in over.stderr


def test_requests_of_a_month_are_counted(bank):
    url, content = f"{bank.operator.card['url']}/v1/requests", suspicion(subjects=[ROUTE], relations=[])

    def asks(member, **headers):
        headers |= {"Authorization": f"Bearer {bank.operator.token(member)}"}
        return requests.post(url, json={"to": "police", "content": content}, headers=headers, timeout=20)

    first = asks("bank", **{"Idempotency-Key": "7f2d5c1e-0000-4000-8000-000000000001"})
    assert first.status_code == 201, first.text
    again = asks("bank", **{"Idempotency-Key": "7f2d5c1e-0000-4000-8000-000000000001"})
    assert again.json()["id"] == first.json()["id"]
    assert asks("branch").status_code == 201
    refused = asks("branch")
    assert refused.status_code == 429 and "0 of 2 requests" in refused.json()["detail"] and refused.headers["RateLimit"].startswith('"requests";r=0;t=')


def test_what_was_used_is_used_after_a_crash(bank):
    bank.match(["Nobody Atall"] * 100)
    bank.serve.process.kill()
    bank.serve.process.wait()
    log = open(bank.serve.log, "w")
    bank.serve.process = subprocess.Popen([CAVEATD, "serve", "--config", bank.serve.folder / "caveatd.yaml"], stderr=log)
    wait_for(lambda: "serving" in bank.serve.log.read_text(), "the start")
    assert bank.match(["Nobody Atall"] * 20).json()["quota"]["left"] == 30


def test_terms_of_an_exchange_are_checked(tmp_path):
    for text, words in (("epoch:\n  days: 14\n", "epoch.days"), ("tier:\n  basic:\n    screenings: 5\n", "tier.basic.screenings"),
                        ("tier:\n  basic:\n    screenings_per_day: 5\n", "ascend")):
        (tmp_path / "terms.yaml").write_text(text)
        (tmp_path / "caveatd.yaml").write_text(f"listen: 127.0.0.1:0\nstore:\n  url: sqlite:{tmp_path}/x.db\nadmin:\n  socket: {tmp_path}/run/x.sock\n"
                                               f"reciprocity:\n  terms: {tmp_path}/terms.yaml\n")
        done = subprocess.run([CAVEATD, "serve", "--config", tmp_path / "caveatd.yaml"], capture_output=True, text=True, timeout=20)
        assert done.returncode == 1 and (words in done.stderr or "must" in done.stderr), done.stderr


def test_a_statement_is_verified_off_line(world, legal, tmp_path):
    forwarder = Party(world, "blue-anchor")
    made = forwarder.call("POST", "reports", {"authority": "harbour-customs", "content": suspicion()}, 201)
    legal.call("POST", f"reports/{made['id']}/accept")
    restart(world, 31 * DAY)
    words = ["statement", "harbour-customs", "--form", "json"]
    wait_for(lambda: world.cli(*words, member="blue-anchor", check=False).returncode == 0, "the close")
    (tmp_path / "statement.json").write_text(world.cli(*words, member="blue-anchor").stdout)
    (tmp_path / "keys.json").write_text(world.cli("entitlement", "key", member="first-harbour-bank").stdout)
    shown = world.cli("statement", "harbour-customs", member="blue-anchor")
    assert "screenings are left (tier T1 in the exchange)" in shown.stderr
    world.process.kill()
    world.process.wait()
    verify = ["statement", "verify", str(tmp_path / "statement.json"), "--keys", str(tmp_path / "keys.json")]
    good = world.cli(*verify)
    assert "good" in good.stdout and "blue-anchor" in good.stdout
    statement = json.loads((tmp_path / "statement.json").read_text())
    (tmp_path / "statement.json").write_text(json.dumps(statement, indent=2))
    assert "good" in world.cli(*verify).stdout, "the same statement in another form"
    statement["closing"]["earned"] += 1
    (tmp_path / "statement.json").write_text(json.dumps(statement))
    wrong = world.cli(*verify, check=False)
    assert wrong.returncode == 1 and "signature: was changed" in wrong.stderr
    del statement["signature"]
    (tmp_path / "statement.json").write_text(json.dumps(statement))
    assert world.cli(*verify, check=False).returncode == 1
    world.start(31 * DAY)


def test_an_operator_sees_no_member(bank):
    text = bank.operator.cli("admin", "reciprocity").stdout
    assert "the exchange, by each group's best tier" in text and "few" in text and "bank" not in text
    for number in range(7):
        bank.operator.cli("admin", "member", "add", f"shop-{number}", "--title", "x", "--kind", "bank", "--jurisdiction", "NL", "--size", "small")
    told = json.loads(bank.operator.cli("admin", "reciprocity", "--json").stdout)
    assert told["groups_min"] == 5 and told["exchange"]["groups"] == 8 and told["exchange"]["tiers"] == {"T0": 0, "T1": 8, "T2": 0, "T3": 0}
    assert told["exchange"]["owed"] == 0 and told["ledgers"] == [] and "standing_quarters" not in told["exchange"]
    listed = bank.operator.cli("admin", "member", "list").stdout
    assert "SIZE" in listed and "small" in listed
    bank.operator.cli("admin", "member", "change", "shop-1", "--size", "large")
    assert json.loads(bank.operator.cli("admin", "member", "show", "shop-1", "--json").stdout)["size"] == "large"

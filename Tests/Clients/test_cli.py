"""The command line against the daemon: what it does, what it prints, how it exits."""
import json
import re
import subprocess

import pytest

from conftest import CAVEAT, CAVEATD, indicator


def test_publish_poll_and_get(fresh, tmp_path):
    file = tmp_path / "advisory.json"
    made = [indicator(name="One"), indicator(name="Two")]
    file.write_text(json.dumps({"objects": made}))
    assert "2 accepted" in fresh.cli("publish", str(file), "--pool", "commons", member="swift-cargo").stdout
    lines = fresh.cli("poll", "commons", "--json", member="north-oil").stdout.splitlines()
    assert [json.loads(line) for line in lines][-2:] == made
    # The place is kept: the same again gives nothing, and then only what is new.
    assert fresh.cli("poll", "commons", "--json", member="north-oil").stdout == ""
    bundle = {"type": "bundle", "id": "bundle--1", "objects": [indicator(name="Three")]}
    fresh.cli("publish", "-", "--pool", "commons", member="swift-cargo", input=json.dumps(bundle))
    assert "Three" in fresh.cli("poll", "commons", member="north-oil").stdout
    found = fresh.cli("get", "commons", made[0]["id"], "--json", member="north-oil").stdout
    assert json.loads(found) == made[0]
    assert "deepwater" not in fresh.cli("pools", member="swift-cargo").stdout
    assert "deepwater" in fresh.cli("pools", member="north-oil").stdout


def test_failures_are_told_and_exit_with_1(fresh, tmp_path):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps([indicator(), indicator() | {"created": "x"}]))
    done = fresh.cli("publish", str(file), "--pool", "commons", member="swift-cargo", check=False)
    assert done.returncode == 1 and "created:" in done.stdout and "1 accepted" in done.stdout
    assert fresh.cli("publish", str(file), "--pool", "warnings", member="swift-cargo", check=False).returncode == 1
    # What cannot be read costs nothing but itself, and what one should know of the rest is told.
    file.write_text(json.dumps(indicator(marking="red")) + '\n{"a":1,"a":2}\n')
    done = fresh.cli("publish", str(file), "--pool", "commons", member="swift-cargo", check=False)
    assert done.returncode == 1 and "line 2" in done.stderr and "1 accepted" in done.stdout
    assert "only you can read it" in done.stdout
    assert fresh.cli("poll", "none", member="swift-cargo", check=False).returncode == 1
    assert fresh.cli("poll", "commons", check=False).returncode == 64
    assert fresh.cli("poll", member="swift-cargo", check=False).returncode == 64
    assert fresh.cli("nonsense", check=False).returncode == 64


def test_second_person(fresh, tmp_path):
    fresh.cli("admin", "pool", "add", "slow", "--title", "Slow", "--reading", "everyone", "--writing", "everyone", "--second-person")
    for name, roles in (("drafter", ["reporter", "reader"]), ("chief", ["approver", "reader"])):
        fresh.cli("admin", "principal", "add", name, "--member", "harbour-customs", *[w for r in roles for w in ("--role", r)])
        secret = fresh.cli("admin", "credential", "add", "--principal", name, "--type", "token", "--json").stdout
        fresh.card["members"].append({"name": name, "token": json.loads(secret)["secret"]})
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(indicator(name="Draft")))
    status = json.loads(fresh.cli("publish", str(file), "--pool", "slow", "--json", member="drafter").stdout)
    assert status["status"] == "pending"
    assert fresh.cli("poll", "slow", "--json", member="blue-anchor").stdout == ""
    assert fresh.cli("approve", status["id"], member="drafter", check=False).returncode == 1
    assert status["id"] in fresh.cli("pending", member="chief").stdout
    fresh.cli("approve", status["id"], member="chief")
    assert "Draft" in fresh.cli("poll", "slow", member="blue-anchor").stdout
    assert json.loads(fresh.cli("status", status["id"], "--json", member="drafter").stdout)["status"] == "complete"


def test_what_access_asks_of_members_principals_credentials_and_pools(fresh):
    ahead, shown = "2099-03-01T00:00:00Z", "2099-03-01T00:00:00.000000Z"

    def admin(*words):
        return json.loads(fresh.cli("admin", *words, "--json").stdout)

    def refused(*words):
        done = fresh.cli("admin", *words, check=False)
        assert done.returncode == 1, done.stdout
        return done.stderr

    admin("member", "fact", "north-oil", "--add", "notice-314b", "--until", ahead)
    both = admin("member", "fact", "north-oil", "--add", "mou:harbour-watch")["facts"]
    assert both == [{"fact": "mou:harbour-watch"}, {"fact": "notice-314b", "until": shown}]
    told = fresh.cli("admin", "member", "show", "north-oil").stdout
    assert re.search(f"^facts +fact=mou:harbour-watch\n +fact=notice-314b until={shown}$", told, re.M), told
    assert admin("member", "fact", "north-oil", "--remove", "mou:harbour-watch")["facts"] == both[1:]
    assert "kind:item" in refused("member", "fact", "north-oil", "--add", "Harbour Watch")
    assert "in the future" in refused("member", "fact", "north-oil", "--add", "a", "--until", "2020-01-01T00:00:00Z")

    made = admin("principal", "add", "watch", "--member", "north-oil", "--role", "reader", "--unit", "coast", "--clear", "heron")
    assert made["unit"] == "coast" and made["clearances"] == [{"compartment": "heron"}]
    admin("principal", "change", "watch", "--clear", "gull", "--until", ahead, "--unclear", "heron", "--no-unit")
    held = admin("principal", "show", "watch")
    assert "unit" not in held and held["clearances"] == [{"compartment": "gull", "until": shown}]
    assert held["roles"] == ["reader"]

    assert admin("credential", "add", "--principal", "watch", "--type", "token")["purposes"] == ["P02"]
    credential = admin("credential", "add", "--principal", "watch", "--type", "token", "--purpose", "P05", "--purpose", "P02")
    assert credential["purposes"] == ["P05", "P02"]
    admin("credential", "change", credential["id"], "--purpose", "P03")
    assert admin("credential", "show", credential["id"])["purposes"] == ["P03"]
    assert "revoke it" in refused("credential", "change", credential["id"], "--expires", "2020-01-01T00:00:00Z")

    terms = ["--title", "Heron", "--reading", "enrolled", "--writing", "enrolled"]
    assert "in the future" in refused("pool", "add", "heron", *terms, "--ends", "2020-01-01T00:00:00Z")
    assert admin("pool", "add", "heron", *terms, "--ends", ahead)["ends"] == shown
    assert admin("pool", "change", "heron", "--title", "Grey heron")["ends"] == shown
    assert "ends" not in admin("pool", "change", "heron", "--no-end")


def test_what_would_let_nobody_in_is_refused_by_name(fresh):
    fresh.cli("admin", "member", "add", "harbour", "--title", "Harbour", "--kind", "exchange", "--jurisdiction", "NL")
    fresh.cli("admin", "principal", "add", "harbour-link", "--member", "harbour", "--role", "reporter")
    known = ["admin", "credential", "add", "--principal", "harbour-link", "--type", "certificate", "--uri", "urn:exchange:harbour", "--json"]
    made = json.loads(fresh.cli(*known).stdout)
    taken = fresh.cli(*known, check=False)
    assert taken.returncode == 1 and f"uri: is that of credential {made['id']} of harbour-link" in taken.stderr
    fresh.cli("admin", "credential", "revoke", made["id"])
    assert "what was revoked never counts again; use another" in fresh.cli(*known, check=False).stderr
    without = fresh.cli("admin", "peer", "add", "harbour", "--as", "harbour-link", "--url", "https://harbour.example.org/caveat/",
                        "--pool", "warnings=5b2e0a1c-0000-4000-8000-000000000001:gives", check=False)
    assert without.returncode == 1 and "something has to let this exchange in" in without.stderr


def test_import_of_a_list_is_idempotent_and_follows_the_list(fresh, tmp_path):
    fresh.cli("admin", "pool", "add", "sdn", "--title", "SDN", "--kind", "official-list", "--reading", "everyone", "--writing", "enrolled")
    fresh.cli("admin", "pool", "enrol", "sdn", "city-police", "--reads", "--writes")
    blank = ["-0- "] * 6

    def write(rows):
        for name in ("alt.csv", "add.csv", "sdn_comments.csv"):
            (tmp_path / name).write_text('1,1,"aka","ALIAS","-0- "\n' if name == "alt.csv" else "\x1a")
        lines = [",".join([str(key), f'"{name}"', kind, '"DEMO"', "-0- ", *blank, f'"{remarks}"']) for key, name, kind, remarks in rows]
        (tmp_path / "sdn.csv").write_text("\n".join(lines) + "\n\x1a")

    def run(*more):
        return json.loads(fresh.cli("import", "ofac-sdn", str(tmp_path), "--pool", "sdn", "--json", *more, member="city-police").stdout)

    rows = [(1, "PALE HERON, LTD.", "-0- ", ""), (2, "VERLOOP, Tamsin", "individual", "DOB 04 Feb 1971."), (3, "GREY GULL", "vessel", "")]
    write(rows)
    assert run("--dry-run")["added"] == 3
    assert run()["added"] == 3
    again = run()
    assert (again["added"], again["changed"], again["revoked"], again["unchanged"]) == (0, 0, 0, 3)
    write(rows[:1] + [(2, "VERLOOP, Tamsin", "individual", "DOB 05 Feb 1971.")])
    newer = run()
    assert (newer["added"], newer["changed"], newer["revoked"], newer["unchanged"]) == (0, 1, 1, 1)
    served = [json.loads(line) for line in fresh.cli("poll", "sdn", "--json", member="first-harbour-bank").stdout.splitlines()]
    subjects = {o["name"]: o for o in served if "external_references" in o}
    assert subjects["GREY GULL"]["revoked"] and subjects["GREY GULL"]["type"] == "vessel"
    properties = next(iter(subjects["Tamsin VERLOOP"]["extensions"].values()))["properties"]
    assert properties["birthDate"] == ["1971-02-05"]
    # A row that cannot be read revokes nobody; a file that is none is refused; so is a pool that is no list.
    (tmp_path / "sdn.csv").write_text('2,"BROKEN"\n1,"PALE HERON, LTD.",-0- ,"DEMO"' + ',"-0- "' * 7 + ',""\n')
    torn = fresh.cli("import", "ofac-sdn", str(tmp_path), "--pool", "sdn", "--json", member="city-police", check=False)
    assert torn.returncode == 1 and json.loads(torn.stdout)["revoked"] == 0 and "none is revoked" in torn.stderr
    (tmp_path / "sdn.csv").write_text("<html>not a list</html>\n")
    none = fresh.cli("import", "ofac-sdn", str(tmp_path), "--pool", "sdn", "--allow-shrink", member="city-police", check=False)
    assert none.returncode == 1 and "no subject" in none.stderr
    write(rows)
    other = fresh.cli("import", "ofac-sdn", str(tmp_path), "--pool", "commons", member="city-police", check=False)
    assert other.returncode == 1 and "official list" in other.stderr
    # Others may not write to the list, and nothing of theirs gets there.
    before = fresh.cli("poll", "sdn", "--json", "--reset", member="first-harbour-bank").stdout
    foreign = fresh.cli("import", "ofac-sdn", str(tmp_path), "--pool", "sdn", member="north-oil", check=False)
    assert foreign.returncode == 1 and "(403)" in foreign.stderr, foreign.stderr
    assert fresh.cli("poll", "sdn", "--json", "--reset", member="first-harbour-bank").stdout == before
    assert fresh.post("north-oil", "commons", []).status_code == 422


def test_an_import_tells_what_is_to_be_checked(fresh, tmp_path):
    fresh.cli("admin", "pool", "add", "gulls", "--title", "Gulls", "--kind", "official-list", "--reading", "everyone", "--writing", "enrolled")
    fresh.cli("admin", "pool", "enrol", "gulls", "city-police", "--reads", "--writes")
    file = tmp_path / "gulls.jsonl"
    file.write_text("".join(json.dumps({"id": id, "schema": schema, "properties": properties}) + "\n" for id, schema, properties in (
        ("a", "Vessel", {"name": ["Grey Gull"], "imoNumber": ["9074728"]}),
        ("b", "Vessel", {"name": ["Pale Heron"], "imoNumber": ["9074729"]}),
        ("c", "Company", {"name": ["Gull BV"], "leiCode": ["5493001KJTIIGC8Y1R21"]}),
        ("d", "Person", {"name": ["Ottoline Brack"], "imoNumber": ["9074729"]}),
    )))
    words = ["import", "ftm", str(file), "--source", "gulls", "--pool", "gulls"]
    rehearsed = fresh.cli(*words, "--dry-run", member="city-police")
    told = [line for line in rehearsed.stderr.splitlines() if "to be checked" in line]
    assert [line.split()[2] for line in told] == ["a:", "c:", "d:"] and "imoNumber: the check digit must be 9" in told[0]
    assert "would be" in rehearsed.stdout and "3 flagged" in rehearsed.stdout
    assert fresh.cli("poll", "gulls", "--json", "--reset", member="north-oil").stdout == "", "nothing was sent"
    done = fresh.cli(*words, member="city-police")
    noted = [line for line in done.stderr.splitlines() if "to be checked" in line]
    assert "imoNumber" in noted[0] and "must be 9" in noted[0] and "leiCode" in noted[1] and "must be 12" in noted[1]
    assert "imoNumber: is no property of Person" in noted[2]
    assert len(noted) == 3 and "4 added" in done.stdout and "3 flagged" in done.stdout
    held = [json.loads(line) for line in fresh.cli("poll", "gulls", "--json", member="north-oil").stdout.splitlines()]
    assert sorted(one["name"] for one in held if "external_references" in one) == ["Grey Gull", "Gull BV", "Ottoline Brack", "Pale Heron"]


def test_the_trial_shows_each_member_with_its_kind_and_token():
    trial = subprocess.Popen([CAVEATD, "trial", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        lines = list(iter(lambda: trial.stdout.readline().rstrip("\n"), "Try next, in another terminal:"))
    finally:
        trial.terminate()
        trial.wait(timeout=20)
    start, end = next(n for n, line in enumerate(lines) if line.startswith("Members")), lines.index("Pools (TAXII collections; the name works in URLs too)")
    rows = [line.split() for line in lines[start + 1:end] if line]
    assert len(rows) >= 7 and all(len(row) == 3 and row[2].startswith("cvt_") for row in rows), rows
    assert ["harbour-customs-legal", "customs"] in [row[:2] for row in rows]


def commands(words=()):
    """Every command there is, found in the help."""
    text = subprocess.run([CAVEAT, *words, "--help"], capture_output=True, text=True).stdout
    yield words
    if "SUBCOMMANDS" in text:
        for line in text.split("SUBCOMMANDS", 1)[1].splitlines():
            name = line.strip().split(" ")[0]
            if line.startswith("  ") and not line.startswith("   ") and name.isascii() and name.islower() and name != "help":
                yield from commands((*words, name))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_help_has_an_example(words):
    text = subprocess.run([CAVEAT, *words, "--help"], capture_output=True, text=True).stdout
    assert "Examples:" in text and "caveat " in text


def test_a_shell_completes_commands(tmp_path):
    script = subprocess.run([CAVEAT, "--generate-completion-script", "bash"], capture_output=True, text=True, check=True)
    (tmp_path / "caveat").write_text(script.stdout)
    typed = """
        source ./caveat && complete -p caveat
        COMP_LINE='caveat adm' COMP_POINT=10 COMP_WORDS=(caveat adm) COMP_CWORD=1 COMP_TYPE=9
        _caveat caveat adm caveat && echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines() == ["complete -o filenames -F _caveat caveat", "admin"], done.stderr

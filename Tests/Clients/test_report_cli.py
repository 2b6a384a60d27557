"""Reports, requests and feedback by the command line against the daemon: there and back again."""
import datetime
import json
import re
import shlex

import pytest

from conftest import ROOT, wait_for
from test_advisory_cli import Desk

HEADER = "categories,severity,facts,suspicion,seen,place,container,bill_of_lading,hs_declared,hs_suspected,consignor,consignee"


@pytest.fixture
def desk(fresh, tmp_path):
    """Commands as members; harbour-customs-legal is customs' officer."""
    return Desk(fresh, tmp_path)


def example(desk, name="report.json", **content):
    """The example, with some of it changed."""
    file = desk.folder / name
    file.write_text(json.dumps(json.loads(desk.trial.cli("report", "example").stdout) | content))
    return str(file)


def csv(desk, *rows, header=HEADER):
    file = desk.folder / "reports.csv"
    file.write_text("\n".join([header, *rows]) + "\n")
    return str(file)


def later(**span):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_report_goes_there_and_comes_back(desk):
    cli, member, officer = desk.trial.cli, "blue-anchor", "harbour-customs-legal"
    done = cli("report", "send", "-", "--to", "harbour-customs", member=member, input=cli("report", "example").stdout)
    made = re.search(r"^id +(\S+)$", done.stdout, re.M)[1]
    assert re.search(r"^state +submitted$", done.stdout, re.M) and "next, harbour-customs" in done.stderr

    # The two parties list and read it; others do not know that there is one.
    assert made in cli("report", "list", member=officer).stdout
    assert [one["id"] for one in desk.lines(member, "report", "list")] == [made]
    shown = cli("report", "show", made, member=officer).stdout
    assert "CSQU3054383" in shown and "Tidewater Lantern" in shown and "authority: harbour-customs" in shown
    listed = cli("report", "list", member="first-harbour-bank")
    assert listed.stdout == "" and "no report" in listed.stderr
    assert "(404)" in desk.refused("first-harbour-bank", "report", "show", made)
    assert "(404)" in desk.refused("first-harbour-bank", "report", "say", made, "--text", "x")

    # Each side does its own.
    assert "(409)" in desk.refused(member, "report", "accept", made)
    assert "(403)" in desk.refused("harbour-customs", "report", "accept", made), "no officer"
    done = cli("report", "want-more", made, "--text", "Who booked it?", member=officer)
    assert f"caveat report add {made} FILE" in done.stderr
    more = example(desk, "more.json", facts="Booked by telephone.")
    added = desk.run(member, "report", "add", made, more)
    assert added["state"] == "submitted" and added["content"]["facts"] == "Booked by telephone."
    desk.run(member, "report", "say", made, "--text", "A man called.")
    assert desk.run(officer, "report", "accept", made)["state"] == "accepted"
    assert "(409)" in desk.refused(member, "report", "add", made, more)
    said = desk.run(officer, "report", "say", made, "--text", "Thank you.")["messages"]
    assert [(one["member"], one["text"]) for one in said] == [
        ("harbour-customs", "Who booked it?"), ("blue-anchor", "A man called."), ("harbour-customs", "Thank you."),
    ]

    # What came of it; what is embargoed is the authority's own until then.
    desk.run(officer, "report", "outcome", made, "OA-SEI", "--quantity", "40 kg", "--value", "1200000 EUR", "--note", "In tyres.")
    assert "OA-SEI alone" in desk.refused(officer, "report", "outcome", made, "OA-EXM", "--quantity", "40 kg")
    desk.refused(officer, "report", "outcome", made, "OA-SEI", "--quantity", "40", code=64)
    desk.run(officer, "report", "outcome", made, "OA-ARR", "--embargo", "2099-03-01T00:00:00Z")
    desk.run(officer, "report", "outcome", made, "OA-OPN", "--embargo", later(seconds=2))
    assert len(desk.run(officer, "report", "show", made)["outcomes"]) == 3
    seen = wait_for(lambda: len(found := desk.run(member, "report", "show", made)["outcomes"]) == 2 and found, "the embargo's end")
    assert [(one["outcome"], one.get("note")) for one in seen] == [("OA-SEI", "In tyres."), ("OA-OPN", None)]
    assert seen[0]["seized"] == {"quantity": 40, "unit": "kg", "value": 1200000, "currency": "EUR"}
    assert "OA-SEI OA-OPN" in cli("report", "list", member=member).stdout
    past = desk.refused(officer, "report", "outcome", made, "OA-SEI", "--embargo", "2020-01-01T00:00:00Z")
    assert "after now" in past
    desk.refused(officer, "report", "outcome", made, "OM-FPM", code=64)
    assert desk.run(member, "report", "retract", made)["state"] == "retracted"


def test_a_report_is_refused(desk):
    made = desk.run("blue-anchor", "report", "send", example(desk), "--to", "harbour-customs")["id"]
    words = ["report", "refuse", made, "--reason", "not-competent", "--text", "Tell the police."]
    refused = desk.run("harbour-customs-legal", *words)
    assert (refused["state"], refused["reason"]) == ("refused", "not-competent")
    shown = desk.trial.cli("report", "show", made, member="blue-anchor").stdout
    assert "Tell the police." in shown and re.search(r"^reason +not-competent$", shown, re.M)


def test_what_the_exchange_refuses_is_told(desk):
    send = ["report", "send", example(desk), "--to"]
    assert "no legal gateway" in desk.refused("north-oil", *send, "harbour-customs")
    assert "name one" in desk.refused("blue-anchor", *send, "first-harbour-bank")
    assert "authority" in desk.refused("blue-anchor", *send, "nobody")


def test_files_are_checked_before_anything_is_sent(desk):
    # Nobody listens here: what is refused below is refused without asking.
    desk.trial.card["url"] = "http://127.0.0.1:9"
    send = ["--to", "harbour-customs"]
    fault = desk.refused("blue-anchor", "report", "send", example(desk, place="Rotterdam"), *send)
    assert "report.json at place: must have 5 characters" in fault
    file = example(desk, severity=9)
    for words in (["report", "send", file, *send], ["report", "add", "5f0c1b0e-6f2a-4f0e-8d5b-5d3f0a6f1f52", file], ["ask", file, *send]):
        assert "severity: must be one of 1, 2, 3, 4" in desk.refused("blue-anchor", *words)
    assert "cannot be read" in desk.refused("blue-anchor", "report", "send", "/nowhere", *send)
    assert "cannot be read" in desk.refused("blue-anchor", "report", "send", "--csv", "/nowhere", *send)
    rows = desk.refused("blue-anchor", "report", "send", "--csv", csv(desk, "TBM-MIS,3,Seen.,,,Rotterdam,CSQU3054383,,,,,"), *send)
    assert "line 2, column place: must have 5 characters" in rows
    (desk.folder / "none.json").write_text('{"facts": ')
    assert "not JSON" in desk.refused("blue-anchor", "report", "send", str(desk.folder / "none.json"), *send)
    # Where nobody listens, the first row that is right stops the others, and says what to do.
    good = csv(desk, *["TBM-MIS,3,Seen.,,,NLRTM,CSQU3054383,,,,,"] * 3)
    stopped = desk.refused("blue-anchor", "report", "send", "--csv", good, *send)
    assert stopped.count("line 2") == 2 and "line 3" not in stopped and "0 of 3" in stopped


def test_many_reports_from_a_csv(desk):
    file = csv(
        desk,
        'TBM-MIS TRF-PRE,3,"Two seals, one new.",Precursors.,2026-11-20T08:00:00Z,NLRTM,CSQU3054383,BL-77,851762,293941,Tidewater BV,',
        "TBM-MIS,3,Seen.,,,NLRTM,CSQU3054384,,,,,",
        "TBM-MIS,2,Paid in cash.,,,,,BL-78,,,,Lantern AG",
        "TBM-MIS,2,About nothing.,,,,,,,,,",
    )
    words = ["report", "send", "--csv", file, "--to", "harbour-customs"]
    done = desk.trial.cli(*words, member="blue-anchor", check=False)
    assert done.returncode == 1
    assert re.findall(r"^line (\d)  \S{36}$", done.stdout, re.M) == ["2", "4"] and "2 of 4 reports sent" in done.stdout
    assert "line 3, column container: " in done.stderr and "check digit must be 3" in done.stderr
    assert "line 5: must be about something" in done.stderr and "2 rows were not sent" in done.stderr
    second, first = [one["content"] for one in desk.lines("harbour-customs-legal", "report", "list")]
    assert first["facts"] == "Two seals, one new." and first["categories"] == ["TBM-MIS", "TRF-PRE"] and first["place"] == "NLRTM"
    assert {(one["kind"], one["key"]) for one in first["subjects"]} == {
        ("CNS", "consignment"), ("CTR", "container"), ("ORG", "consignor"),
    }
    assert {(one["from"], one["kind"]) for one in first["relations"]} == {("consignment", "carried-by"), ("consignor", "consignor-of")}
    assert second["subjects"][1]["roles"] == ["CN"]

    # A row that the exchange refuses does not stop the others, either: a route is nobody's, and needs no gateway.
    columns = "categories,severity,facts,consignor,origin"
    mixed = csv(desk, "TBM-MIS,3,Seen.,Tidewater BV,", "TBM-MIS,3,Seen.,,CNSHA", header=columns)
    words = ["report", "send", "--csv", mixed, "--to", "harbour-customs"]
    done = desk.trial.cli(*words, "--json", member="north-oil", check=False)
    assert done.returncode == 1 and "line 2: the exchange refused (403)" in done.stderr and "1 of 2 reports sent" in done.stderr
    assert [json.loads(line)["state"] for line in done.stdout.splitlines()] == ["submitted"]
    # Whom it is for is wrong for all of them: the first stops the others.
    stopped = desk.refused("north-oil", "report", "send", "--csv", mixed, "--to", "nobody")
    assert "line 2" in stopped and "line 3" not in stopped and "again from line 2 on" in stopped


def test_long_lists_are_whole(desk):
    file = csv(desk, *[f"TBM-MIS,1,Number {number}.,,,,CSQU3054383,,,,," for number in range(230)])
    done = desk.trial.cli("report", "send", "--csv", file, "--to", "harbour-customs", member="blue-anchor")
    assert "230 of 230 reports sent" in done.stdout
    listed = [one["content"]["facts"] for one in desk.lines("harbour-customs-legal", "report", "list")]
    assert listed == [f"Number {number}." for number in reversed(range(230))]


def test_a_pool_is_asked(desk):
    desk.partners("first-harbour-bank", "north-oil")
    cli = desk.trial.cli
    question = example(desk, "question.json", facts="Wants a letter of credit.", severity=4)
    done = cli("ask", question, "--to", "deepwater", member="first-harbour-bank")
    made = re.search(r"^id +(\S+)$", done.stdout, re.M)[1]
    assert re.search(r"^to +deepwater$", done.stdout, re.M) and re.search(r"^purpose +P02$", done.stdout, re.M)
    assert f"caveat requests show {made}" in done.stderr
    table = cli("requests", member="north-oil").stdout
    assert re.search(rf"^open +first-harbour-bank +- +\S+ +- +{made} +Wants a letter of credit\.$", table, re.M)
    asker = cli("requests", member="first-harbour-bank").stdout
    assert re.search(rf"^open +first-harbour-bank +deepwater +\S+ +- +{made} ", asker, re.M)
    assert "Tidewater Lantern" in cli("requests", "show", made, member="north-oil").stdout
    assert "(404)" in desk.refused("harbour-customs-legal", "requests", "show", made)
    answered = desk.run("north-oil", "requests", "answer", made, "--positive", "A customer until May.")
    assert answered["answers"][0]["answer"] == "RSP-POS"
    assert "(409)" in desk.refused("north-oil", "requests", "answer", made, "--nil")
    shown = cli("requests", "show", made, member="first-harbour-bank").stdout
    assert "A customer until May." in shown and re.search(r"^answers +north-oil RSP-POS$", shown, re.M)
    assert "(409)" in desk.refused("north-oil", "requests", "close", made)
    assert desk.run("first-harbour-bank", "requests", "close", made)["closed"]
    assert re.search(rf"^closed .*{made}", cli("requests", member="north-oil").stdout, re.M)

    # The other two answers, to one member each.
    for words, code in ((["--nil"], "RSP-NIL"), (["--refused", "no-consent"], "RSP-REF")):
        made = desk.run("first-harbour-bank", "ask", question, "--to", "north-oil")["id"]
        assert desk.run("north-oil", "requests", "answer", made, *words)["answers"][0]["answer"] == code
    assert desk.lines("north-oil", "requests")[0]["answers"][0]["reason"] == "no-consent"
    assert "answered" in cli("requests", member="first-harbour-bank").stdout
    assert "nothing" in cli("requests", member="swift-cargo").stderr
    assert " to:" in desk.refused("first-harbour-bank", "ask", question, "--to", "nobody")


def test_the_question_of_the_readme_is_asked_and_answered(desk):
    text = (ROOT / "README.md").read_text().split("cat > question.json <<'JSON'\n")
    question, commands = text[1].split("\nJSON\n", 1)
    (desk.folder / "question.json").write_text(question)
    # As it stands there, but for the file's place and the id.
    steps = [shlex.split(line.split("#")[0]) for line in commands.split("```")[0].splitlines()]
    fact = shlex.split(text[0].splitlines()[-1].split("#")[0])
    assert [step[:3] for step in [fact, *steps]] == [
        ["caveat", "admin", "member"], ["caveat", "ask", "question.json"], ["caveat", "requests"], ["caveat", "requests", "answer"],
        ["caveat", "requests", "show"]]
    asker, asked, made = "first-harbour-bank", "north-oil", "ID"

    def run(member, step):
        words = [{"ID": made, "question.json": str(desk.folder / "question.json")}.get(word, word) for word in step[1:]]
        return desk.trial.cli(*words, member=member).stdout

    run(None, fact)
    made = re.search(r"^id +(\S+)$", run(asker, steps[0]), re.M)[1]
    assert made in run(asked, steps[1])
    run(asked, steps[2])
    assert "A customer until May." in run(asker, steps[3])


def test_a_question_is_for_a_purpose(desk):
    desk.partners("first-harbour-bank", "north-oil")
    ask = ["ask", example(desk), "--to", "north-oil", "--purpose", "P08"]
    assert "other purposes" in desk.refused("first-harbour-bank", *ask), "its credential is for P02 alone"
    desk.credential("first-harbour-bank", "--purpose", "P02", "--purpose", "P08")
    desk.trial.card["members"][-1]["name"] = "diligence"
    assert desk.run("diligence", *ask)["purpose"] == "P08"
    assert desk.run("diligence", *ask[:-2])["purpose"] == "P02"
    # Likewise by a token in a file, and by a password.
    token = desk.folder / "token"
    token.write_text(desk.trial.token("diligence") + "\n")
    assert json.loads(desk.trial.cli(*ask, "--json", "--token-file", str(token)).stdout)["purpose"] == "P08"
    words = ["admin", "credential", "add", "--principal", "first-harbour-bank", "--type", "password", "--purpose", "P08", "--json"]
    password = desk.folder / "password"
    password.write_text(json.loads(desk.trial.cli(*words).stdout)["secret"])
    login = ["--user", "first-harbour-bank", "--password-file", str(password)]
    assert json.loads(desk.trial.cli(*ask, "--json", *login).stdout)["purpose"] == "P08"


def test_holders_say_what_came_of_an_advisory(desk):
    desk.partners("harbour-customs", "first-harbour-bank")
    reference = desk.publish("ADV-SUB")["reference"]
    report = desk.report("first-harbour-bank", reference)["id"]
    assert "(404)" in desk.refused("swift-cargo", "feedback", report, "OM-FPM")
    done = desk.trial.cli("feedback", report, "OM-FPM", "--note", "Another birth date.", member="first-harbour-bank")
    assert done.stdout == f"said OM-FPM of {report}\n"
    assert desk.run("first-harbour-bank", "feedback", report, "OM-RPT")["outcome"] == "OM-RPT"
    assert "OA-ARR is not yours" in desk.refused("first-harbour-bank", "feedback", report, "OA-ARR")
    desk.refused("first-harbour-bank", "feedback", report, "OS-COR", code=64)
    said = desk.lines("chief", "feedback", "--of", reference)
    assert [(one["member"], one["outcome"]) for one in said] == [("first-harbour-bank", "OM-FPM")], "the other is sealed"
    table = desk.trial.cli("feedback", "--of", reference, member="chief").stdout
    assert re.search(r"^first-harbour-bank +OM-FPM +\S+ +Another birth date\.$", table, re.M)
    assert len(desk.lines("first-harbour-bank", "feedback", "--of", reference)) == 2
    assert "(404)" in desk.refused("blue-anchor", "feedback", "--of", reference)


def test_what_was_committed_confirms_an_advisory(desk):
    desk.partners("harbour-customs", "north-oil")
    seen = {
        "categories": ["FRD-CGO"], "severity": 3, "facts": "She signs for Meridian.",
        "subjects": [{
            "kind": "PER", "key": "s1", "standing": "S",
            "properties": {"name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"], "phone": ["+31 6 00000000"]},
        }],
    }
    file = desk.folder / "seen.json"
    file.write_text(json.dumps(seen))
    kept = desk.folder / "seen.observation"
    kept.write_text(desk.trial.cli("observe", str(file), member="north-oil").stdout)
    person = {"kind": "PER", "key": "s1", "standing": "S", "properties": {"name": ["Tamsin Verloop"], "birthDate": ["1971-02-04"]}}
    made = desk.publish("ADV-SUB", subjects=[person], relations=[])
    report = desk.report("north-oil", made["reference"])["id"]
    assert desk.trial.cli("confirm", report, str(kept), member="north-oil").stdout == "OS-COR\n"
    # Committed after it was read, it is a sighting.
    kept.write_text(desk.trial.cli("observe", str(file), member="north-oil").stdout)
    assert desk.trial.cli("confirm", report, str(kept), member="north-oil").stdout == "OS-SIG: read-before\n"
    assert "observe printed" in desk.refused("north-oil", "confirm", report, str(file))
    kept.write_text(kept.read_text().replace("Meridian", "Meridiem"))
    assert "byte for byte" in desk.refused("north-oil", "confirm", report, str(kept))
    assert "titel" in desk.refused("north-oil", "observe", example(desk, titel="x"))

"""Two forwarders that saw one box: what an officer finds of their reports, and what each is told at the close."""
import json

from conftest import wait_for
from test_reports import suspicion
from test_scenarios import Party, join, legal, restart, world  # noqa: F401

DAY = 86_400


def test_an_independent_report_counts_for_both_and_one_without_a_commitment_does_not(world, legal, tmp_path):
    join(world, "swift-sails", "freight-forwarder")
    join(world, "kite-lines", "freight-forwarder")
    restart(world, 91 * DAY)
    said = {"blue-anchor": suspicion(relations=[])}
    shipper = {"kind": "ORG", "key": "s", "roles": ["CN"], "properties": {"name": ["Curlew Trading"]}}
    said["swift-sails"] = said["kite-lines"] = suspicion(relations=[], subjects=said["blue-anchor"]["subjects"] + [shipper])
    files = {name: tmp_path / f"{name}.json" for name in said}
    for name, content in said.items():
        files[name].write_text(json.dumps(content))

    def send(name):
        return json.loads(world.cli("report", "send", str(files[name]), "--to", "harbour-customs", "--json", member=name).stdout)["id"]

    first = send("blue-anchor")
    kept = tmp_path / "seen.observation"
    kept.write_text(world.cli("observe", str(files["swift-sails"]), member="swift-sails").stdout)
    second, third = send("swift-sails"), send("kite-lines")
    shown = json.loads(world.cli("report", "observed", second, str(kept), "--json", member="swift-sails").stdout)
    assert shown["committed"] < shown["submitted"]
    wrong = world.cli("report", "observed", third, str(kept), member="kite-lines", check=False)
    assert wrong.returncode == 1 and "none of yours" in wrong.stderr
    officer = legal.name
    early = world.cli("report", "corroborate", first, "--by", second, member=officer, check=False)
    assert early.returncode == 1 and "accept it first" in early.stderr
    for report in (first, second, third):
        world.cli("report", "accept", report, "--grade", "B3", member=officer)
    assert world.cli("report", "corroborate", first, "--by", second, member=officer).stdout.strip() == "OS-COR"
    restart(world, 91 * DAY)
    # The same again is the same, over a kill -9, too.
    assert world.cli("report", "corroborate", first, "--by", second, member=officer).stdout.strip() == "OS-COR"
    assert world.cli("report", "corroborate", first, "--by", third, member=officer).stdout.strip() == "OS-SIG: uncommitted"
    refused = world.cli("report", "corroborate", first, "--by", second, member="blue-anchor", check=False)
    assert refused.returncode == 1 and "404" in refused.stderr or "no such" in refused.stderr.lower()
    restart(world, 123 * DAY)

    def statement(name):
        def look():
            return world.cli("statement", "harbour-customs", "--form", "json", member=name, check=False)

        wait_for(lambda: look().returncode == 0, "the close")
        return json.loads(look().stdout)

    told = {name: statement(name) for name in said}
    events = {name: [line["event"] for line in one["lines"]] for name, one in told.items()}
    assert events == {
        "blue-anchor": ["accepted", "corroborated"], "swift-sails": ["accepted", "corroborating"], "kite-lines": ["accepted"],
    }
    corroborated, corroborating = told["blue-anchor"]["lines"][1], told["swift-sails"]["lines"][1]
    assert (corroborated["base"], corroborating["base"]) == (15_000, 8_000)
    assert corroborated["C"] == corroborating["C"] == 1_000 and corroborated["item"] == first and corroborating["item"] == second
    assert [(one["item"], one["reason"]) for one in told["kite-lines"]["sightings"]] == [(third, "uncommitted")]
    # Nobody is told by it who the others are.
    for name, one in told.items():
        for other in set(said) - {name} | {first, second, third} - {{"blue-anchor": first, "swift-sails": second, "kite-lines": third}[name]}:
            assert other not in json.dumps(one)

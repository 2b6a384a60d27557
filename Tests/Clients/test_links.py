"""What advisories have in common, over the real programs: links, clusters, judgements, networks."""
import json
import xml.etree.ElementTree as ET

import pytest
import requests
from test_scenarios import Party, content, customs, join, legal, person, publish, restart, world  # noqa: F401

MAN = "Ottoline <Brack> & Sons"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
SVG = "{http://www.w3.org/2000/svg}"


def originator(world, name):
    """Somebody who writes advisories, and somebody of another unit who approves them."""
    writer, second = join(world, name, "customs"), f"{name}-legal"
    world.cli("admin", "principal", "change", name, "--role", "reader", "--role", "publisher", "--unit", "desk")
    world.cli("admin", "principal", "add", second, "--member", name, "--role", "reader", "--role", "approver", "--unit", "legal")
    secret = world.cli("admin", "credential", "add", "--principal", second, "--type", "token", "--json").stdout
    world.extra[second] = json.loads(secret)["secret"]
    return writer, Party(world, second)


def said(**more):
    firm = {"kind": "ORG", "key": "o1", "properties": {"name": ["Meridian Shipbroking Limited"]}}
    relations = [{"from": "s1", "kind": "director-of", "to": "o1"}]
    return content(subjects=[person(MAN), firm], relations=relations) | more


@pytest.fixture
def three(world, customs, legal):
    """Three advisories of three originators on one man; the bank is not to see the third."""
    north, south = originator(world, "north-customs"), originator(world, "south-customs")
    for writer, second in ((customs, legal), north):
        publish(writer, second, said=said())
    members = south[0].call("GET", "members?pool=warnings")["members"]
    addressed = [one["identity"] for one in members if one["name"] in ("harbour-customs", "north-customs", "south-customs")]
    publish(*south, terms={"addressees": addressed}, said=said())
    world.bank = join(world, "bank-1")
    return world


def links_of(party, name=MAN):
    """The links of somebody; the trial has others."""
    return [link for link in party.call("GET", "links?type=person")["links"] if any(name in reason["sentence"] for reason in link["evidence"])]


def cluster_of(party, name=MAN):
    clusters = [cluster["subjects"] for cluster in party.call("GET", "clusters")["clusters"]]
    return next((subjects for subjects in clusters if subjects[0]["caption"] == name), [])


def test_three_advisories_speak_of_one_man(three, customs):
    bank = three.bank
    links = links_of(customs)
    assert len(links) == 3 and all(link["score"] >= 0.9 for link in links) and len(cluster_of(customs)) == 3
    # Whoever may see two of them is told of two, and of nothing that names the third.
    [link] = links_of(bank)
    seen = {advisory["id"] for advisory in link["advisories"]}
    hidden = {advisory["id"] for one in links for advisory in one["advisories"]} - seen
    assert len(hidden) == 1
    bank.call("GET", f"links?advisory={hidden.pop()}", status=404)
    # A person judges, and everybody who sees both goes by it; over restarts, too.
    pair = [subject["object"] for subject in cluster_of(bank)]
    assert len(pair) == 2
    refused = three.cli("judge", "two", *pair, "--reason", "father and son", member="bank-1", check=False)
    assert refused.returncode == 1 and "publisher, approver or officer" in refused.stderr
    three.cli("judge", "two", *pair, "--reason", "father and son", member="harbour-customs")
    assert links_of(bank) == [] and cluster_of(bank) == []
    restart(three)
    assert links_of(bank) == [] and cluster_of(bank) == []
    [judged] = bank.call("GET", "judgements")["judgements"]
    # Whoever is of another member learns neither who judged nor why: a reason may name whom not everybody may know of.
    assert "reason" not in judged and "by" not in judged and judged["verdict"] == "two" and not judged["outdated"]
    customs.call("POST", "judgements", {"verdict": "one", "objects": pair, "reason": "no"}, 409)
    assert "father and son" in three.cli("judgements", member="harbour-customs").stdout
    three.cli("judgements", "--withdraw", judged["id"], member="harbour-customs")
    assert len(links_of(bank)) == 1
    told = three.cli("links", member="bank-1").stdout
    assert "person overlap" in told and MAN in told
    assert three.cli("links", "--purpose", "P08", member="bank-1").stdout == told
    refused = three.cli("network", pair[0], "--purpose", "P05", member="bank-1", check=False)
    assert refused.returncode == 1 and "P05" in refused.stderr
    assert pair[0] in three.cli("links", "--clusters", member="bank-1").stdout


def test_a_network_in_every_form(three, customs, tmp_path):
    bank = three.bank
    [link] = links_of(bank)
    report = link["advisories"][0]["id"]
    network = bank.call("GET", f"network?advisory={report}")
    assert {node["caption"]: node["advisories"] for node in network["nodes"]} == {MAN: 2, "Meridian Shipbroking Limited": 2}
    [edge] = network["edges"]
    assert edge["bridge"] and {tie["relation"] for tie in edge["ties"]} == {"director-of"}
    assert {tie["advisory"] for tie in edge["ties"]} == {advisory["id"] for advisory in link["advisories"]}
    assert MAN in three.cli("network", report, member="bank-1").stdout
    drawing, graph = tmp_path / "network.svg", tmp_path / "network.graphml"
    three.cli("network", report, "--form", "svg", "--output", str(drawing), member="bank-1")
    root = ET.parse(drawing).getroot()
    assert root.tag == f"{SVG}svg" and any(MAN[:20] in (text.text or "") for text in root.iter(f"{SVG}text"))
    three.cli("network", network["nodes"][0]["object"], "--form", "graphml", "--output", str(graph), member="bank-1")
    assert len(ET.parse(graph).getroot().findall(f".//{GRAPHML}node")) == 2
    for query, status in (("", 422), ("advisory=x&subject=y", 422), (f"advisory={report}&steps=9", 422), (f"advisory={report}&form=pdf", 422),
                          ("subject=identity--00000000-0000-4000-8000-000000000000", 404)):
        bank.call("GET", f"network?{query}", status=status)
    assert bank.call("GET", "links?type=nothing", status=422)["detail"].startswith("type: must be one of")
    bank.call("GET", "notices", status=403)
    heads = [requests.head(f"{three.card['url']}/v1/{path}", headers=customs.headers(), timeout=20) for path in ("links", "clusters", f"network?advisory={report}")]
    assert [(head.status_code, head.headers.get("Content-Length", "0")) for head in heads] == [(200, "0")] * 3
    # What is no UTF-8 asks for nothing, and not for all.
    for query, status in (("links?advisory=%ff", 404), ("links?type=%ff", 422), ("clusters?after=%ff", 400), ("judgements?before=%ff", 400)):
        bank.call("GET", query, status=status)


def test_a_judgement_is_of_one_kind_and_said_by_who_may(three, customs, legal):
    [man, other] = [subject["object"] for subject in cluster_of(three.bank)]
    firm = next(subjects for subjects in (one["subjects"] for one in customs.call("GET", "clusters")["clusters"])
                if subjects[0]["caption"] == "Meridian Shipbroking Limited")[0]["object"]
    refused = customs.call("POST", "judgements", {"verdict": "one", "objects": [man, firm], "reason": "no"}, 422)
    assert refused["field"] == "objects" and "one kind" in refused["detail"]
    for reason in ("  ", "\u001b[31m"):
        assert customs.call("POST", "judgements", {"verdict": "two", "objects": [man, other], "reason": reason}, 422)["field"] == "reason"
    made = customs.call("POST", "judgements", {"verdict": "two", "objects": [man, other], "reason": "no"}, 201)
    three.cli("admin", "principal", "add", "clerk", "--member", "harbour-customs", "--role", "reader")
    secret = three.cli("admin", "credential", "add", "--principal", "clerk", "--type", "token", "--json").stdout
    three.extra["clerk"] = json.loads(secret)["secret"]
    Party(three, "clerk").call("POST", f"judgements/{made['id']}/withdraw", {}, 403)


def test_a_judgement_holds_as_long_as_both_are_known_as_they_were(world, customs, legal):
    north = originator(world, "north-customs")
    bank = join(world, "bank-1")
    made = publish(customs, legal, said=said())
    publish(*north, said=content(subjects=[person("Ferdinand Oxmoor")]))
    shown = {hit["caption"]: hit["object"] for name in (MAN, "Ferdinand Oxmoor")
             for hit in bank.call("GET", f"search?q={requests.utils.quote(name)}&schema=Person")["results"]}
    pair = [shown[MAN], shown["Ferdinand Oxmoor"]]
    customs.call("POST", "judgements", {"verdict": "one", "objects": pair, "reason": "An alias of his."}, 201)
    assert len(links_of(bank)) == 1
    place = f"advisories/{made['id']}"
    other = content(subjects=[person("Bertrand Oakes")])
    customs.call("POST", f"{place}/amend", {"content": other, "what": "another man", "why": "wrong man"})
    graded = customs.call("POST", f"{place}/grade", {"grade": "B3"})
    legal.call("POST", f"{place}/approve", {"digest": graded["amendment"]["digest"]})
    customs.call("POST", f"{place}/publish-amendment")
    # Nobody takes Oakes for Oxmoor by what was judged of another; the judgement is still told of, as outdated.
    for _ in range(2):
        assert links_of(bank, "Oakes") == [] and cluster_of(bank, "Bertrand Oakes") == [] and cluster_of(bank, "Ferdinand Oxmoor") == []
        [judged] = customs.call("GET", "judgements")["judgements"]
        assert judged["outdated"] and judged["reason"] == "An alias of his."
        restart(world)

"""TAXII 2.1 with clients that others wrote. Numbers in brackets are lines of the standard's checklist, by section."""
import json
import uuid

import pytest
import requests
import stix2
from stix2validator import ValidationOptions, validate_string
from taxii2client.v21 import Collection, Server, as_pages

from conftest import TAXII, TLP, indicator


def server(trial, member):
    return Server(trial.card["taxii"], user=member, password=trial.token(member))


def client(trial, member, pool):
    return Collection(trial.url(f"collections/{trial.collection(pool)}/"), user=member, password=trial.token(member))


def ids(envelope):
    return [found["id"] for found in envelope.get("objects", [])]


def test_discovery_and_collections(trial):
    """[21-23, 28, 29]"""
    found = server(trial, "blue-anchor")
    assert found.default.url == trial.card["api_root"]
    assert found.default.versions == [TAXII] and found.default.max_content_length > 0
    rights = {c.custom_properties.get("alias") or c._raw["alias"] if hasattr(c, "_raw") else c.title: (c.can_read, c.can_write) for c in found.default.collections}
    assert sorted(rights.values()) == [(False, True), (True, False), (True, True)]
    bank = server(trial, "first-harbour-bank").default.collections
    assert trial.collection("deepwater") in [c.id for c in bank]
    for collection in bank:
        assert collection.media_types == ["application/stix+json;version=2.1"]
    order = [c.id for c in server(trial, "first-harbour-bank").default.collections]
    assert order == [c.id for c in bank]
    by_alias = trial.get("blue-anchor", "collections/warnings/")
    assert by_alias.json() == trial.get("blue-anchor", f"collections/{trial.collection('warnings')}/").json()


@pytest.mark.parametrize("suffix", ["", "objects/", "manifest/", f"objects/indicator--{uuid.uuid4()}/", "objects/x/versions/"])
def test_what_one_may_not_see_is_what_does_not_exist(trial, suffix):
    """[8]"""
    def shown(collection):
        answer = trial.get("blue-anchor", f"collections/{collection}/{suffix}")
        return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "Date"}

    hidden = shown(trial.collection("deepwater"))
    assert hidden == shown(str(uuid.uuid4())) == shown("deepwater") == shown("nothing-here")
    assert hidden[0] == 404


def test_publish_status_and_read_back(trial):
    """[24-26, 47, 51]"""
    collection = client(trial, "swift-cargo", "commons")
    made = stix2.Identity(name="Vantage Reef", identity_class="organization", object_marking_refs=[stix2.TLP_GREEN])
    status = collection.add_objects({"objects": [json.loads(made.serialize()), indicator(), {"type": "nonsense"}]})
    assert (status.status, status.total_count, status.success_count, status.failure_count) == ("complete", 3, 2, 1)
    assert len(status.successes) == 2 and "id" in status.failures[0]["message"]
    again = trial.get("swift-cargo", f"status/{status.id}/")
    assert again.status_code == 200 and uuid.UUID(again.json()["id"]).version == 4
    assert trial.get("blue-anchor", f"status/{status.id}/").status_code == 404
    read = client(trial, "first-harbour-bank", "commons").get_object(made.id)
    assert stix2.parse(read["objects"][0]) == made


@pytest.mark.parametrize("size", range(1, 8))
@pytest.mark.parametrize("way", ["as_pages", "next", "added_after", "manifest"])
def test_paging_across_additions_loses_and_doubles_nothing(trial, size, way):
    """[30-35, 44]: another writer adds while the pages are read."""
    writer, reader = client(trial, "swift-cargo", "commons"), client(trial, "north-oil", "commons")
    start = trial.get("north-oil", "collections/commons/objects/").headers["X-TAXII-Date-Added-Last"]
    expected, seen = [], []

    def add(count):
        made = [indicator() for _ in range(count)]
        writer.add_objects({"objects": made})
        expected.extend(found["id"] for found in made)

    add(8)
    if way in ("as_pages", "manifest"):
        source = reader.get_objects if way == "as_pages" else reader.get_manifest
        for page in as_pages(source, per_request=size, added_after=start):
            assert len(page.get("objects", [])) <= size
            seen += ids(page)
            if len(expected) < 14:
                add(2)
    else:
        parameters = {"added_after": start, "limit": size}
        while True:
            answer = trial.get("north-oil", "collections/commons/objects/", params=parameters)
            page = answer.json()
            seen += ids(page)
            if len(expected) < 14:
                add(2)
            elif not page.get("more"):
                break
            if way == "next" and page.get("more"):
                parameters["next"] = page["next"]
            else:
                parameters = {"added_after": answer.headers["X-TAXII-Date-Added-Last"], "limit": size}
    assert seen == expected[: len(seen)] and len(seen) >= 8
    rest = trial.get("north-oil", "collections/commons/manifest/", params={"added_after": start}).json()["objects"]
    dates = [record["date_added"] for record in rest]
    assert [record["id"] for record in rest] == expected and dates == sorted(set(dates))


def test_next_is_bound_to_its_query_and_principal(fresh):
    """[34]"""
    fresh.publish("swift-cargo", "commons", [indicator() for _ in range(3)])
    path = "collections/commons/objects/"
    token = fresh.get("swift-cargo", path, params={"limit": 1}).json()["next"]
    again = [fresh.get("swift-cargo", path, params={"limit": n, "next": token}).json() for n in (1, 1, 2)]
    assert again[0] == again[1] and ids(again[2])[:1] == ids(again[0])
    for member, place, more in [
        ("north-oil", path, {}),
        ("swift-cargo", "collections/warnings/objects/", {}),
        ("swift-cargo", "collections/commons/manifest/", {}),
        ("swift-cargo", path, {"match[type]": "indicator"}),
        ("swift-cargo", path, {"added_after": "2020-01-01T00:00:00Z"}),
    ]:
        assert fresh.get(member, place, params={"next": token} | more).status_code == 400
    assert fresh.get("swift-cargo", path, params={"next": token[:-4] + ("B" if token[-4] == "A" else "A") + token[-3:]}).status_code == 400
    # A restart does not make it worthless.
    fresh.stop()
    fresh.start()
    assert fresh.get("swift-cargo", path, params={"limit": 1, "next": token}).json() == again[0]


def test_filters_and_versions(fresh):
    """[37-43]"""
    first, second, third = (f"2026-0{n}-01T00:00:00.000Z" for n in (1, 2, 3))
    fresh.publish("swift-cargo", "commons", [indicator(1), indicator(1, third), indicator(1, second), indicator(2)])
    tool = {"type": "tool", "spec_version": "2.1", "id": f"tool--{uuid.uuid4()}", "name": "T", "created": first, "modified": first}
    fresh.publish("swift-cargo", "commons", [tool])
    one, two = indicator(1)["id"], indicator(2)["id"]
    path = "collections/commons/"

    def versions(**match):
        parameters = {f"match[{k}]": v for k, v in match.items()}
        records = fresh.get("north-oil", path + "manifest/", params=parameters).json().get("objects", [])
        objects = fresh.get("north-oil", path + "objects/", params=parameters).json().get("objects", [])
        assert [(r["id"], r["version"]) for r in records] == [(o["id"], o["modified"]) for o in objects]
        return [(r["id"], r["version"]) for r in records if r["id"] in (one, two, tool["id"])]

    assert versions() == [(one, third), (two, first), (tool["id"], first)]
    assert versions(version="all") == [(one, first), (one, third), (one, second), (two, first), (tool["id"], first)]
    assert versions(id=one, version="first") == [(one, first)]
    assert versions(id=one, version="first,last") == [(one, first), (one, third)]
    assert versions(id=one, version=second) == [(one, second)]
    assert versions(id=one, version="2026-02-01T00:00:00Z,last") == [(one, third), (one, second)]
    assert versions(id=f"{one},{two}") == [(one, third), (two, first)]
    assert versions(id=f"{one},{tool['id']}", type="tool") == [(tool["id"], first)]
    assert versions(type="tool,indicator")[-1] == (tool["id"], first)
    assert versions(type="malware") == [] and versions(spec_version="2.0") == []
    assert versions(spec_version="2.0,2.1") == versions()
    listed = fresh.get("north-oil", f"{path}objects/{one}/versions/").json()
    assert listed == {"versions": [first, third, second]}
    page = fresh.get("north-oil", f"{path}objects/{one}/versions/", params={"limit": 2}).json()
    assert page["versions"] == [first, third] and page["more"]
    rest = fresh.get("north-oil", f"{path}objects/{one}/versions/", params={"limit": 2, "next": page["next"]}).json()
    assert rest == {"versions": [second]}
    assert fresh.get("north-oil", f"{path}objects/{one}/", params={"match[version]": "2020-01-01T00:00:00Z"}).json() == {}
    assert fresh.get("north-oil", f"{path}objects/indicator--{uuid.uuid4()}/").status_code == 404


def test_empty_answers_have_dates_that_pollers_can_use(trial):
    """[31]"""
    for place in ("objects/", "manifest/"):
        answer = trial.get("north-oil", f"collections/commons/{place}", params={"added_after": "2030-01-01T00:00:00.5Z"})
        assert answer.json() == {}
        for header in ("X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"):
            assert answer.headers[header] == "2030-01-01T00:00:00.500000Z"


def test_duplicates_ownership_and_deleting(fresh):
    """[48, 52-54]"""
    kept = indicator(7)
    fresh.publish("swift-cargo", "commons", [kept, indicator(7, "2026-02-01T00:00:00.000Z"), indicator(8)])
    path = "collections/commons/"
    before = fresh.get("north-oil", path + "manifest/", params={"match[version]": "all"}).json()
    for member in ("swift-cargo", "north-oil"):
        assert fresh.publish(member, "commons", [kept])["success_count"] == 1
    assert fresh.get("north-oil", path + "manifest/", params={"match[version]": "all"}).json() == before
    for stolen in (indicator(7, "2027-01-01T00:00:00.000Z"), indicator(7, "2027-01-01T00:00:00.000Z", revoked=True)):
        status = fresh.publish("north-oil", "commons", [stolen])
        assert status["failure_count"] == 1 and "belongs" in status["failures"][0]["message"]
    url = fresh.url(f"{path}objects/{kept['id']}/")

    def delete(member, target=url, **options):
        return requests.delete(target, headers={"Authorization": f"Bearer {fresh.token(member)}"}, timeout=20, **options)

    assert delete("north-oil").status_code == 403
    one = delete("swift-cargo", params={"match[version]": kept["modified"]})
    assert one.status_code == 200 and one.content == b"" and one.headers["Content-Type"] == TAXII
    assert fresh.get("north-oil", f"{path}objects/{kept['id']}/versions/").json() == {"versions": ["2026-02-01T00:00:00.000Z"]}
    assert delete("swift-cargo").status_code == 200
    assert delete("swift-cargo").status_code == 404
    assert fresh.get("north-oil", f"{path}objects/{kept['id']}/").status_code == 404
    assert kept["id"] not in ids(fresh.get("north-oil", path + "objects/").json())
    assert kept["id"] not in ids(fresh.get("north-oil", path + "manifest/").json())
    warnings = fresh.get("swift-cargo", "collections/warnings/objects/").json()["objects"][0]["id"]
    assert delete("swift-cargo", fresh.url(f"collections/warnings/objects/{warnings}/")).status_code == 403
    assert delete("swift-cargo", fresh.url(f"collections/customs-inbox/objects/{warnings}/")).status_code == 403
    assert delete("swift-cargo", fresh.url(f"collections/deepwater/objects/{warnings}/")).status_code == 404


def test_write_only_and_read_only_collections(trial):
    """[45, 50]"""
    box = ["admin", "pool", "add", "box", "--title", "Box", "--reading", "enrolled", "--writing", "everyone", "--json"]
    trial.card["pools"].append({"name": "box", "collection": json.loads(trial.cli(*box).stdout)["id"]})
    trial.cli("admin", "pool", "enrol", "box", "harbour-customs", "--reads")
    assert trial.publish("swift-cargo", "box", [indicator()])["success_count"] == 1
    for place in ("objects/", "manifest/"):
        assert trial.get("swift-cargo", f"collections/box/{place}").status_code == 403
    assert len(trial.get("harbour-customs", "collections/box/objects/").json()["objects"]) == 1
    assert trial.post("swift-cargo", "warnings", [indicator()]).status_code == 403
    assert trial.post("blue-anchor", "deepwater", [indicator()]).status_code == 404


def test_bytes_come_back_as_they_went(fresh):
    """Unknown properties, odd numbers, escapes and the order of keys; white space aside."""
    text = (
        '{"type":"indicator","spec_version":"2.1","x_zulu":1.0,"x_alpha":[1e2,-0.0,1E+3],"id":"indicator--%s",'
        '"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.120Z","pattern":"\\u00e9\\/\\ud83d\\ude00é",'
        '"pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","x_deep":{"b":{"a":[{"":null}]}}}' % uuid.uuid4()
    ).replace(":null", ":false")
    status = fresh.post("swift-cargo", "commons", '{ "objects" :\n[ ' + text.replace(",", " ,\t") + " ] }").json()
    assert status["success_count"] == 1, status
    identity = json.loads(text)["id"]
    answer = fresh.get("north-oil", f"collections/commons/objects/{identity}/")
    assert answer.content.decode() == '{"objects":[' + text + "]}"


def test_markings_hide_without_a_trace(fresh):
    """TLP 1 and 2, addressees; every way of reading."""
    bank, oil = fresh.identity("first-harbour-bank"), fresh.identity("north-oil")
    clerk = json.loads(fresh.cli("admin", "principal", "show", "north-oil", "--json").stdout)["id"]
    newest = fresh.get("blue-anchor", "collections/commons/objects/").headers["X-TAXII-Date-Added-Last"]
    cases = {
        "red to one person": (indicator(marking="red", addressees=[f"identity--{clerk}"]), {"swift-cargo", "north-oil"}),
        "red to an organisation": (indicator(marking="red", addressees=[bank]), {"swift-cargo"}),
        "red of TLP 1": (indicator(marking="red-1"), {"swift-cargo"}),
        "strict to an organisation": (indicator(marking="amber+strict", addressees=[bank]), {"swift-cargo", "first-harbour-bank"}),
        "green to two": (indicator(marking="green", addressees=[bank, oil]), {"swift-cargo", "first-harbour-bank", "north-oil"}),
    }
    status = fresh.publish("swift-cargo", "commons", [made for made, _ in cases.values()])
    assert status["success_count"] == len(cases), status
    absent = f"indicator--{uuid.uuid4()}"
    for name, (made, readers) in cases.items():
        for member in ("swift-cargo", "first-harbour-bank", "north-oil", "blue-anchor", "harbour-customs"):
            seen = member in readers
            listed = ids(fresh.get(member, "collections/commons/objects/").json())
            manifest = ids(fresh.get(member, "collections/commons/manifest/", params={"match[version]": "all"}).json())
            assert (made["id"] in listed, made["id"] in manifest) == (seen, seen), (name, member)
            for suffix in ("", "versions/"):
                answer = fresh.get(member, f"collections/commons/objects/{made['id']}/{suffix}")
                assert answer.status_code == (200 if seen else 404), (name, member)
                if not seen:
                    other = fresh.get(member, f"collections/commons/objects/{absent}/{suffix}")
                    assert (answer.content, set(answer.headers)) == (other.content, set(other.headers))
    # Not even the time of what was hidden is told.
    assert fresh.get("blue-anchor", "collections/commons/objects/", params={"match[type]": "tool"}).headers[
        "X-TAXII-Date-Added-Last"
    ] == newest


def test_what_is_served_is_valid_stix(trial):
    """stix2-validator over all that the trial serves, and stix2 reads it."""
    for member in ("harbour-customs", "first-harbour-bank"):
        for collection in server(trial, member).default.collections:
            if not collection.can_read:
                continue
            for page in as_pages(collection.get_objects, per_request=5):
                for found in page.get("objects", []):
                    report = validate_string(json.dumps(found), ValidationOptions(version="2.1", disabled="201,202,210"))
                    assert report.is_valid, [str(error) for error in report.errors]
                    stix2.parse(found, allow_custom=True)

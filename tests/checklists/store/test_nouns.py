"""Sites, registry, orders, evidence of a visit, the centre's rows, forms, settings: one behaviour each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checklists.errors import NotFoundError, SealedRecordError
from checklists.model import AnswerRow, FormPin, Site
from checklists.sealing import digest
from checklists.store import (
    Handover,
    Instrument,
    OrderStep,
    OrderStepError,
    OrderStepKind,
    PulledRow,
    RegistryFileError,
    Sample,
    Store,
    VisitStep,
    WorkOrder,
    build_registry,
)
from tests.support import store_builders as make
from tests.support.clock import FrozenClock
from tests.support.store_workspace import begin, reopen, whole_inspection

# --- sites and registry ---

SITES = (
    make.SITE,
    Site("2", name_th="ห้างหุ้นส่วนจำกัด น้ำแข็งใสสะอาด", registry_no="20220000125658", province_code="22", province="จันทบุรี"),
    Site("3", name_th="โรงงานแป้งมันบ้านโป่ง", registry_no="30700000125655", province_code="70", province="ราชบุรี"),
)


def found(store: Store, text: str, **how: object) -> list[str]:
    return [hit.site.site_id for hit in store.registry.search(text, **how)]  # type: ignore[arg-type]  # loose


@pytest.fixture
def registry(store: Store) -> Store:
    store.registry.import_rows(SITES, "test")
    return store


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ตัวอย่างแปง", "name"),
        ("บริษัท ตัวอย่าง แป้งมัน จำกัด", "name"),
        ("ตวอยางแปงมน", "near"),
        ("starch", "name"),
        ("1012 0000 525545", "number"),
        ("๑๐๑๒๐๐๐๐๕๒๕๕๔๕", "number"),
        ("3-34(3)-3/54นบ", "number"),
        ("3-34", "number"),
        ("0105554123456", "number"),
        ("แป้งมัน นนทบุรี", "words"),
    ],
)
def test_a_factory_is_found_as_people_type(registry: Store, text: str, why: str) -> None:
    hits = registry.registry.search(text)
    assert hits
    assert (hits[0].site.site_id, hits[0].why) == (make.SITE.site_id, why)


def test_names_that_begin_so_come_first_and_shorter_ones_before_longer(registry: Store) -> None:
    assert found(registry, "แป้งมัน") == ["3", make.SITE.site_id]


def test_a_province_narrows_the_search(registry: Store) -> None:
    assert found(registry, "แป้งมัน", province="70") == ["3"]
    assert found(registry, "", province="22") == ["2"]


def test_nothing_is_found_for_nothing(registry: Store) -> None:
    for text in ("", " ", "บริษัท", "zzzzzz", '"', "*", "AND", "NEAR("):
        assert found(registry, text, near=False) == []


def test_a_site_is_got_by_any_of_its_numbers(registry: Store) -> None:
    for number in ("10120000525545", "1-0120-000525-545", "3-34(3)-3/54นบ", "0105554123456"):
        site = registry.registry.get(number)
        assert site == make.SITE
    assert registry.registry.get("99") is None
    with pytest.raises(NotFoundError):
        registry.registry.require("99")


def test_importing_again_replaces_by_id_and_keeps_the_rest(registry: Store) -> None:
    registry.registry.import_rows([Site("2", name_th="ชื่อใหม่")], "again")
    assert registry.registry.count() == 3
    assert found(registry, "ชื่อใหม่") == ["2"]
    assert found(registry, "น้ำแข็งใส", near=False) == []


def test_a_delta_puts_and_takes_out_rows_and_moves_the_cursor(registry: Store) -> None:
    registry.registry.apply_delta([Site("4", name_th="โรงสีข้าว", province="ราชบุรี")], ["3", "nobody"], "c-9")
    assert (registry.registry.cursor(), registry.registry.count()) == ("c-9", 3)
    assert found(registry, "โรงสี") == ["4"]
    assert "3" not in found(registry, "บ้านโป่ง")
    assert found(registry, "ราชบุรี") == ["4"]


def test_a_reader_sees_the_new_registry_at_its_next_search(store: Store, folder: Path, clock: FrozenClock) -> None:
    with reopen(folder, clock, readonly=True) as reader:
        assert found(reader, "แป้งมัน") == []
        store.registry.import_rows(SITES, "test")
        assert make.SITE.site_id in found(reader, "แป้งมัน")
        store.registry.import_rows([Site("9", name_th="ทองคำ")], "test")
        assert found(reader, "ทองคำ") == ["9"]


def test_a_registry_file_that_was_changed_or_is_unsigned_is_refused(store: Store, tmp_path: Path) -> None:
    from checklists.crypto import DeviceKey

    stranger = DeviceKey.generate()
    path = tmp_path / "registry-7.db"
    build_registry(path, SITES, source="centre", cursor="7", key=stranger)
    with pytest.raises(RegistryFileError) as error:
        store.registry.install(path)
    assert error.value.data["what"] == "key"
    store.registry.install(path, trusted=[stranger.public_bytes])
    assert (store.registry.cursor(), store.registry.count()) == ("7", 3)
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(RegistryFileError) as error:
        store.registry.install(path, trusted=[stranger.public_bytes])
    assert error.value.data["what"] == "digest"
    assert store.registry.count() == 3


def test_a_site_described_in_the_field_is_joined_later(registry: Store) -> None:
    site = Site("p-1", name_th="โรงงานไม่มีป้าย", provisional=True)
    registry.sites.add_provisional(site)
    assert registry.sites.get("p-1") == site
    assert registry.sites.provisional() == (site,)
    registry.sites.join("p-1", "20220000125658")
    assert (registry.sites.joined_to("p-1"), registry.sites.provisional()) == ("20220000125658", ())
    assert registry.sites.get("3").site_id == "3"


# --- finding records ---


@pytest.mark.parametrize("text", ["แป้งมัน", "แปงมัน", "10120000525545", "3-34(3)", "นนทบุรี", "starch ตัวอย่าง"])
def test_a_record_is_found_by_what_it_is_about(store: Store, text: str) -> None:
    whole_inspection(store)
    assert [r.record_id for r in store.records.search(text)] == ["r-1"]


def test_where_many_records_match_the_last_changed_come_first(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checklists.store.summaries.MANY", 3)
    for number in range(6):
        begin(store, f"r-{number}", f"v-{number}")
        clock.advance(60)
    store.records.save_answers("r-1", [AnswerRow("/data/a", "", "1")])
    for text in ("แป้งมัน", "starch ตัวอย่าง", "10120000525545"):
        assert [r.record_id for r in store.records.search(text, limit=3)] == ["r-1", "r-5", "r-4"]
    assert len(store.records.search("แป้งมัน")) == 6


def test_a_record_is_named_by_the_end_of_its_id(store: Store) -> None:
    for name in ("r-abc1", "r-xbc1", "r-abc2"):
        begin(store, name, f"v-{name}")
    assert sorted(store.records.ids_ending("bc1")) == ["r-abc1", "r-xbc1"]
    assert store.records.ids_ending("abc2") == ("r-abc2",)
    assert store.records.ids_ending("%") == store.records.ids_ending("") == ()


def test_other_records_are_not_found(store: Store) -> None:
    whole_inspection(store)
    for text in ("โรงสี", "99999", "", "ก"):
        assert store.records.search(text) == ()


# --- orders ---


def order(store: Store) -> WorkOrder:
    whole_inspection(store)
    revision = store.records.revisions("r-1")[0].revision_id
    return WorkOrder("o-1", "r-1", revision, make.SITE.site_id, ("f-1",), "ให้ซ่อมพื้น", "2026-12-22")


def step(kind: OrderStepKind) -> OrderStep:
    return OrderStep(kind, "2026-11-23", "สมศรี ใจดี")


def test_an_order_goes_step_by_step_to_its_end(store: Store) -> None:
    one = order(store)
    store.orders.draft(one, "สมศรี")
    path = ("approved", "numbered", "issued", "served", "extended", "reported", "reinspected", "complied", "closed")
    for name in path:
        store.orders.step("o-1", step(OrderStepKind(name)))
    assert store.orders.state("o-1") is OrderStepKind.CLOSED
    assert [s.step.value for s in store.orders.steps("o-1")] == ["draft", *path]
    assert store.orders.of_site(make.SITE.site_id) == (one,)


def test_an_order_cannot_be_served_twice_or_out_of_turn(store: Store) -> None:
    store.orders.draft(order(store), "สมศรี")
    with pytest.raises(OrderStepError):
        store.orders.step("o-1", step(OrderStepKind.SERVED))
    for name in ("approved", "numbered", "issued", "served"):
        store.orders.step("o-1", step(OrderStepKind(name)))
    with pytest.raises(OrderStepError) as error:
        store.orders.step("o-1", step(OrderStepKind.SERVED))
    assert error.value.data["now"] == "served"


def test_a_draft_order_is_amended_and_an_approved_one_is_not(store: Store) -> None:
    one = order(store)
    store.orders.draft(one, "สมศรี")
    store.orders.amend(replace(one, reasons="เสี่ยง", heard=True, filled={"approval": "อก 1"}))
    assert store.orders.all() == (replace(one, reasons="เสี่ยง", heard=True, filled={"approval": "อก 1"}),)
    store.orders.step("o-1", step(OrderStepKind.APPROVED))
    with pytest.raises(OrderStepError):
        store.orders.amend(one)
    assert store.orders.get("o-1").reasons == "เสี่ยง"


def test_an_orders_steps_are_never_changed(store: Store) -> None:
    store.orders.draft(order(store), "สมศรี")
    with pytest.raises(SealedRecordError):
        store._core.db.run("UPDATE order_step SET at = '2020'")


# --- what a visit gathers ---


def test_a_samples_custody_only_grows(store: Store) -> None:
    store.visits.start(make.visit())
    sample = Sample("s-1", "v-1", "น้ำ-1", "น้ำทิ้ง", "2026-11-22T10:00:00.000+07:00", "สมศรี")
    store.evidence.take_sample(sample, Handover("2026-11-22T10:00:00.000+07:00", "สมศรี", "สมศรี", seal_no="A1"))
    store.evidence.hand_over("s-1", Handover("2026-11-22T16:00:00.000+07:00", "สมศรี", "ห้องปฏิบัติการ"))
    assert store.evidence.samples("v-1") == (sample,)
    assert [h.taker for h in store.evidence.custody("s-1")] == ["สมศรี", "ห้องปฏิบัติการ"]
    with pytest.raises(SealedRecordError):
        store._core.db.run("DELETE FROM custody")
    with pytest.raises(NotFoundError):
        store.evidence.hand_over("s-2", Handover("", "", ""))


def test_statutory_steps_and_instruments_are_kept(store: Store) -> None:
    store.visits.start(make.visit())
    steps = (VisitStep("card-shown", "09:00", "สมศรี"), VisitStep("minutes-read", "11:00", "สมศรี"))
    for one in steps:
        store.evidence.add_step("v-1", one)
    assert store.evidence.steps("v-1") == steps
    meter = Instrument("i-1", "เครื่องวัดเสียง", calibration_due="2027-01-01")
    store.evidence.put_instrument(meter)
    store.evidence.put_instrument(meter)
    assert store.evidence.instruments() == (meter,)


def test_a_visit_keeps_its_instruments_as_they_were_calibrated_that_day(store: Store) -> None:
    store.visits.start(make.visit())
    then = Instrument("i-1", "เครื่องวัดเสียง", calibration_due="2027-01-01")
    store.evidence.put_instrument(then)
    store.evidence.use_instrument("v-1", "i-1")
    store.evidence.put_instrument(replace(then, calibration_due="2028-01-01"))
    assert store.evidence.instruments_of("v-1") == (then,)
    assert store.evidence.instruments_of("v-2") == ()
    with pytest.raises(NotFoundError):
        store.evidence.use_instrument("v-1", "i-9")


# --- theirs ---


def test_a_pulled_page_and_its_cursor_come_together(store: Store) -> None:
    rows = [PulledRow("reviews", "1", 5, "r-1", {"text": "ดี"}), PulledRow("assignments", "2", 6, "s-1", {})]
    store.pulled.apply_page(rows, "c-6")
    assert (store.pulled.list("reviews", about="r-1"), store.pulled.cursor()) == ((rows[0],), "c-6")
    older = PulledRow("reviews", "1", 4, "r-1", {"text": "เก่า"})
    store.pulled.apply_page([older, PulledRow("assignments", "2", 7, "s-1", None)], "c-7")
    assert store.pulled.list("reviews") == (rows[0],)
    assert store.pulled.list("assignments") == ()


def test_starting_over_shows_what_was_here_until_the_new_walk_is_whole(store: Store) -> None:
    old = [PulledRow("reviews", "1", 50, "r-1", {"n": 1}), PulledRow("reviews", "2", 60, "r-1", {"n": 2})]
    store.pulled.apply_page(old, "c-60")
    store.pulled.mark_stale()
    assert ([r.id for r in store.pulled.list("reviews")], store.pulled.cursor()) == (["2", "1"], "")
    store.pulled.apply_page([PulledRow("reviews", "1", 3, "r-1", {"n": 3})], "n-3")
    assert {r.id for r in store.pulled.list("reviews")} == {"1", "2"}
    assert store.pulled.has_stale()
    store.pulled.apply_page([], "n-4", last=True)
    assert [(r.id, r.body) for r in store.pulled.list("reviews")] == [("1", {"n": 3})]
    assert not store.pulled.has_stale()


# --- forms and settings ---


def test_a_form_version_is_kept_as_it_was(store: Store) -> None:
    xml = "<h:html>แบบ</h:html>".encode()
    pin = FormPin("f", "1", digest(xml))
    store.checklists.put(pin, xml)
    store.checklists.put(pin, xml)
    assert store.checklists.get(pin.sha256) == (pin, xml)
    assert store.checklists.list() == (pin,)
    assert store.checklists.has(pin.sha256)
    with pytest.raises(ValueError, match="hash"):
        store.checklists.put(pin, b"other")
    with pytest.raises(NotFoundError):
        store.checklists.get("00")


def test_settings_are_texts_by_name(store: Store) -> None:
    store.settings.set("a", "1")
    store.settings.set("a", "2")
    assert (store.settings.get("a"), store.settings.get("b"), store.settings.names()) == ("2", None, ("a",))
    store.settings.forget("a")
    assert store.settings.get("a") is None


# --- attachments ---


def test_the_same_photo_in_two_records_is_one_file(store: Store, folder: Path) -> None:
    from tests.support.store_workspace import photo

    begin(store, "r-1", "v-1")
    begin(store, "r-2", "v-2")
    one, two = photo(store, "a-1", b"same", "r-1"), photo(store, "a-2", b"same", "r-2")
    assert len(list((folder / "files").glob("??/*"))) == 1
    store.attachments.remove("a-1")
    assert store.attachments.open(two.sha256).read() == b"same"
    store.attachments.remove("a-2")
    assert list((folder / "files").glob("??/*")) == []
    with pytest.raises(NotFoundError):
        store.attachments.open(one.sha256)


def test_a_number_on_paper_is_not_given_twice(store: Store) -> None:
    from tests.support.store_workspace import photo

    begin(store)
    photo(store, "a-1", b"1")
    photo(store, "a-2", b"2")
    store.attachments.remove("a-2")
    assert store.attachments.next_exhibit("r-1") == "จ.3"
    store.attachments.update("a-1", caption="พื้น", item_id="FA-B01")
    (left,) = store.attachments.list("r-1")
    assert (left.caption, left.item_id, left.exhibit) == ("พื้น", "FA-B01", "จ.1")
    assert store.attachments.thumbnail("a-1") == b"small"

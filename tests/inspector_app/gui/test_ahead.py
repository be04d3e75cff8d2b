"""What was fetched ahead of a site stands on the card where the site is chosen, without any line."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from inspector_app import demo_data
from inspector_app.gui.main_window import MainWindow
from inspector_app.gui.screens.start import StartScreen
from sync.protocol import Collection, FeedRow


@pytest.fixture
def screen(home: MainWindow) -> StartScreen:
    assert home.shell is not None
    home.shell.go("start")
    assert isinstance(home.shell.current, StartScreen)
    return home.shell.current


def a_picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "#336699").save(out, "JPEG")
    return base64.b64encode(out.getvalue()).decode()


def keep(screen: StartScreen, *rows: FeedRow) -> None:
    writer = screen.context.workplace.writer
    writer.submit(lambda store: store.pulled.apply_page(rows, "7")).result()


def choose(screen: StartScreen) -> str:
    screen.search.setText(demo_data.first_factory().registry_no)
    screen.search.search_now()
    assert screen.site is not None
    screen.choose_site(screen.site)
    return screen.site.site_id


def test_visits_of_others_their_pictures_open_orders_and_reports_are_shown(screen: StartScreen) -> None:
    site_id = choose(screen)
    assert not screen.card.ahead.isVisible()
    visit = {"revision_id": "v", "sealed_at": "", "extract": {"sealed_at": "2026-11-03T10:00:00.000+07:00"}}
    keep(
        screen,
        FeedRow("earlier", "r-9", 1, site_id, {**visit, "thumbnails": {"a": a_picture(), "b": "bm90IGEgcGljdHVyZQ=="}}),
        FeedRow(Collection.ORDERS, "o-1", 2, site_id, {"id": "o-1", "title": "มาตรา 37", "due": "2026-12-01"}),
        FeedRow(Collection.ORDERS, "o-2", 3, site_id, {"id": "o-2", "due": "สิ้นเดือน"}),
        FeedRow(Collection.REPORTED, "f-1", 4, site_id, {"id": "f-1", "site_id": site_id, "คนงาน": 40}),
    )
    choose(screen)
    box = screen.card.ahead
    words = box.words.text()
    assert box.isVisible()
    assert "3 พ.ย. 2569" in words
    assert "คำสั่งที่ยังไม่ปิด 2 ฉบับ" in words
    assert "มาตรา 37 ครบกำหนด 1 ธ.ค. 2569" in words
    assert "ครบกำหนด สิ้นเดือน" in words
    assert "คนงาน 40" in words
    assert len(box.pictures) == 1  # what is no picture is left out
    screen.choose_site(None)
    assert not box.isVisible()

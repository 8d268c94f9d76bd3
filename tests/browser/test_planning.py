"""Planning an event as a coordinator does it: with the live check, by keyboard, and with JavaScript off."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.town import DESKTOP, PHONE, Opener, Town
from tests.system.stack import ZONE, eventually


def in_days(days: int) -> str:
    return (datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=days)).isoformat()


def test_conflicts_and_free_slots_appear_while_the_form_is_filled_in_by_keyboard(opened: Opener, town: Town) -> None:
    page = opened(width=DESKTOP, language="en", signed_in=True)
    page.goto("/calendar/plan")
    page.locator("#title").focus()
    page.keyboard.type("Planned by keyboard")
    page.locator("#starts_on").evaluate("(field, day) => { field.value = day; }", in_days(4))
    page.locator("#starts_time").focus()
    page.keyboard.type("10:00")
    page.keyboard.press("Tab")
    page.keyboard.type("12:00")
    page.locator("#venue_id").select_option(town.ids["hall"])
    expect(page.locator("#verdict")).to_contain_text("1 conflict")
    expect(page.locator("#advice")).to_contain_text("Zajęta sala")
    expect(page.locator("#status")).to_contain_text("1 conflict")
    expect(page.locator("#in-words")).to_contain_text("10:00–12:00")
    assert 1 <= page.locator(".slot").count() <= 5
    page.locator(".slot", has_text="Another hour").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_contain_text("No conflicts")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/events/*?notice=planned")
    expect(page.locator("h1")).to_have_text("Planned by keyboard")


def test_a_taken_venue_refuses_and_a_free_slot_saves_with_one_click_without_javascript(
    opened: Opener, town: Town
) -> None:
    page = opened(width=PHONE, language="pl", signed_in=True, javascript=False, refused=True)
    page.goto("/calendar/plan")
    page.fill("#title", "Zaplanowane bez skryptów")
    page.fill("#starts_on", in_days(4))
    page.select_option("#starts_time", "11:00")
    page.select_option("#ends_time", "12:00")
    page.select_option("#venue_id", town.ids["hall"])
    page.fill("#expected_participants", "35")
    with page.expect_response("**/calendar/plan") as checked:
        page.get_by_role("button", name="Sprawdź").last.click()
    assert checked.value.status == 200
    expect(page.locator("#verdict")).to_contain_text("1 kolizja")
    with page.expect_response("**/calendar/plan") as saved:
        page.get_by_role("button", name="Zapisz", exact=True).click()
    assert saved.value.status == 409
    expect(page.locator(".summary-of-errors")).to_be_visible()
    expect(page.locator("#expected_participants")).to_have_value("35")
    page.locator(".slot").first.click()
    page.wait_for_url("**/calendar/events/*?notice=planned")
    expect(page.locator("h1")).to_have_text("Zaplanowane bez skryptów")


def test_a_form_with_something_missing_says_where_and_keeps_what_was_typed(opened: Opener) -> None:
    page = opened(width=PHONE, language="en", signed_in=True, refused=True)
    page.goto("/calendar/plan")
    page.fill("#needs", "chairs\ntables")
    page.get_by_role("button", name="Save").click()
    summary = page.locator(".summary-of-errors")
    expect(summary).to_be_visible()
    expect(page.locator("#needs")).to_have_value("chairs\ntables")
    summary.get_by_role("link").first.click()
    expect(page.locator("#title")).to_be_focused()


def test_the_pin_is_put_by_a_click_by_arrows_and_by_pasting(opened: Opener) -> None:
    page = opened(width=DESKTOP, language="en", signed_in=True)
    page.goto("/calendar/plan")
    page.get_by_text("Somewhere else: put a pin").click()
    box = page.locator(".pin-picker .leaflet-container")
    expect(box).to_be_visible()
    box.click(position={"x": 200, "y": 100})
    field = page.locator("#point")
    clicked = field.input_value()
    assert clicked.startswith("50.0")
    box.focus()
    page.keyboard.press("ArrowUp")
    moved = field.input_value()
    assert float(moved.split(",")[0]) > float(clicked.split(",")[0])
    field.fill("50.08850, 19.91100")
    field.press("Tab")
    expect(page.locator(".pin-picker .pin")).to_have_count(1)


def test_an_event_is_moved_and_the_alerts_page_of_a_concerned_person_changes_by_itself(
    opened: Opener, town: Town
) -> None:
    alerts = opened(width=DESKTOP, language="en", signed_in=True)
    alerts.goto("/notifications/")
    expect(alerts.locator("#alerts[data-connected]")).to_be_visible()
    before = alerts.locator("#alerts .card").count()
    town.stack.plan("Nagły festyn", town.ids["square"], town.ids["theirs"], days=3, audiences=["families"])
    expect(alerts.locator("#alerts .card").filter(has_text="Nagły festyn").first).to_be_visible(timeout=10_000)
    assert alerts.locator("#alerts .card").count() > before

    page = opened(width=PHONE, language="pl", signed_in=True)
    page.goto(f"/calendar/events/{town.ids['feast']}/move")
    page.fill("#starts_on", in_days(40))
    page.fill("#reason", "Inny termin jest lepszy")
    page.get_by_role("button", name="Zapisz").click()
    page.wait_for_url("**?notice=moved")
    eventually(lambda: not town.open_conflicts(town.ids["feast"]))
    expect(page.locator("h1")).to_have_text("Festyn naszych testów")


def test_minutes_and_decisions_of_a_meeting_are_written_and_shown(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, language="en", signed_in=True)
    page.goto(f"/calendar/meetings/{town.ids['meeting']}/items")
    for title in ("First point", "Second point"):
        page.fill("#title", title)
        page.get_by_role("button", name="Add the item").click()
        expect(page.locator("ol.items")).to_contain_text(title)
    page.goto(f"/calendar/events/{town.ids['meeting']}/minutes")
    page.fill(f"#came_{town.ids['ours']}", "4")
    page.get_by_role("button", name="Save who came").click()
    page.wait_for_url(f"**/calendar/events/{town.ids['meeting']}/minutes#came")
    page.fill("#text-general", "We agreed.")
    expect(page.locator("#state-general")).to_contain_text("Saved at")
    page.goto(f"/calendar/events/{town.ids['meeting']}")
    expect(page.locator("ol").filter(has_text="Second point")).to_be_visible()
    expect(page.locator(".markdown").first).to_contain_text("We agreed.")
    page.get_by_role("link", name="Write the minutes").click()
    page.fill("#text", "Order the tree")
    page.select_option("#owner_id", town.ids["theirs"])
    page.fill("#due_on", in_days(20))
    page.get_by_role("button", name="Add the decision").click()
    expect(page.locator("#decide ~ form p").get_by_text("Order the tree", exact=True)).to_be_visible()
    page.goto(f"/calendar/events/{town.ids['meeting']}")
    expect(page.locator(".decision").filter(has_text="Order the tree")).to_contain_text("Koło Przeglądarek")

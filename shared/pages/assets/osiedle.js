// The islands of every page. Each finds its own markup (see ../README.md); without this file every page still works.

const words = JSON.parse(document.body.dataset.words);

// Say something to people who listen; focus stays where it is.
export function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
}

// Take the regions with these ids from an answer of the server and put them in the place of ours.
function swap(html, ids) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const said = [];
  for (const id of ids) {
    const [ours, theirs] = [document.getElementById(id), fresh.getElementById(id)];
    if (!ours || !theirs || ours.contains(document.activeElement)) continue;
    if (theirs.dataset.say && theirs.dataset.say !== ours.dataset.say) said.push(theirs.dataset.say);
    if (theirs.innerHTML !== ours.innerHTML || theirs.className !== ours.className) ours.replaceWith(theirs);
    islands(document.getElementById(id));
  }
  if (said.length) announce(said.join(". "));
  return said;
}

// While a form is filled in, ask the server what its "Check" button would answer.
function checkWhileTyping(form) {
  const ids = form.dataset.check.split(" ");
  let timer, running;
  for (const button of document.querySelectorAll(`button[form="${form.id}"][value=check]`)) button.hidden = true;
  const check = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "check");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: running.signal });
      swap(await answer.text(), ids);
    } catch (error) {
      if (error.name !== "AbortError") announce(words.offline);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 400);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); running?.abort(); });
}

// Fetch this page again and again and swap one section, for as long as that asks for it.
function keepFresh(section) {
  setTimeout(async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) swap(await answer.text(), [section.id]);
    const now = document.getElementById(section.id);
    if (now?.dataset.refresh) keepFresh(now);
  }, Number(section.dataset.refresh));
}

// On each event of a stream, fetch this page again and swap one section.
function followStream(section) {
  const stream = new EventSource(section.dataset.live);
  let timer;
  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !swap(await answer.text(), [section.id]).length) announce(words.changed);
    countUnread();
  };
  stream.addEventListener(section.dataset.event || "message", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 150);
  });
  stream.addEventListener("open", () => { document.getElementById(section.id)?.setAttribute("data-connected", ""); });
  addEventListener("pagehide", () => stream.close());
}

// Say in the frame how many alerts are new. Notifications may be away: then nothing is said. The browser keeps the
// number for a moment, but where alerts are read it is asked for anew.
async function countUnread() {
  const here = document.body.dataset.service === "notifications";
  const asked = { cache: here ? "reload" : "default", headers: { "Accept-Language": document.documentElement.lang } };
  const answer = await fetch("/notifications/api/v1/unread", asked).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!told) return;
  const { unread, text } = told;
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.firstElementChild.textContent = unread > 99 ? "99+" : unread;
    badge.lastElementChild.textContent = ` (${text})`;
    badge.hidden = !unread;
  }
}

// A token lives fifteen minutes; a page that stays open asks for the next one in time.
function keepSignedIn() {
  let asked = Date.now();
  const next = encodeURIComponent(`/${document.body.dataset.service}/health/live`);
  const ask = () => {
    if (document.hidden || Date.now() - asked < 9 * 60_000) return;
    asked = Date.now();
    fetch(`/registry/session?next=${next}`).catch(() => {});
  };
  setInterval(ask, 60_000);
  document.addEventListener("visibilitychange", ask);
}

// A map is fetched when its place on the page is first seen: not on the list's tab of a phone, not in what is folded.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    seen.unobserve(entry.target);
    for (const element of [entry.target, ...entry.target.querySelectorAll("[data-map]")]) {
      if (element.dataset.module) import(element.dataset.module).then((module) => module.draw(element, announce));
    }
  }
});

function islands(root) {
  for (const element of root.querySelectorAll("[data-map]")) seen.observe(element.parentElement); // it is hidden itself
  for (const element of root.querySelectorAll("[data-pin], [data-draw]")) seen.observe(element);
}

islands(document);
for (const form of document.querySelectorAll("form[data-check]")) checkWhileTyping(form);
for (const section of document.querySelectorAll("[data-refresh]")) keepFresh(section);
for (const section of document.querySelectorAll("[data-live]")) followStream(section);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
if ("signedIn" in document.body.dataset) {
  keepSignedIn();
  countUnread();
}

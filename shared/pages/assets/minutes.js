// The minutes of a meeting save themselves as they are typed, and lose nothing: what the server has not acknowledged is
// kept on this device, what somebody else wrote is never written over unseen. Without this file each section is a form.

const SAVE_AFTER = 700; // ms without a key
const TRY_AGAIN = 3000;
const LOOK_EVERY = 3000;
const WRITING = 20_000; // who saved so lately is writing still
const KEEP_DAYS = 14;

const root = document.getElementById("writing");
const { minutes: address, date, event: eventId, writer, zone, language } = root.dataset;
const words = JSON.parse(root.dataset.words);
const names = JSON.parse(root.dataset.names);
const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone });
const say = (word, values = {}) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const clock = (instant) => hour.format(new Date(instant));
const plain = (text) => text.replace(/\r\n?/g, "\n");

// A draft belongs to who typed it: another person at the same device is not shown it.
const place = (id) => `osiedle:minutes:${writer}:${eventId}:${id}`;
const store = {
  read(id) { try { return JSON.parse(localStorage.getItem(place(id))); } catch { return null; } },
  write(id, draft) { try { localStorage.setItem(place(id), JSON.stringify(draft)); } catch { /* no room, or not allowed */ } },
  drop(id) { try { localStorage.removeItem(place(id)); } catch { /* not allowed */ } },
};

// Say something to people who listen; focus stays where it is.
function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
}

function make(name, text, values = {}) {
  const element = Object.assign(document.createElement(name), values);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Ask with the session; a token that is over is renewed once.
async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  if (answer.status !== 401) return answer;
  await fetch(`/registry/session?next=${encodeURIComponent("/calendar/health/live")}`);
  return fetch(path, options);
}

class Section {
  constructor(form) {
    this.form = form;
    this.id = form.dataset.section;
    this.area = form.querySelector("textarea");
    this.state = form.querySelector("[data-state]");
    this.field = form.querySelector("input[name=version]");
    this.version = Number(this.field.value);
    this.known = plain(this.area.defaultValue); // what the server has, as far as we know
    this.area.value = this.area.defaultValue; // not what a browser remembers by itself
    this.area.addEventListener("input", () => this.typed());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.save(true); });
    this.offerDraft();
  }

  get text() { return plain(this.area.value); }
  get isDirty() { return this.text !== this.known; }

  show(kind, text, aloud = false) {
    this.form.classList.remove("unsaved", "lost", "saved");
    if (kind) this.form.classList.add(kind);
    this.state.textContent = text;
    if (aloud) announce(text);
  }

  typed() {
    if (!this.isDirty) { store.drop(this.id); return; }
    this.keep();
    if (this.both) return; // first one chooses
    if (!this.form.classList.contains("lost")) this.show("unsaved", say("typing"));
    this.later(SAVE_AFTER);
  }

  keep() { store.write(this.id, { text: this.text, version: this.version, at: Date.now() }); }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  async save(asked = false) {
    clearTimeout(this.timer);
    if (this.both || this.saving) return;
    if (!this.isDirty && !asked) return;
    const sent = this.text;
    this.saving = true;
    let answer = null;
    try {
      answer = await ask(`${address}/${this.id}${date}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "If-Match": `"${this.version}"` },
        body: JSON.stringify({ text: sent }),
      });
    } catch { /* no connection: told below */ }
    this.saving = false;
    const said = answer ? await answer.json().catch(() => null) : null;
    if (answer?.status === 200 && said) this.acknowledged(sent, said, asked);
    else if (answer?.status === 412 && said?.current) this.choose(said.current);
    else if (answer && answer.status < 500 && answer.status !== 429) this.refused(said);
    else this.lost();
  }

  acknowledged(sent, said, aloud) {
    this.take(said.version, sent);
    if (this.isDirty) { this.keep(); this.later(SAVE_AFTER); return; }
    store.drop(this.id);
    this.show("saved", say("saved", { time: clock(said.changed_at ?? Date.now()) }), aloud);
  }

  take(version, text) {
    this.version = version;
    this.known = plain(text);
    this.field.value = version;
  }

  lost() {
    this.keep();
    const isNew = !this.form.classList.contains("lost");
    this.show("lost", say("offline"), isNew);
    this.later(TRY_AGAIN);
  }

  refused(said) {
    this.keep();
    this.show("lost", say("refused", { why: said?.detail || said?.title || "" }), true);
  }

  // Somebody else's newer text takes the place of ours where nothing was typed; else saving will find out.
  hear(told) {
    if (this.both || this.saving || told.version <= this.version) return;
    const who = names[told.organisation_id] ?? say("somebody");
    if (this.isDirty) { if (plain(told.text) === this.text) this.acknowledged(this.text, told, false); return; }
    const [start, end] = [this.area.selectionStart, this.area.selectionEnd];
    this.take(told.version, told.text);
    this.area.value = told.text;
    if (document.activeElement === this.area) this.area.setSelectionRange(start, end);
    if (told.is_own) { this.show("saved", say("saved", { time: clock(told.changed_at) })); return; }
    const isWriting = Date.now() - new Date(told.changed_at) < WRITING;
    const news = !this.heardAt || Date.now() - this.heardAt > WRITING;
    this.heardAt = Date.now();
    this.show("", say("theirs", { who, time: clock(told.changed_at) }), isWriting && news);
  }

  // Both texts side by side; nothing is saved until one is chosen. What is typed meanwhile counts.
  choose(current) {
    if (plain(current.text) === this.text) { this.acknowledged(this.text, { version: current.version }, false); return; }
    this.keep();
    this.show("lost", say("conflict"), true);
    const theirs = plain(current.text);
    this.both?.remove();
    this.both = make("div", undefined, { className: "both" });
    const sides = [[words.now, theirs], [words.mine, this.text]].map(([title, text]) => {
      const side = make("div");
      side.append(make("h3", title), make("pre", text));
      return side;
    });
    this.area.addEventListener("input", () => { sides[1].lastChild.textContent = this.text; });
    const settle = (text) => {
      this.both.remove();
      this.both = null;
      this.take(current.version, theirs);
      this.area.value = text();
      this.area.focus();
      if (this.isDirty) this.save(true);
      else { store.drop(this.id); this.show("", ""); }
    };
    const mine = () => this.text;
    const buttons = make("p", undefined, { className: "buttons" });
    for (const [word, text] of [["take", () => theirs], ["keep", mine], ["join", () => `${theirs}\n\n${mine()}`]]) {
      const button = make("button", words[word], { type: "button", className: "button secondary" });
      button.addEventListener("click", () => settle(text));
      buttons.append(button);
    }
    this.both.append(...sides, buttons);
    this.form.append(this.both);
    buttons.firstChild.focus();
  }

  // What was kept when a connection was lost is offered again, and never put back by itself.
  offerDraft() {
    const draft = store.read(this.id);
    if (!draft) return;
    if (draft.text === this.known || Date.now() - draft.at > KEEP_DAYS * 86_400_000) { store.drop(this.id); return; }
    const box = make("div", undefined, { className: "kept" });
    const buttons = make("p", undefined, { className: "buttons" });
    const restore = make("button", words.restore, { type: "button", className: "button secondary" });
    const discard = make("button", words.discard, { type: "button", className: "button secondary" });
    restore.addEventListener("click", () => {
      box.remove();
      this.version = draft.version; // written over an older text: the server will show both
      this.area.value = draft.text;
      this.area.focus();
      this.save(true);
    });
    discard.addEventListener("click", () => { box.remove(); store.drop(this.id); this.area.focus(); });
    buttons.append(restore, discard);
    box.append(make("p", say("kept", { time: `${new Date(draft.at).toLocaleDateString(language)} ${clock(draft.at)}` })),
      make("pre", draft.text), buttons);
    this.form.prepend(box);
    this.area.addEventListener("input", () => box.remove(), { once: true });
  }
}

const sections = new Map([...root.querySelectorAll("form[data-section]")].map((form) => [form.dataset.section, new Section(form)]));

let tag = "";
async function look() {
  if (!document.hidden) {
    const headers = { Accept: "application/json", ...(tag && { "If-None-Match": tag }) };
    const answer = await ask(`${address}${date}`, { headers }).catch(() => null);
    if (answer?.ok) {
      tag = answer.headers.get("ETag") ?? "";
      for (const told of (await answer.json()).items) sections.get(told.id)?.hear(told);
    }
  }
  setTimeout(look, LOOK_EVERY);
}
setTimeout(look, LOOK_EVERY);
addEventListener("online", () => { for (const one of sections.values()) if (one.isDirty) one.save(); });
addEventListener("pagehide", () => { for (const one of sections.values()) if (one.isDirty) one.keep(); });

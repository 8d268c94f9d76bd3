// Names of people, asked of the registry by whoever looks: other services know people by their ids alone. Without this
// file, or without the right to see somebody, the words of the page stay.

const PEOPLE = "/registry/api/v1/people";
const asked = new Map();

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

function person(id) {
  if (!asked.has(id)) asked.set(id, ask(`${PEOPLE}/${id}`));
  return asked.get(id);
}

async function name(element) {
  const known = await person(element.dataset.person);
  if (known) element.textContent = known.name;
}

function choice(one, organisation, present) {
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  const box = Object.assign(document.createElement("input"), {
    type: "checkbox", name: `here_${organisation}`, value: one.id, checked: present.includes(one.id),
  });
  label.append(box, " ", one.name);
  return label;
}

// Offer the people of an organisation to be ticked; `listed_` tells the server that who is not ticked was not there.
async function offer(list) {
  const { people: organisation, present } = list.dataset;
  const ids = JSON.parse(present);
  const found = await ask(`${PEOPLE}?organisation_id=${organisation}&limit=200`);
  if (!found?.items.length) return;
  const listed = Object.assign(document.createElement("input"), { type: "hidden", name: `listed_${organisation}`, value: "yes" });
  const kept = ids.filter((id) => !found.items.some((one) => one.id === id)); // who left the organisation since
  const hidden = kept.map((id) => Object.assign(document.createElement("input"), { type: "hidden", name: `here_${organisation}`, value: id }));
  list.append(listed, ...hidden, ...found.items.map((one) => choice(one, organisation, ids)));
  list.hidden = false;
}

for (const element of document.querySelectorAll("[data-person]")) name(element);
for (const list of document.querySelectorAll("[data-people]")) offer(list);

// How to reach an organisation: the contacts that whoever looks may see, asked of the registry when the page is opened.

const SIGNS = { phone: "phone", email: "mail", website: "web" };
const HREFS = {
  phone: (value) => `tel:${value.replace(/[^\d+]/g, "")}`,
  email: (value) => `mailto:${value}`,
  website: (value) => (/^https?:/i.test(value) ? value : `//${value}`),
};

function line(contact, list) {
  const words = { phone: list.dataset.call, email: list.dataset.write };
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: HREFS[contact.kind](contact.value), className: "button secondary" });
  const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  sign.setAttribute("class", "icon");
  sign.setAttribute("viewBox", "0 0 24 24");
  sign.setAttribute("aria-hidden", "true");
  const use = sign.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  use.setAttribute("href", `${list.dataset.sprite}#${SIGNS[contact.kind]}`);
  const said = (words[contact.kind] ?? "{value}").replace("{value}", contact.value);
  link.append(sign, contact.person_name ? `${said} (${contact.person_name})` : said);
  item.append(link);
  return item;
}

async function show(list) {
  const answer = await fetch(list.dataset.contacts, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { items } = await answer.json();
  list.replaceChildren(...items.filter((one) => one.kind in HREFS && !one.withdrawn_at).map((one) => line(one, list)));
}

for (const list of document.querySelectorAll("[data-contacts]")) show(list);

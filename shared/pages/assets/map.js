// The map beside a list, and the picker of a pin: Leaflet over our own sketch of the neighbourhood, and no tile is
// fetched, unless the operator gave a file of theirs or named somebody's tiles (then the element says so).

const SKETCH = [[50.079, 19.889], [50.097, 19.933]]; // as in shared/pages/sketch.py
const CENTRE = [50.0885, 19.911];
const ICONS = { organisation: "institution", venue: "pin", resource: "resource", need: "need", event: "calendar", problem: "warning", fact: "closure", closure: "closure" };

export async function draw(element, announce) {
  if (element.dataset.drawn) return;
  element.dataset.drawn = "yes";
  await loaded(element.dataset.style);
  const { default: L } = await import(element.dataset.leaflet);
  if ("pin" in element.dataset) pickPin(L, element, announce);
  else if ("draw" in element.dataset) drawShape(L, element, announce);
  else showPins(L, element);
}

function loaded(address) {
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: done, onerror: done });
    document.head.append(link);
  });
}

function ground(L, box, words, options) {
  const isSketch = !words.basemap && !words.tiles;
  const zooms = isSketch ? { minZoom: 13, maxZoom: 18, maxBoundsViscosity: 1 } : { minZoom: 11, maxZoom: 19 };
  const map = L.map(box, { zoomSnap: 0.25, zoomControl: false, attributionControl: !isSketch, ...zooms, ...options });
  map.attributionControl?.setPrefix(false);
  L.control.zoom({ zoomInTitle: words.near, zoomOutTitle: words.far }).addTo(map);
  const attribution = plain(words.attribution ?? "");
  if (words.basemap) paint(L, map, words, attribution);
  else if (words.tiles) L.tileLayer(words.tiles, { maxZoom: 19, attribution }).addTo(map);
  else sketch(L, map, words);
  map.isSketch = isSketch;
  return map.setView(CENTRE, 15);
}

function sketch(L, map, words) {
  L.imageOverlay(words.sketch, SKETCH, { alt: "" }).addTo(map);
}

// A file of ours is drawn by a script that only those fetch who have one; when it cannot be, the sketch is there.
async function paint(L, map, words, attribution) {
  try {
    globalThis.L = L;
    const { leafletLayer } = await import(words.painter);
    leafletLayer({ url: words.basemap, flavor: "light", lang: words.tongue, maxDataZoom: Number(words.deepest), attribution }).addTo(map);
  } catch {
    sketch(L, map, words);
  }
}

// Leaflet takes what it is told for markup.
function plain(text) {
  return Object.assign(document.createElement("span"), { textContent: text }).innerHTML;
}

function icon(L, kind, sprite) {
  const sign = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="${sprite}#${ICONS[kind] ?? "pin"}"></use></svg>`;
  return L.divIcon({ className: "", html: `<span class="pin ${kind}">${sign}</span>`, iconSize: [34, 34], iconAnchor: [17, 40], popupAnchor: [0, -36] });
}

function card(pin) {
  const box = document.createElement("div");
  const name = Object.assign(document.createElement(pin.url ? "a" : "strong"), { textContent: pin.title });
  if (pin.url) name.href = pin.url;
  box.append(name);
  if (pin.text) box.append(Object.assign(document.createElement("div"), { textContent: pin.text }));
  return box;
}

function showPins(L, element) {
  const pins = JSON.parse(element.querySelector("script").textContent).filter((pin) => pin.latitude != null);
  const words = element.dataset;
  const box = document.createElement("div");
  element.hidden = false;
  element.append(box);
  const map = ground(L, box, words);
  const group = L.markerClusterGroup({
    maxClusterRadius: 38,
    showCoverageOnHover: false,
    iconCreateFunction: (cluster) => L.divIcon({
      className: "", iconSize: [40, 40],
      html: `<span class="cluster" title="${words.more.replace("{count}", cluster.getChildCount())}">${cluster.getChildCount()}</span>`,
    }),
  });
  const markers = new Map();
  for (const pin of pins) {
    // The list beside the map says the same and is the way by keyboard; so the pins are no tab stops.
    const at = [pin.latitude, pin.longitude];
    const marker = pin.confidential
      ? L.circle(at, { radius: pin.radius_m, className: "somewhere", weight: 3 }).addTo(map)
      : L.marker(at, { icon: icon(L, pin.kind, words.sprite), title: pin.title, keyboard: false });
    markers.set(String(pin.id), marker.bindPopup(card(pin), { maxWidth: 240 }));
  }
  group.addLayers([...markers.values()].filter((marker) => marker instanceof L.Marker));
  map.addLayer(group);
  if (map.isSketch && pins.every((pin) => L.latLngBounds(SKETCH).contains([pin.latitude, pin.longitude]))) stayOnSketch(map);
  if (pins.length) map.fitBounds(L.latLngBounds(pins.map((pin) => [pin.latitude, pin.longitude])), { padding: [40, 40], maxZoom: 16.5 });
  showFromList(group, markers);
  const kept = "keeps" in words ? reopen(map) : false;
  if (words.areas) shapes(L, words.areas).then((drawn) => addAreas(map, drawn, pins.length === 0 && !kept));
  switchLayers(L, map);
  if ("keeps" in words) keepView(map);
}

// What is seen stands in the address (#map=zoom/latitude/longitude&layers=…), so that it can be sent to somebody.
function reopen(map) {
  const seen = new URLSearchParams(location.hash.slice(1));
  const [zoom, latitude, longitude] = (seen.get("map") ?? "").split("/").map(Number);
  const layers = new Set((seen.get("layers") ?? "").split(","));
  for (const box of document.querySelectorAll("[data-layer]")) box.checked ||= layers.has(box.value);
  if (![zoom, latitude, longitude].every(Number.isFinite) || !zoom) return false;
  map.setView([latitude, longitude], zoom, { animate: false });
  return true;
}

function keepView(map) {
  const keep = () => {
    const { lat, lng } = map.getCenter();
    const layers = [...document.querySelectorAll("[data-layer]:checked")].map((box) => box.value).join(",");
    const place = `map=${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
    history.replaceState(null, "", `#${place}${layers ? `&layers=${layers}` : ""}`);
  };
  // not what the page does by itself while it opens: only what somebody does
  map.once("movestart zoomstart", () => map.on("moveend", keep));
  for (const box of document.querySelectorAll("[data-layer]")) box.addEventListener("change", keep);
}

// What is drawn on the map, or brought onto it, is fetched as GeoJSON; its colours are the style sheet's.
async function shapes(L, address, look) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } }).catch(() => null);
  const style = (feature) => ({ className: `area ${look ?? feature.properties.look}`, weight: 3 });
  return L.geoJSON(answer?.ok ? await answer.json() : [], {
    style,
    pointToLayer: (feature, point) => L.circleMarker(point, { ...style(feature), radius: 8, keyboard: false }),
    onEachFeature: (feature, layer) => layer.bindPopup(card({ title: feature.properties.name, text: told(feature.properties) }), { maxWidth: 240 }),
  });
}

function told(about) {
  return [about.description, about.source, about.licence].filter(Boolean).join(" · ");
}

function addAreas(map, drawn, isAll) {
  drawn.addTo(map).bringToBack();
  if (isAll && drawn.getLayers().length) map.fitBounds(drawn.getBounds(), { padding: [20, 20], maxZoom: 17 });
}

// A box of the list, <input type=checkbox data-layer="address of its features">, shows a layer; without a map it is hidden.
function switchLayers(L, map) {
  for (const box of document.querySelectorAll("[data-layer]")) {
    box.closest("[hidden]")?.removeAttribute("hidden");
    let layer;
    const change = async () => {
      layer ??= shapes(L, box.dataset.layer, box.dataset.look);
      const drawn = await layer;
      if (box.checked) drawn.addTo(map);
      else drawn.remove();
    };
    box.addEventListener("change", change);
    if (box.checked) change();
  }
}

// Where everything lies on the sketch, its edges are not shown.
function stayOnSketch(map) {
  map.setMinZoom(Math.min(map.getBoundsZoom(SKETCH, true), 16));
  map.setMaxBounds(SKETCH);
}

// A button of the list, <button data-shows="id of a pin" hidden>, opens its pin on the map.
function showFromList(group, markers) {
  for (const button of document.querySelectorAll("[data-shows]")) {
    const marker = markers.get(button.dataset.shows);
    if (!marker) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (group.hasLayer(marker)) group.zoomToShowLayer(marker, () => marker.openPopup());
      else marker._map.fitBounds(marker.getBounds()), marker.openPopup();
      marker._map?.getContainer().scrollIntoView({ block: "nearest" });
    });
  }
}

export function coordinates(text) {
  const numbers = text.match(/-?\d+[.,]\d+/g)?.map((number) => Number(number.replace(",", ".")));
  if (numbers?.length !== 2 || Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180) return null;
  return numbers;
}

function pickPin(L, element, announce) {
  const words = element.dataset;
  const input = document.getElementById(words.pin);
  const box = Object.assign(document.createElement("div"), { className: "map small", tabIndex: 0 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.label);
  element.append(box);
  const map = ground(L, box, words, { keyboard: false });
  let marker = null;
  const put = (place, look) => {
    marker ??= L.marker(place, { icon: icon(L, "venue", words.sprite), keyboard: false, interactive: false }).addTo(map);
    marker.setLatLng(place);
    if (look || !map.getBounds().contains(place)) map.setView(place);
  };
  const write = (place) => {
    put(place, false);
    input.value = `${place.lat.toFixed(5)}, ${place.lng.toFixed(5)}`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const read = () => { const place = coordinates(input.value); if (place) put(L.latLng(place), true); };
  map.on("click", (event) => write(event.latlng));
  input.addEventListener("change", read);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const metres = event.shiftKey ? 100 : 10;
    const from = marker?.getLatLng() ?? map.getCenter();
    const east = metres / (111_320 * Math.cos((from.lat * Math.PI) / 180));
    write(L.latLng(from.lat + (step[0] * metres) / 111_200, from.lng + step[1] * east));
    announce(`${words.moved} ${input.value}`);
  });
  read();
}

// Corners by taps, or in the middle of the map by Enter or a button, written into the field as GeoJSON; the field, in
// which corners can be typed too, a latitude and a longitude on each line, stays the truth.
function drawShape(L, element, announce) {
  const words = element.dataset;
  const field = document.getElementById(words.draw);
  const box = Object.assign(document.createElement("div"), { className: "map drawing", tabIndex: 0 });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", words.label);
  const tools = Object.assign(document.createElement("div"), { className: "buttons" });
  const closed = Object.assign(document.createElement("input"), { type: "checkbox", checked: true, id: `${words.draw}-closed` });
  const choice = Object.assign(document.createElement("label"), { className: "choice" });
  choice.append(closed, Object.assign(document.createElement("span"), { textContent: words.close }));
  const tool = (text, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button secondary", textContent: text });
    button.addEventListener("click", act);
    tools.append(button);
  };
  element.prepend(Object.assign(document.createElement("p"), { className: "hint", textContent: words.label }), box, choice, tools);
  if (!element.querySelector("details .error")) element.querySelector("details")?.removeAttribute("open");
  const map = ground(L, box, words, {});
  box.append(Object.assign(document.createElement("span"), { className: "crosshair" }));
  let corners = [];
  let shown = L.layerGroup().addTo(map);
  const show = () => {
    shown.clearLayers();
    for (const corner of corners) L.circleMarker(corner, { radius: 5, className: "area blue", interactive: false }).addTo(shown);
    if (corners.length > 1) (closed.checked ? L.polygon : L.polyline)(corners, { className: "area blue", interactive: false }).addTo(shown);
  };
  const write = () => {
    show();
    const line = corners.map((corner) => [Number(corner.lng.toFixed(6)), Number(corner.lat.toFixed(6))]);
    const area = { type: "Polygon", coordinates: [[...line, line[0]]] };
    field.value = corners.length < 2 ? "" : JSON.stringify(closed.checked ? area : { type: "LineString", coordinates: line });
    announce(words.said.replace("{count}", corners.length));
  };
  const look = () => corners.length && map.fitBounds(L.latLngBounds(corners), { padding: [20, 20], maxZoom: 17 });
  const read = () => {
    try {
      const typed = field.value.trim().split("\n").map(coordinates);
      const isTyped = typed.every(Boolean);
      if (isTyped) corners = typed.map((corner) => L.latLng(corner));
      if (isTyped) return show(), look();
      const value = JSON.parse(field.value);
      const line = value.type === "Polygon" && value.coordinates.length === 1 ? value.coordinates[0].slice(0, -1) : value.type === "LineString" ? value.coordinates : [];
      closed.checked = value.type !== "LineString";
      corners = line.map(([east, north]) => L.latLng(north, east));
      show();
      look();
    } catch { /* what is half typed is no drawing yet */ }
  };
  const set = (corner) => { corners.push(corner); write(); };
  map.on("click", (event) => set(event.latlng));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    set(map.getCenter());
  });
  closed.addEventListener("change", write);
  field.addEventListener("change", read);
  tool(words.set, () => set(map.getCenter()));
  tool(words.undo, () => { corners.pop(); write(); });
  tool(words.clear, () => { corners = []; write(); });
  read();
}

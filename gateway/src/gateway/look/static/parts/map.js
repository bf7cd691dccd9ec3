// The map of the sites: pins with a number, a window with a link. Without a tile server it stays a quiet ground.
import "../vendor/leaflet.js";

const L = globalThis.L;
const GERMANY = [[47.3, 5.9], [55, 15]];

export async function maps(root) {
  await stylesheet();
  for (const place of root.querySelectorAll("[data-map]:not([data-woken])")) {
    place.dataset.woken = "yes";
    draw(place);
  }
}

/** Leaflet's own styles come only with a map, and before our corrections of them. */
function stylesheet() {
  if (document.querySelector("link[data-leaflet]")) return Promise.resolve();
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.dataset.leaflet = "yes";
    link.href = new URL("../vendor/leaflet.css", import.meta.url).href;
    link.onload = link.onerror = done;
    document.querySelector("link[rel=stylesheet]").before(link);
  });
}

function draw(place) {
  const markers = JSON.parse(place.querySelector("script[type='application/json']").textContent);
  const { tiles, attribution, zoomIn, zoomOut } = place.dataset;
  const map = L.map(place, { zoomControl: false, attributionControl: Boolean(attribution), scrollWheelZoom: false });
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.attributionControl?.setPrefix(false);
  if (tiles) L.tileLayer(tiles, { attribution: escaped(attribution), maxZoom: 19 }).addTo(map);
  // Scrolling the page must not be caught by the map until it is asked for.
  map.on("focus click", () => map.scrollWheelZoom.enable());

  const pins = markers.map((marker) =>
    L.marker([marker.lat, marker.lng], { icon: pin(marker.count), title: marker.label, alt: marker.label, riseOnHover: true }).bindPopup(popup(marker, place.dataset.go)).addTo(map),
  );
  map.fitBounds(pins.length ? L.featureGroup(pins).getBounds() : GERMANY, { padding: [48, 48], maxZoom: 14, animate: false });
  place.addEventListener("map:show", (event) => {
    const at = markers.findIndex((marker) => marker.href === event.detail);
    if (at >= 0) pins[at].openPopup();
  });
}

function pin(count) {
  const drawing = `<svg viewBox="0 0 34 42" aria-hidden="true"><path d="M17 41C17 41 32 26 32 16.5A15 15 0 0 0 2 16.5C2 26 17 41 17 41Z"/><text x="17" y="21.5">${Number(count ?? 0) || "•"}</text></svg>`;
  return L.divIcon({ className: "map-pin", html: drawing, iconSize: [34, 42], iconAnchor: [17, 41], popupAnchor: [0, -38] });
}

function popup({ label, text, href }, go) {
  const box = document.createElement("div");
  const name = document.createElement("strong");
  name.textContent = label;
  box.append(name);
  if (text) {
    const line = document.createElement("div");
    line.textContent = text;
    box.append(line);
  }
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = go;
    box.append(link);
  }
  return box;
}

function escaped(text) {
  const box = document.createElement("span");
  box.textContent = text ?? "";
  return box.innerHTML;
}

// Keeps the look and one offline page on the device; never a page with data. The version comes from the address it is registered by.
const version = new URL(location.href).searchParams.get("v") ?? "0";
const CACHE = `look-${version}`;
const OFFLINE = "/offline";
const look = (file) => `/look/${version}/${file}`;
const KEPT = [
  OFFLINE,
  "/look/tenant.css",
  ...["vendor/tabler.min.css", "portal.css", "frame.css", "parts.css", "flows.css", "vendor/inter-latin.woff2", "vendor/icons.svg", "portal.js", "app/icon-192.png", "app/favicon.svg"].map(look),
];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("look-") && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.pathname.startsWith(`/look/${version}/`)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request).then((fresh) => keep(request, fresh))));
  } else if (address.pathname === "/look/tenant.css") {
    event.respondWith(fetch(request).then((fresh) => keep(request, fresh)).catch(() => caches.match(request)));
  }
});

async function keep(request, fresh) {
  if (fresh.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, fresh.clone());
  }
  return fresh;
}

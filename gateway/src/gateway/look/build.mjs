// Copies what the browser needs out of node_modules into static/vendor and cuts the icon sprite. Run by `npm run assets`.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "..", "..", "..", "node_modules");
const vendor = join(here, "static", "vendor");

const copies = {
  "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "chart.js/dist/chart.umd.min.js": "chart.min.js",
  "leaflet/dist/leaflet.js": "leaflet.js",
  "leaflet/dist/leaflet.css": "leaflet.css",
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
  "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
};

// Our name on the left, Tabler's on the right: pages keep their names when the icon set changes its own.
const icons = {
  home: "home", site: "map-pin", sites: "map-pins", container: "box", containers: "packages", shop: "shopping-cart",
  order: "clipboard-list", quote: "messages", invoice: "file-invoice", report: "chart-bar", truck: "truck-delivery",
  waste: "recycle", weight: "scale", exchange: "refresh", empty: "arrow-bar-to-up", remove: "truck-return",
  place: "arrow-bar-to-down", calendar: "calendar", "calendar-done": "calendar-check", clock: "clock", hourglass: "hourglass",
  user: "user", users: "users", "user-add": "user-plus", profile: "user-circle", language: "language", logout: "logout",
  login: "login-2", lock: "lock", key: "key", mail: "mail", "mail-open": "mail-opened", phone: "phone", send: "send",
  reply: "arrow-back-up", attachment: "paperclip", file: "file", pdf: "file-type-pdf", image: "photo", table: "table",
  download: "download", upload: "upload", print: "printer", search: "search", filter: "filter", sort: "arrows-sort",
  "sort-up": "sort-ascending", "sort-down": "sort-descending", plus: "plus", minus: "minus", edit: "pencil", delete: "trash",
  close: "x", check: "check", done: "circle-check", refused: "circle-x", cancelled: "ban", info: "info-circle",
  warning: "alert-triangle", danger: "alert-circle", help: "help-circle", eye: "eye", settings: "settings", menu: "menu-2",
  more: "dots", next: "chevron-right", previous: "chevron-left", down: "chevron-down", back: "arrow-left", forward: "arrow-right",
  external: "external-link", building: "building", note: "note", history: "history", bell: "bell", app: "device-mobile",
  share: "share-2", offline: "wifi-off", money: "coin-euro", card: "credit-card", tag: "tag", star: "star", shield: "shield-check",
  documents: "files", tour: "compass", dot: "point", tool: "tool", gate: "building-warehouse",
};

async function sprite() {
  const symbols = await Promise.all(
    Object.entries(icons).map(async ([name, source]) => {
      const svg = await readFile(join(modules, "@tabler/icons/icons/outline", `${source}.svg`), "utf8");
      const drawing = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s+/g, " ").trim();
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
for (const [from, to] of Object.entries(copies)) {
  if (/\.(css|js)$/.test(to)) {
    const text = await readFile(join(modules, from), "utf8");
    await writeFile(join(vendor, to), text.replace(/\/[/*][#@] sourceMappingURL=\S+(\s*\*\/)?/g, ""));
  } else {
    await copyFile(join(modules, from), join(vendor, to));
  }
}
await writeFile(join(vendor, "icons.svg"), await sprite());
console.log(`${Object.keys(copies).length} files and ${Object.keys(icons).length} icons in ${vendor}`);

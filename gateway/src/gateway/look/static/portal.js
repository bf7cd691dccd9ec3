// The one script of every page. All of it is comfort: each page works without, too.
import { drops, dialogs } from "./parts/windows.js";
import { guards, filters, passwords, fileLists, wrongEntries } from "./parts/forms.js";
import { processing, unread } from "./parts/news.js";
import { tour } from "./parts/tour.js";
import { installation } from "./parts/app.js";

const version = document.querySelector("meta[name=look-version]")?.content ?? "";

function wake(root) {
  passwords(root);
  fileLists(root);
  processing(root);
  wrongEntries(root);
  // Heavy libraries only where there is something to draw.
  if (root.querySelector("[data-chart]")) import("./parts/charts.js").then((part) => part.charts(root));
  if (root.querySelector("[data-map]")) import("./parts/map.js").then((part) => part.maps(root));
}

document.documentElement.classList.add("js");
drops();
dialogs();
guards();
filters();
tour();
installation();
unread();
wake(document);
document.addEventListener("htmx:after:swap", () => wake(document));
document.addEventListener("htmx:finally:request", () => {
  const total = document.querySelector("#list [data-total], #list .pages p");
  if (total) announce(total.textContent.trim());
});

/** Says a sentence to screen readers without moving the focus. */
export function announce(sentence) {
  const place = document.getElementById("announcer");
  if (place) place.textContent = sentence;
}

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register(`/sw.js?v=${version}`).catch(() => undefined);
}

// What changes while the page is open: the unread number, and an entry that is still being processed.

const MINUTE = 60_000;
const FIRST_WAIT = 400;
const LONGEST_WAIT = 5_000;

/** Asks for the counts when the page comes to the front again, and once a minute while it is looked at. */
export function unread() {
  const address = document.body.dataset.badges;
  if (!address) return;
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) show(await answer.json());
  };
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, MINUTE);
}

function show(counts) {
  for (const mark of document.querySelectorAll("[data-count]")) {
    const count = counts[mark.dataset.count] ?? 0;
    mark.hidden = count === 0;
    mark.querySelector("[data-number]").textContent = count < 100 ? String(count) : "99+";
  }
}

/** Looks whether the page has caught up with what was just entered; the fresh content then takes the place of the old. */
export function processing(root) {
  for (const notice of root.querySelectorAll("[data-processing]:not([data-woken])")) {
    notice.dataset.woken = "yes";
    again(notice, FIRST_WAIT);
  }
}

function again(notice, wait) {
  setTimeout(async () => {
    if (!notice.isConnected) return;
    const answer = await fetch(notice.dataset.processing, { headers: { Accept: "text/html" } }).catch(() => null);
    const fresh = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    if (!fresh || fresh.querySelector("[data-processing]")) {
      again(notice, Math.min(wait * 2, LONGEST_WAIT));
    } else if (typing()) {
      notice.remove();
    } else {
      location.replace(answer.url);
    }
  }, wait);
}

// Nobody loses a half-written sentence to a page that renews itself.
function typing() {
  return document.activeElement?.matches("input, textarea, select") && document.activeElement.value !== "";
}

// The introduction: a window that points at one part of the page after the other. Esc or "Skip" ends it for good.

let pointed = null;

export function tour() {
  const window_ = document.getElementById("tour");
  if (!window_) return;
  const steps = JSON.parse(window_.querySelector("[data-tour-steps]").textContent);
  const part = (name) => window_.querySelector(`[data-tour-${name}]`);
  part("dots").replaceChildren(...steps.map(() => document.createElement("i")));
  let now = 0;

  const show = (step) => {
    now = step;
    const { title, text, at } = steps[now];
    window_.querySelector("h2").textContent = title;
    window_.querySelector("#tour-text").textContent = text;
    part("place").textContent = `${now + 1} / ${steps.length}`;
    part("back").hidden = now === 0;
    part("skip").hidden = now === steps.length - 1;
    part("next").textContent = now === steps.length - 1 ? window_.dataset.last : window_.dataset.next;
    [...part("dots").children].forEach((dot, place) => dot.classList.toggle("now", place === now));
    point(window_, at && [...document.querySelectorAll(at)].find((one) => one.offsetParent !== null && one.getClientRects().length));
    window_.querySelector("h2").focus();
  };
  const start = () => {
    for (const drop of document.querySelectorAll("details[data-drop][open]")) drop.open = false;
    window_.showModal();
    show(0);
  };
  const end = () => {
    point(window_, null);
    window_.close();
  };

  part("next").addEventListener("click", () => (now === steps.length - 1 ? end() : show(now + 1)));
  part("back").addEventListener("click", () => show(now - 1));
  part("skip").addEventListener("click", end);
  window_.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" && now < steps.length - 1) show(now + 1);
    if (event.key === "ArrowLeft" && now > 0) show(now - 1);
  });
  // Esc closes a dialog by itself; seen is seen, however it ended.
  window_.addEventListener("close", () => {
    point(window_, null);
    if (window_.hasAttribute("data-tour-now")) seen(part("done"));
    window_.removeAttribute("data-tour-now");
  });
  addEventListener("resize", () => window_.open && place(window_));
  for (const opener of document.querySelectorAll("[data-tour-start]")) opener.addEventListener("click", start);
  if (window_.hasAttribute("data-tour-now")) start();
}

function seen(form) {
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => undefined);
}

function point(window_, target) {
  pointed?.classList.remove("tour-shown");
  pointed = target || null;
  pointed?.classList.add("tour-shown");
  window_.classList.toggle("tour-pointing", pointed !== null);
  place(window_);
}

/** Beside what it speaks of: below it, or above when it stands at the foot of the screen. */
function place(window_) {
  const style = window_.style;
  style.margin = style.left = style.top = "";
  if (!pointed) return;
  const box = pointed.getBoundingClientRect();
  const own = window_.getBoundingClientRect();
  const gap = 16;
  const left = Math.min(Math.max(gap, box.left + box.width / 2 - own.width / 2), innerWidth - own.width - gap);
  const below = box.bottom + gap + own.height < innerHeight;
  style.margin = "0";
  style.left = `${left}px`;
  style.top = `${below ? box.bottom + gap : Math.max(gap, box.top - gap - own.height)}px`;
}

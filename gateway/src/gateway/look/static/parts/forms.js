// Comfort in forms: no double submit, password to look at, chosen files as a list, the first wrong entry in view.

/** After a submit the button is busy and a second submit of the same form is dropped. */
export function guards() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button?.matches(".btn")) return;
    button.setAttribute("aria-busy", "true");
    const label = button.querySelector("span");
    if (label && button.dataset.busy) {
      button.dataset.label = label.textContent;
      label.textContent = button.dataset.busy;
    }
    // Not at once: a disabled button would not send its own name and value.
    setTimeout(() => (button.disabled = true));
  });
  // The page comes back out of the browser's memory: the forms are free again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) free(document);
  });
  document.addEventListener("htmx:finally:request", () => free(document));
}

function free(root) {
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of root.querySelectorAll('.btn[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
    if (button.dataset.label) button.querySelector("span").textContent = button.dataset.label;
  }
}

/** On a phone the filters fold away behind a button. */
export function filters() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filters]");
    if (!button) return;
    const open = button.closest("form").classList.toggle("toolbar-open");
    button.setAttribute("aria-expanded", String(open));
  });
}

export function passwords(root) {
  for (const button of root.querySelectorAll("[data-reveal][hidden]")) {
    const input = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", String(show));
    });
  }
}

export function fileLists(root) {
  for (const zone of root.querySelectorAll("[data-files]:not([data-woken])")) {
    zone.dataset.woken = "yes";
    const input = zone.querySelector("input");
    const list = document.querySelector(`[data-files-list="${zone.dataset.files}"]`);
    const show = () => list.replaceChildren(...[...input.files].map((file, place) => line(file, place, input, zone, show)));
    input.addEventListener("change", show);
    for (const name of ["dragover", "dragleave", "drop"]) {
      zone.addEventListener(name, () => zone.classList.toggle("dropzone-over", name === "dragover"));
    }
    show();
  }
}

function line(file, place, input, zone, show) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  const size = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  name.textContent = `${file.name} (${size.format(Math.max(file.size / 1e6, 0.1))} MB)`;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn-plain";
  remove.textContent = zone.dataset.remove;
  remove.setAttribute("aria-label", `${zone.dataset.remove}: ${file.name}`);
  remove.addEventListener("click", () => {
    const kept = new DataTransfer();
    [...input.files].forEach((one, at) => at !== place && kept.items.add(one));
    input.files = kept.files;
    show();
    input.focus();
  });
  item.append(name, remove);
  return item;
}

export function wrongEntries(root) {
  root.querySelector("[data-focus]")?.focus();
}

// Menus that fold down and windows over the page, on the browser's own <details> and <dialog>.

/** An open menu closes by Esc, by a click elsewhere and when the focus leaves it. */
export function drops() {
  const open = () => document.querySelectorAll("details[data-drop][open]");
  document.addEventListener("click", (event) => {
    for (const drop of open()) if (!drop.contains(event.target)) drop.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const drop of open()) if (!drop.contains(event.target)) drop.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const drop of open()) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
  });
}

/** Opens and closes by data-opens / data-closes where the browser does not know `commandfor` yet; a click beside a window closes it. */
export function dialogs() {
  document.querySelectorAll("dialog[data-open]").forEach((dialog) => dialog.showModal());
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener && !opener.commandForElement) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog && !dialog.open) dialog.showModal();
    }
    const closer = event.target.closest("[data-closes]");
    if (closer && !closer.commandForElement) closer.closest("dialog")?.close();
    if (event.target.matches("dialog.window") && beside(event)) event.target.close();
  });
}

function beside(event) {
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  return event.detail > 0 && !inside;
}

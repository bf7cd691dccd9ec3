// The portal as an app: the button where a browser offers it, a hint on the iPhone, and "Not now" remembered, except
// on the page that somebody opens in order to install it.

const LATER = "install-later";

export function installation() {
  const panel = document.querySelector("[data-install]");
  const standing = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  if (!panel || standing || (panel.dataset.install !== "asked" && remembered())) return;

  const button = panel.querySelector("[data-install-go]");
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    panel.hidden = false;
    button.hidden = false;
    button.onclick = async () => {
      await event.prompt();
      panel.hidden = true;
    };
  });
  addEventListener("appinstalled", () => (panel.hidden = true));
  if (/iphone|ipad/i.test(navigator.userAgent)) {
    panel.hidden = false;
    panel.querySelector("[data-install-ios]").hidden = false;
  }
  panel.querySelector("[data-install-later]")?.addEventListener("click", () => {
    panel.hidden = true;
    try {
      localStorage.setItem(LATER, "yes");
    } catch {
      // Private windows may refuse to remember; the panel then comes again.
    }
  });
}

function remembered() {
  try {
    return localStorage.getItem(LATER) === "yes";
  } catch {
    return false;
  }
}

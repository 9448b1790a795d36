/**
 * Parts of a page that stay true while it is open: `<… data-live hx-get="…" hx-trigger="pulse">`. The server answers 204
 * while nothing has changed. Nobody is asked while the tab is hidden.
 */
const EVERY = 700;

export function initLive() {
  setInterval(pulse, EVERY);
  document.addEventListener("visibilitychange", pulse);
  // What the page asks by itself does not keep a session open.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.triggeringEvent?.type === "pulse") detail.headers["X-Background"] = "yes";
  });
  document.addEventListener("htmx:beforeSwap", (event) => remember(event));
  document.addEventListener("htmx:afterSettle", restore);
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", hush);
}

function pulse() {
  if (document.visibilityState !== "visible" || !navigator.onLine) return;
  for (const part of document.querySelectorAll("[data-live]")) window.htmx.trigger(part, "pulse");
}

/** Who signs out is asked to sign in by that answer alone, and not by one to a part of the page that was on its way. */
function hush() {
  for (const step of ["htmx:beforeRequest", "htmx:beforeOnLoad"]) {
    document.addEventListener(step, (event) => event.preventDefault());
  }
}

// Whoever reads or tabs through a part that is renewed keeps the place: what is open stays open, what has focus keeps it.
let opened = [];
let focused = "";

function remember(event) {
  const part = event.detail.target;
  if (!part.matches?.("[data-live]")) return;
  opened = [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
  focused = part.contains(document.activeElement) ? (document.activeElement.getAttribute("href") ?? "") : "";
}

function restore() {
  for (const summary of document.querySelectorAll("[data-live] details > summary")) {
    if (opened.includes(summary.textContent)) summary.parentElement.open = true;
  }
  if (focused) document.querySelector(`[data-live] a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  opened = [];
  focused = "";
}

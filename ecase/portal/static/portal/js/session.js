/**
 * A session that ends while somebody writes says so in place: `<dialog id="session-ended">`, on pages with a draft. What
 * is typed stays on the page, and in this browser for the same officer.
 */

export function initSessionEnd() {
  const dialog = document.getElementById("session-ended");
  if (!dialog) return;
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const address = endedAt(event.detail.xhr);
    if (!address) return;
    event.preventDefault();
    dialog.querySelector("a").href = address;
    if (!dialog.open) dialog.showModal();
  });
}

/** Where to sign in again, if the answer says that the session has ended. */
export function endedAt(xhr) {
  const address = xhr?.getResponseHeader("HX-Redirect") ?? "";
  return address.includes("ended=1") ? address : "";
}

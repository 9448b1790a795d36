/** What every page runs. Pages work by attributes: see the module of each feature. */
import { Button, CharacterCount, ErrorSummary, SkipLink, createAll } from "../dist/govuk-frontend.min.js";
import { initAsked, showAsked } from "./asked.js";
import { initCountdowns, refresh } from "./countdown.js";
import { initDecision, grow } from "./decision.js";
import { initDrafts, initSignOut } from "./draft.js";
import { initGenuine } from "./genuine.js";
import { initLive } from "./live.js";
import { initRows } from "./rows.js";
import { initSessionEnd } from "./session.js";
import { initSigning } from "./signing.js";
import { initSigningMany } from "./signing_many.js";
import { initUploads } from "./upload.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, CharacterCount, ErrorSummary, SkipLink]) createAll(component);

initCountdowns();
initDecision();
initRows();
initDrafts();
initSignOut();
initSessionEnd();
initLive();
initSigning();
initSigningMany();
initUploads();
initGenuine();
initEditors();
initAsked();

document.addEventListener("htmx:afterSettle", () => {
  refresh();
  initEditors();
  showAsked();
});
document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggles]");
  if (toggle) toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

function initEditors() {
  for (const editor of document.querySelectorAll("textarea[data-grows]:not([data-growing])")) {
    editor.dataset.growing = "yes";
    editor.addEventListener("input", () => grow(editor));
    grow(editor);
  }
}

/**
 * Fields that a form asks for after some answers only: `<div data-asked-by="name" data-asked-for='["answer"]'>` is shown
 * while the input of that name has one of the answers. Whatever holds an answer, an error or the focus stays shown.
 */
import { wording } from "./messages.js";

const say = wording("draft-words");

export function initAsked() {
  showAsked();
  document.addEventListener("change", (event) => event.target.form && announce(showAsked(event.target.form)));
}

/** Show and hide by what is answered now; the fields that have come to be shown. */
export function showAsked(root = document) {
  return [...root.querySelectorAll("[data-asked-by]")].filter((group) => {
    const wasHidden = group.hidden;
    group.hidden = !isAsked(group) && !isInUse(group);
    return wasHidden && !group.hidden;
  });
}

function isAsked(group) {
  const given = new FormData(group.closest("form")).getAll(group.dataset.askedBy);
  const answers = given.length > 0 ? given : [""];
  const asked = JSON.parse(group.dataset.askedFor);
  return answers.some((answer) => asked.includes(answer));
}

function isInUse(group) {
  if (group.matches(".govuk-form-group--error, :focus-within") || group.querySelector("[data-row]")) return true;
  return [...group.querySelectorAll("input, select, textarea")].some(isAnswered);
}

function isAnswered(input) {
  return ["radio", "checkbox"].includes(input.type) ? input.checked : input.value !== "";
}

function announce(groups) {
  if (groups.length === 0) return;
  const labels = groups.map((group) => group.querySelector(".app-label").firstChild.textContent.trim());
  document.getElementById("newly-asked").textContent = say("asked", { labels: labels.join("; ") });
}

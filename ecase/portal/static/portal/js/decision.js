/**
 * Taking an assistant's draft over into the editor: copied, never linked; the draft itself stays beside it unchanged.
 * The whole button takes the reasoning only: the paper states the other parts from the facts.
 */

export function initDecision(root = document) {
  root.addEventListener("click", (event) => {
    const all = event.target.closest("[data-take-over]");
    const one = event.target.closest("[data-take-paragraph]");
    if (all) take(all, [...document.querySelectorAll("[data-suggested=reasoning]")]);
    if (one) take(one, [one.closest("[data-suggestion-paragraph]").querySelector("[data-suggested]")]);
  });
  // The decision names the draft no longer when all its text is deleted, or another outcome is chosen.
  root.addEventListener("input", (event) => {
    const isEmptied = event.target.closest("[data-reasons-editor]") && !event.target.value.trim();
    if (isEmptied || event.target.name === "payload.outcome") forget();
  });
}

function take(button, paragraphs) {
  const editor = document.querySelector("[data-reasons-editor] textarea");
  const text = paragraphs.map((paragraph) => paragraph.textContent.trim()).join("\n\n");
  editor.value = [editor.value.trim(), text].filter(Boolean).join("\n\n");
  document.getElementById("suggestion-used").value = button.closest("[data-suggestion]").dataset.suggestion;
  editor.dispatchEvent(new Event("input", { bubbles: true }));
  editor.focus();
  grow(editor);
}

function forget() {
  const used = document.getElementById("suggestion-used");
  if (used) used.value = "";
}

export function grow(editor) {
  // What is hidden has no height to measure.
  if (editor.offsetParent === null) return;
  editor.style.height = "auto";
  editor.style.height = `${editor.scrollHeight + 4}px`;
}

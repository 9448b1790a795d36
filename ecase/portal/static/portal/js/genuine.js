/**
 * The page behind a paper's QR code: a file dropped onto it is hashed here, and only the digest is sent.
 *
 * `<section data-genuine-url>` with an `<input type=file>`, `[data-genuine-drop]`, `[data-genuine-status]`.
 */
import { wording } from "./messages.js";

const say = wording("genuine-words");
const VERDICTS = ["genuine", "altered", "unknown"];

export function initGenuine(root = document) {
  for (const section of root.querySelectorAll("[data-genuine-url]")) {
    const input = section.querySelector("input[type=file]");
    input.addEventListener("change", () => input.files[0] && judge(section, input.files[0]));
    section.querySelector("[data-genuine-drop]").addEventListener("drop", (event) => dropped(section, event));
  }
  if (!root.querySelector("[data-genuine-url]")) return;
  // A file that misses the field must not be opened by the browser instead of the page.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => event.preventDefault());
}

function dropped(section, event) {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) judge(section, file);
}

async function judge(section, file) {
  show(section, "working");
  try {
    const digest = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    show(section, await verdictOf(section.dataset.genuineUrl, digest), digest);
  } catch {
    show(section, "failed");
  }
}

async function verdictOf(address, digest) {
  const query = new URLSearchParams({ sha256: digest, act: new URLSearchParams(location.search).get("act") ?? "" });
  const response = await fetch(`${address}?${query}`, { headers: { Accept: "application/json" } });
  const { verdict } = response.ok ? await response.json() : {};
  return VERDICTS.includes(verdict) ? verdict : "failed";
}

function show(section, state, digest = "") {
  const status = section.querySelector("[data-genuine-status]");
  const lines = [line("strong", say(state))];
  if (state !== "working") lines.push(line("p", say(`${state}More`)));
  if (digest) lines.push(line("code", say("digest", { digest })));
  status.className = `app-genuine__status app-genuine__status--${state}`;
  status.replaceChildren(...lines);
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

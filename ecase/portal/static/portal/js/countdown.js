/** Time left, told in words and by colour, kept true while the page is open: `<time data-due datetime=…>`. */
import { wording } from "./messages.js";

const MINUTE = 60_000;
const SOON = 4 * 60 * MINUTE;
const URGENT = 60 * MINUTE;
const EVERY = 10_000;

export function initCountdowns() {
  refresh();
  setInterval(refresh, EVERY);
}

export function refresh() {
  const say = wording("time-words");
  for (const element of document.querySelectorAll("[data-due]")) tell(element, say, serverNow());
}

function tell(element, say, now) {
  const left = Date.parse(element.getAttribute("datetime")) - now;
  element.dataset.urgency = urgency(left);
  const words = phrase(say, left);
  if (element.textContent !== words) element.textContent = words;
}

function urgency(left) {
  if (left < 0) return "overdue";
  if (left < URGENT) return "urgent";
  return left < SOON ? "soon" : "calm";
}

function phrase(say, left) {
  const minutes = Math.floor(Math.abs(left) / MINUTE);
  const values = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
  const scale = values.days ? "Days" : values.hours ? "Hours" : "Minutes";
  return say(`${left < 0 ? "over" : "left"}${scale}`, values);
}

// The clock of the court counts, not that of this machine.
const offset = (() => {
  const stamp = Date.parse(document.body.dataset.now ?? "");
  return Number.isNaN(stamp) ? 0 : stamp - Date.now();
})();
const serverNow = () => Date.now() + offset;

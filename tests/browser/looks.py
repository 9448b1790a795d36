"""What is wrong with how a page looks: wider than its window, texts or controls over each other."""

from playwright.sync_api import Page

# Pairs of visible lines of text that share more than some pixels; texts of one element may not meet either.
OVERLAPS = """() => {
  const lines = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest(".govuk-visually-hidden, .govuk-skip-link, select, option, template");
  // What scrolls or is cut shows only what is inside its frame.
  const frameOf = (element) => {
    let [left, top, right, bottom] = [-1e9, -1e9, 1e9, 1e9];
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.position === "fixed" || style.position === "sticky") return null;
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const box = each.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { left, top, right, bottom };
  };
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || !isShown(parent)) continue;
    const frame = frameOf(parent), range = document.createRange();
    if (!frame) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const line = { left: Math.max(box.left, frame.left), right: Math.min(box.right, frame.right),
        top: Math.max(box.top, frame.top), bottom: Math.min(box.bottom, frame.bottom) };
      // The height of a line's box is more than that of its letters.
      const slack = (line.bottom - line.top) * 0.2;
      if (line.right - line.left <= 2 || line.bottom - line.top <= 2) continue;
      const text = node.data.trim().slice(0, 40);
      lines.push({ ...line, top: line.top + slack, bottom: line.bottom - slack, text });
    }
  }
  lines.sort((one, other) => one.top - other.top);
  const found = [];
  for (let i = 0; i < lines.length; i += 1) {
    for (let j = i + 1; j < lines.length && lines[j].top < lines[i].bottom; j += 1) {
      const wide = Math.min(lines[i].right, lines[j].right) - Math.max(lines[i].left, lines[j].left);
      const high = Math.min(lines[i].bottom, lines[j].bottom) - lines[j].top;
      if (wide > 2 && high > 2) found.push(`${lines[i].text} | ${lines[j].text}`);
    }
  }
  return found.slice(0, 5);
}"""

# Pairs of visible controls that share more than some pixels; what floats over the page is left out.
CONTROLS = """() => {
  const floats = (element) => {
    for (let each = element; each; each = each.parentElement)
      if (["fixed", "sticky"].includes(getComputedStyle(each).position)) return true;
    return false;
  };
  const shown = [...document.querySelectorAll("a.govuk-button, button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !floats(each))
    .map((each) => [each, each.getBoundingClientRect()]);
  const name = (each) => each.ariaLabel || each.textContent.trim().slice(0, 40) || each.name || each.id;
  const found = [];
  shown.forEach(([each, box], at) => shown.slice(at + 1).forEach(([other, more]) => {
    const wide = Math.min(box.right, more.right) - Math.max(box.left, more.left);
    const high = Math.min(box.bottom, more.bottom) - Math.max(box.top, more.top);
    if (wide > 2 && high > 2 && !each.contains(other)) found.push(`${name(each)} | ${name(other)}`);
  }));
  return found.slice(0, 5);
}"""


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def overlaps(page: Page) -> list[str]:
    """Texts, and controls, that lie over each other, in pairs."""
    return [*page.evaluate(OVERLAPS), *page.evaluate(CONTROLS)]


def faults(page: Page, address: str, *widths: int) -> list[str]:
    """What is wrong with the page in windows of these widths; it stays open in the last."""
    page.set_viewport_size({"width": widths[0], "height": 844})
    answer = page.goto(address)
    found = [f"{answer.status}"] if answer and answer.status >= 400 else []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900 if width > 1000 else 844})
        found += [f"wider by {overflow(page)} px than {width}"] if overflow(page) else []
        found += [f"at {width}: {pair}" for pair in overlaps(page)]
    return found

"use strict";

// Requests come and go; the page asks once a second and redraws only when something changed.
const shown = { state: "" };

async function send(path, body) {
  await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  await refresh();
}

function button(text, note, className, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.append(text);
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    made.append(small);
  }
  made.addEventListener("click", work);
  return made;
}

function personButton(request, person) {
  const note = [person.role, person.organisation, `IIN ${person.iin}`, person.for_signing ? "" : "AUTHENTICATION"];
  const made = button(person.name, note.filter(Boolean).join(" · "), "person", () =>
    send("/choose", { id: request.id, alias: person.alias }));
  made.dataset.iin = person.iin;
  return made;
}

function section(request) {
  const made = document.createElement("section");
  for (const text of request.documents) {
    const pre = document.createElement("pre");
    pre.textContent = text;
    made.append(pre);
  }
  made.append(...request.people.map((person) => personButton(request, person)));
  made.append(button("Бас тарту · Отмена · Cancel", "", "cancel", () => send("/cancel", { id: request.id })));
  return made;
}

async function refresh() {
  const text = await (await fetch("/pending")).text();
  if (text === shown.state) return;
  shown.state = text;
  const requests = JSON.parse(text);
  document.getElementById("empty").hidden = requests.length > 0;
  document.getElementById("requests").replaceChildren(...requests.map(section));
}

refresh();
setInterval(refresh, 1000);

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

// Roles in the order of a motion's path, in three languages.
const ROLES = {
  investigator: "Тергеуші · Следователь · Investigator",
  head_of_unit: "Орган басшысы · Руководитель органа · Head of unit",
  prosecutor: "Прокурор · Прокурор · Prosecutor",
  judge: "Тергеу судьясы · Следственный судья · Investigating judge",
  court_chair: "Сот төрағасы · Председатель суда · Chair of the court",
  clerk: "Сот хатшысы · Секретарь суда · Clerk",
  defender: "Қорғаушы · Защитник · Defender",
  auditor: "Аудитор · Аудитор · Auditor",
  administrator: "Әкімші · Администратор · Administrator",
};

function personButton(request, person) {
  const note = [person.organisation, `IIN ${person.iin}`, person.for_signing ? "" : "AUTHENTICATION"];
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
  for (const role of new Set([...Object.keys(ROLES), ...request.people.map((person) => person.role)])) {
    const people = request.people.filter((person) => person.role === role);
    if (!people.length) continue;
    const heading = document.createElement("h2");
    heading.textContent = ROLES[role] ?? role;
    made.append(heading, ...people.map((person) => personButton(request, person)));
  }
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

/** Lists of entries in a form: add a row from its `<template>`, remove one, keep names and ids numbered in order. */
import { showAsked } from "./asked.js";

export function initRows() {
  document.addEventListener("click", (event) => {
    const list = event.target.closest("[data-rows]");
    if (!list) return;
    if (event.target.closest("[data-add-row]")) add(list);
    const remover = event.target.closest("[data-remove-row]");
    if (remover) remove(list, remover.closest("[data-row]"));
  });
}

function add(list) {
  const row = list.querySelector("template").content.firstElementChild.cloneNode(true);
  list.querySelector("[data-row-holder]").append(row);
  renumber(list);
  showAsked(row);
  row.querySelector("input, select, textarea")?.focus();
}

function remove(list, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(list);
  (next?.querySelector("input, select, textarea") ?? list.querySelector("[data-add-row]")).focus();
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function renumber(list) {
  const path = list.dataset.rows;
  const pattern = new RegExp(`^${path.replaceAll(".", "\\.")}\\.(\\d+|__row__)`);
  [...list.querySelectorAll("[data-row]")].forEach((row, index) => {
    for (const element of row.querySelectorAll("*")) rename(element, pattern, `${path}.${index}`);
    for (const place of row.querySelectorAll("[data-row-number]")) place.textContent = String(index + 1);
  });
}

const NAMING = ["id", "name", "for", "aria-describedby", "data-field", "data-asked-by"];

function rename(element, pattern, replacement) {
  for (const attribute of NAMING) {
    const value = element.getAttribute(attribute);
    if (!value) continue;
    element.setAttribute(attribute, value.split(" ").map((part) => part.replace(pattern, replacement)).join(" "));
  }
}

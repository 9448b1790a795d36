/** Sentences of the page, translated by the server: `<template id="…" data-code="sentence">`. */
export function wording(id) {
  const words = document.getElementById(id)?.dataset ?? {};
  return (code, values = {}) => {
    const pattern = words[code] ?? code;
    return pattern.replace(/\{(\w+)\}/g, (_match, name) => values[name] ?? "");
  };
}

// The frame of every page: theme, language, search key, list of keys, messages that leave.
(() => {
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);

  const typing = (target) => target instanceof Element
    && target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
  const composing = (event) => event.isComposing || event.keyCode === 229;
  // For the other scripts: is this key press meant for us?
  window.proofdeck = window.proofdeck || {};
  // "@" is typed with AltGr or Option on many keyboards.
  const held = (event) => event.metaKey || (event.key !== "@" && (event.ctrlKey || event.altKey));
  window.proofdeck.free = (event) => !(composing(event) || typing(event.target) || held(event)
    || event.defaultPrevented || one("dialog[open]"));

  // A visitor's first deed makes them a guest, whose days turn in the zone of their browser.
  window.proofdeck.fillZones = () => {
    let zone = "";
    try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; } catch { /* UTC, then */ }
    document.querySelectorAll("[data-zone]").forEach((field) => { field.value = field.value || zone; });
  };

  function flipTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page, then */ }
  }

  // The other language shows the same place of the page, and what was typed there.
  const UNKEPT = "[type=hidden], [type=password], [type=file], button, [type=submit], fieldset, output";
  const how = (field) => (["checkbox", "radio"].includes(field.type) ? "checked" : "value");

  // Every field that is filled in, by its form, its name, and what it ticks.
  function fields() {
    return [...document.querySelectorAll("main form")].flatMap((form, at) => (form.method === "post"
      ? [...form.elements].filter((field) => field.name && !field.matches(UNKEPT)) : [])
      .map((field) => [[at, field.name, how(field) === "checked" ? field.value : ""].join(" "), field]));
  }
  function asItCame(field) {
    if (field.options) return [...field.options].every((option) => option.selected === option.defaultSelected);
    return how(field) === "checked" ? field.checked === field.defaultChecked : field.value === field.defaultValue;
  }
  // A page that refused a form came with what was typed; the other one will not.
  function said() {
    const refused = one("main .field-error, main [aria-invalid=true]");
    return fields().filter(([, field]) => refused || !asItCame(field)).map(([key, field]) => [key, field[how(field)]]);
  }
  function refill(values) {
    const filled = fields().filter(([key, field]) => values.has(key) && values.get(key) !== field[how(field)]);
    filled.forEach(([key, field]) => {
      field[how(field)] = values.get(key);
      const folded = field.closest("main details");
      if (folded) folded.open = true;
    });
    for (const [, field] of filled.filter(([, each]) => each.type !== "radio" || each.checked)) {
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }

  function keepPlace(values) {
    try { sessionStorage.setItem("place", JSON.stringify([location.pathname.slice(3), scrollY, values])); } catch { /* at the top, then */ }
  }
  function restorePlace() {
    try {
      const [path, top, values] = JSON.parse(sessionStorage.getItem("place") || "[]");
      sessionStorage.removeItem("place");
      if (path !== location.pathname.slice(3)) return;
      refill(new Map(values));
      if (top) scrollTo({ top, behavior: "instant" });
    } catch { /* nothing was kept */ }
  }

  document.addEventListener("click", async (event) => {
    const hit = (selector) => event.target.closest && event.target.closest(selector);
    if (hit("[data-theme-button]")) flipTheme();
    if (hit("[data-keys]")) one("#keys").showModal();
    const language = hit("[data-language]");
    if (language) {
      keepPlace(language.href ? said() : []); // else the switch sends the form
      if (language.href && location.hash) language.hash = location.hash;
    }
    const copy = hit("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(location.origin + location.pathname);
      copy.textContent = copy.dataset.copied;
    }
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  let afterG = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = one("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    if (!window.proofdeck.free(event)) return;
    if (afterG) {
      afterG = false;
      const entry = { h: 0, q: 1, l: 2 }[event.key];
      const links = document.querySelectorAll("header nav a");
      if (entry !== undefined && links[entry]) { event.preventDefault(); event.stopImmediatePropagation(); links[entry].click(); }
      return;
    }
    if (event.key === "g") { afterG = true; setTimeout(() => { afterG = false; }, 1200); return; }
    if (event.key === "?") { event.preventDefault(); one("#keys").showModal(); }
    if (event.key === "/") {
      event.preventDefault();
      const field = one("input[type=search]");
      if (field) { field.focus(); field.select(); } else one("[data-search]").click();
    }
    // What a card's menu and the last message offer, on any page that has them.
    const button = { "-": "[data-bury]", "@": "[data-suspend]", u: "[data-undo], .toast .undo button" }[event.key];
    if (button && one(button) && !event.repeat) { event.preventDefault(); one(button).click(); }
    if (event.key === "Enter" && one("[data-start]") && event.target === document.body) one("[data-start]").click();
  });

  document.addEventListener("submit", (event) => {
    // One form, one submission: a second click waits for the first.
    const form = event.target;
    if (form.method !== "post" || form.matches("[data-front], [data-run]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
  const search = one("#q");
  if (search && location.hash === "#q") search.focus();
  window.proofdeck.fillZones();
  document.addEventListener("DOMContentLoaded", restorePlace); // when the page's own scripts listen
})();

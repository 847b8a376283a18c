// The frame of every page: theme, language, search key, list of keys, messages that leave.
(() => {
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);

  const typing = (target) => target instanceof Element
    && target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
  const composing = (event) => event.isComposing || event.keyCode === 229;
  // For the other scripts: is this key press meant for us?
  window.proofdeck = window.proofdeck || {};
  window.proofdeck.free = (event) => !(composing(event) || typing(event.target) || event.ctrlKey
    || event.metaKey || event.altKey || event.defaultPrevented || one("dialog[open]"));

  function flipTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page, then */ }
  }

  // The other language shows the same place of the page.
  function keepPlace() {
    try { sessionStorage.setItem("place", JSON.stringify([location.pathname.slice(3), scrollY])); } catch { /* at the top, then */ }
  }
  function restorePlace() {
    try {
      const [path, top] = JSON.parse(sessionStorage.getItem("place") || "[]");
      sessionStorage.removeItem("place");
      if (path === location.pathname.slice(3) && top) scrollTo({ top, behavior: "instant" });
    } catch { /* nothing was kept */ }
  }

  document.addEventListener("click", async (event) => {
    const hit = (selector) => event.target.closest && event.target.closest(selector);
    if (hit("[data-theme-button]")) flipTheme();
    if (hit("[data-keys]")) one("#keys").showModal();
    const language = hit("[data-language]");
    if (language) {
      keepPlace();
      if (language.href && location.hash) language.hash = location.hash;
    }
    const copy = hit("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(location.origin + location.pathname);
      copy.textContent = copy.dataset.copied;
    }
    const menu = one("details.account[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  let afterG = false;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { const menu = one("details.account[open]"); if (menu) menu.open = false; }
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
  restorePlace();
})();

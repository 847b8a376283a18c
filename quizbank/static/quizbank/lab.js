"use strict";
/* The form of an experiment: slider and field stay equal, the address holds what is changed. */
(() => {
  const form = document.querySelector("[data-lab-form]");
  if (!form) return;
  const STEPS = 200;
  const params = [...form.querySelectorAll("[data-param]")].map(read);

  function read(box) {
    const { param: name, default: initial } = box.dataset;
    const field = box.querySelector("input[type=text], select, input[type=checkbox]");
    const slider = box.querySelector("input[type=range]");
    return {
      box, name, initial, field, slider,
      low: Number(box.dataset.low), high: Number(box.dataset.high),
      log: "log" in box.dataset, whole: "whole" in box.dataset,
    };
  }

  const typed = (p) => (p.field.type === "checkbox" ? String(p.field.checked) : p.field.value);
  const plain = (text) => text.normalize("NFKC").trim().replace("−", "-");

  function number(p) {
    const text = plain(p.field.value);
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : NaN;
    return Number.isFinite(value) ? value : null;
  }

  function place(p, value) {
    const share = p.log ? Math.log(value / p.low) / Math.log(p.high / p.low) : (value - p.low) / (p.high - p.low);
    return Math.round(STEPS * Math.min(1, Math.max(0, share)));
  }

  /* The value at a place of the slider, as round as the slider is fine. */
  function valueAt(p, at) {
    if (at <= 0) return p.low;
    if (at >= STEPS) return p.high;
    const raw = p.log ? p.low * (p.high / p.low) ** (at / STEPS) : p.low + ((p.high - p.low) * at) / STEPS;
    if (p.whole) return Math.round(raw);
    if (p.log) return Number(raw.toPrecision(2));
    const grain = 10 ** Math.floor(Math.log10((p.high - p.low) / 100));
    return Number((Math.round(raw / grain) * grain).toPrecision(12));
  }

  /* Arrow keys on a slider of few whole numbers should not be swallowed by rounding. */
  function stepTo(p, before, at) {
    let value = valueAt(p, at);
    for (let next = at; value === before && next !== 0 && next !== STEPS;) {
      next += at > place(p, before) ? 1 : -1;
      value = valueAt(p, next);
    }
    return value;
  }

  function differs(p) {
    if (p.slider) {
      const value = number(p);
      return value === null ? p.field.value !== p.initial : value !== Number(p.initial);
    }
    return typed(p) !== p.initial;
  }

  function refresh(p) {
    p.box.classList.toggle("changed", differs(p));
    if (!p.slider) return;
    const value = number(p);
    if (value !== null) p.slider.value = place(p, value);
    p.slider.setAttribute("aria-valuetext", p.field.value);
  }

  function forgive(p) {
    p.box.classList.remove("bad");
    p.box.querySelectorAll(".err").forEach((error) => error.remove());
    p.field.removeAttribute("aria-invalid");
  }

  function query() {
    const search = new URLSearchParams();
    params.filter(differs).forEach((p) => search.set(p.name, typed(p)));
    return search;
  }

  function address() {
    const search = query(), own = search.toString();
    document.querySelectorAll("[data-query-link]").forEach((link) => {
      link.href = link.href.replace(/\?.*$/, "") + (own ? `?${own}` : "");
    });
    const run = new URLSearchParams(location.search).get("run");
    if (run) search.set("run", run);
    const text = search.toString();
    /* The other language shows the form as it stands. */
    document.querySelectorAll("[data-language], link[hreflang]").forEach((link) => {
      link.href = link.href.replace(/[?#].*$/, "") + (text ? `?${text}` : "");
    });
    history.replaceState(null, "", form.dataset.address + (text ? `?${text}` : "") + location.hash);
  }

  function put(p, value) {
    if (p.field.type === "checkbox") p.field.checked = value === "true";
    else p.field.value = value;
    forgive(p);
    refresh(p);
  }

  function fill(search) {
    params.forEach((p) => put(p, search.get(p.name) ?? p.initial));
    address();
  }

  for (const p of params) {
    if (p.slider) {
      p.box.querySelector(".slide").hidden = false;
      p.slider.max = STEPS;
      p.slider.addEventListener("input", () => {
        const before = number(p), at = Number(p.slider.value);
        const value = before === null ? valueAt(p, at) : stepTo(p, before, at);
        p.field.value = String(value);
        p.slider.value = place(p, value);
        p.slider.setAttribute("aria-valuetext", p.field.value);
        p.box.classList.toggle("changed", differs(p));
        forgive(p);
      });
      p.slider.addEventListener("change", address);
    }
    p.field.addEventListener("input", () => { forgive(p); refresh(p); address(); });
    if (!p.box.classList.contains("bad")) refresh(p);
  }

  form.querySelectorAll("[data-preset], [data-reset]").forEach((link) => {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      fill(new URL(link.href).searchParams);
    });
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-run-button]"));
  });

  const key = form.querySelector("[data-run-key]");
  if (key && /Mac|iPhone|iPad/.test(navigator.platform)) key.textContent = "⌘ ⏎";
})();

// A mock interview: a clock that runs and can be hidden, and a key to go on. All works without.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const clock = one(".clock"), hide = one("[data-hide-clock]");

  function written(seconds) {
    const all = Math.abs(seconds);
    return `${seconds < 0 ? "−" : ""}${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
  }

  if (clock) {
    const left = Number(clock.dataset.left), begun = performance.now();
    const show = () => {
      const now = "runs" in clock.dataset ? left - Math.floor((performance.now() - begun) / 1000) : left;
      clock.textContent = written(now);
      clock.classList.toggle("late", now <= 0);
    };
    show();
    setInterval(show, 500);
    const kept = () => { try { return localStorage.getItem("clock") === "hidden"; } catch { return false; } };
    const set = (hidden) => {
      clock.classList.toggle("unseen", hidden);
      hide.textContent = hidden ? hide.dataset.hidden : hide.dataset.shown;
      hide.setAttribute("aria-pressed", String(hidden));
    };
    hide.hidden = false;
    set(kept());
    hide.addEventListener("click", () => {
      const hidden = !clock.classList.contains("unseen");
      try { localStorage.setItem("clock", hidden ? "hidden" : "shown"); } catch { /* for this page, then */ }
      set(hidden);
    });
  }

  document.addEventListener("keydown", (event) => {
    const answer = one("[data-answer]"), marks = one("form[data-marks]");
    if (event.key !== "Enter" || event.repeat || event.isComposing) return;
    if (answer && (event.ctrlKey || event.metaKey)) { event.preventDefault(); answer.click(); }
    else if (marks && window.proofdeck.free(event) && !event.target.closest("a, button, summary")) { event.preventDefault(); marks.requestSubmit(); }
  });

  const field = one("[aria-invalid=true]") || one("#answer");
  if (field && !location.hash) (field.matches("input, textarea") ? field : field.querySelector("input")).focus();
})();

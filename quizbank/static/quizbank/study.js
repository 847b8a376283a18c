// A card: keys, the suggested grade, and answer and next card without a new page.
// Everything here also works as plain forms.
(() => {
  const one = (selector) => document.querySelector(selector);
  const front = () => one("form[data-front]");
  const back = () => one("form[data-back]");

  // --- the answer -----------------------------------------------------------------------

  // Front and back are two pages with one frame: only what stands in main is exchanged,
  // so the question and the dock stay where they are.
  async function exchange(form, submitter) {
    const data = new FormData(form, submitter);
    const action = submitter?.getAttribute("formaction") || form.action;
    const failed = form.querySelector("[data-failed]");
    document.body.classList.add("main-busy");
    failed.hidden = true;
    try {
      const reply = await fetch(action, { method: "POST", body: data, headers: { Accept: "text/html" } })
        .catch(() => null);
      if (!reply || reply.status >= 500) { failed.hidden = false; return; } // what was said stays
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const main = page.querySelector("main");
      if (!main) throw new Error("no page");
      take(page, main, reply.redirected ? reply.url : "");
    } catch {
      form.dataset.whole = "1";
      delete form.dataset.sent;
      form.requestSubmit(submitter);
    } finally {
      document.body.classList.remove("main-busy");
    }
  }

  function take(page, main, address) {
    const next = Boolean(back()), top = next ? 0 : scrollY;
    const study = page.querySelector("form#card")?.dataset.home;
    const old = one("main");
    old.replaceChildren(...main.childNodes);
    old.className = main.className;
    document.body.className = page.body.className;
    document.title = page.title;
    for (const frame of [".tools", ".foot"]) {
      const fresh = page.querySelector(frame);
      if (fresh) one(frame).replaceChildren(...fresh.childNodes);
    }
    if (address && address !== location.href) history.pushState({}, "", address);
    else if (study && study !== location.pathname) history.pushState({}, "", study);
    scrollTo({ top: one(".session") ? top : 0, behavior: "instant" });
    if (next) old.focus({ preventScroll: true }); // a new card is read from its beginning
    arrive();
    document.dispatchEvent(new CustomEvent("proofdeck:shown"));
  }

  // --- the suggestion -------------------------------------------------------------------

  function counted(form) {
    const of = (kind) => [...form.querySelectorAll(`[data-kind=${kind}]`)];
    const ticked = (kind) => of(kind).filter((box) => box.checked).length;
    return {
      musts: ticked("must"), mustsTotal: of("must").length,
      bonuses: ticked("bonus"), bonusesTotal: of("bonus").length, trap: ticked("trap") > 0,
    };
  }

  function suggestion(form) {
    const ticks = counted(form);
    const usual = parseFloat(form.dataset.usual);
    const spent = parseInt(form.elements.duration_ms.value, 10);
    const never = Boolean(form.elements.never);
    const hint = Boolean(form.elements.hint);
    const found = window.proofdeck.suggest(ticks, {
      confidence: form.elements.confidence.value, hint, fast: spent > 0 && spent < usual,
    });
    const rating = found ?? (never ? 1 : null);
    let says = "musts";
    if (rating === null) says = "none";
    else if (ticks.trap) says = "trap";
    else if (never && !ticks.musts && !ticks.bonuses) says = "never";
    else if (hint && rating === 2) says = "hint";
    return { rating, says, ticks };
  }

  // What Enter says: the suggested grade, else Good.
  function accepted() {
    return (one("[data-suggestion]") && suggestion(back()).rating) || 3;
  }

  function show(form) {
    const line = form.querySelector("[data-suggestion]");
    if (!line) return;
    const { rating, says, ticks } = suggestion(form);
    let word = "";
    form.querySelectorAll(".grades button").forEach((button) => {
      const chosen = Number(button.value) === rating;
      button.classList.toggle("suggested", chosen);
      if (chosen) word = button.dataset.word;
    });
    const pieces = line.dataset[says].replace("{n}", ticks.musts).replace("{total}", ticks.mustsTotal)
      .split(/<b>\{grade\}<\/b>/);
    line.replaceChildren(pieces[0]);
    if (pieces.length > 1) {
      const grade = document.createElement("b");
      grade.textContent = word;
      line.append(grade, pieces[1]);
    }
    const accept = form.querySelector("[data-accept]");
    accept.textContent = rating === null ? accept.dataset.good : accept.dataset.suggested;
  }

  // --- a panel that waits for its first run ---------------------------------------------

  let waiting = 0;
  async function wait() {
    const panel = one("[data-waiting]");
    if (!panel) return;
    try {
      const reply = await fetch(panel.dataset.waiting);
      const markup = await reply.text();
      const page = new DOMParser().parseFromString(markup, "text/html");
      if (reply.ok && !page.querySelector("[data-waiting]") && panel.isConnected) {
        panel.closest("[data-proof]").replaceChildren(...page.body.childNodes);
        document.dispatchEvent(new CustomEvent("proofdeck:shown"));
        return;
      }
    } catch { /* asked again below */ }
    waiting = setTimeout(wait, 4000);
  }

  function arrive() {
    window.proofdeck.fillZones();
    clearTimeout(waiting);
    const form = back();
    if (form) {
      show(form);
      form.querySelector(".grades").focus({ preventScroll: true });
      waiting = setTimeout(wait, 2000);
    }
    const wrong = one("[aria-invalid=true]");
    if (wrong) wrong.focus();
  }

  // --- without a network ----------------------------------------------------------------

  // What was said waits on its page, and the last button pressed is pressed when it is back.
  let held = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (navigator.onLine || !form.matches("[data-front], [data-back]")) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // nothing was sent yet
    held = { form, submitter: event.submitter };
    form.querySelector("[data-offline]").hidden = false;
  }, true);
  addEventListener("online", () => {
    if (!held?.form.isConnected) return;
    const { form, submitter } = held;
    held = null;
    form.querySelector("[data-offline]").hidden = true;
    form.requestSubmit(submitter);
  });

  // --- forms ----------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const graded = form.matches("[data-back]") && event.submitter?.name === "rating";
    if (!(graded || form.matches("[data-front]")) || event.defaultPrevented) return;
    if (form.dataset.whole || event.submitter?.hasAttribute("data-whole")) return;
    event.preventDefault();
    if (form.dataset.asking) return;
    form.dataset.asking = "1";
    exchange(form, event.submitter).finally(() => { delete form.dataset.asking; delete form.dataset.sent; });
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest && event.target.closest("form[data-back]");
    if (form) show(form);
  });
  addEventListener("popstate", () => location.reload());

  // --- keys -----------------------------------------------------------------------------

  const press = (selector) => { const found = one(selector); if (found && !found.disabled) found.click(); return Boolean(found); };
  // Space belongs to what has the focus, unless that is a choice already made.
  const native = (target) => target.closest("button, a, summary, input:not(:checked)");
  const grade = (rating) => press(`form[data-back] button[name=rating][value="${rating}"]`);
  const SURE = { a: "low", s: "mid", d: "high" };

  // Enter belongs to what it presses; on a tick or a choice it is the page's own act.
  const pressed = (target) => target.closest("button, a, summary");

  function onFront(key, event) {
    if (key === " " || (key === "Enter" && !pressed(event.target))) return press("[data-reveal]");
    if (key === "h") return press("[data-hint]");
    if (key in SURE) return press(`form[data-front] input[name=confidence][value=${SURE[key]}]`);
    const options = document.querySelectorAll("form[data-front] input[name=choice]");
    if (/^[1-9]$/.test(key) && options[key - 1]) { options[key - 1].click(); return true; }
    return false;
  }

  function onBack(key, event) {
    if (/^[1-4]$/.test(key)) return grade(key);
    if (key === "Enter" && !pressed(event.target)) return grade(accepted());
    if (key === " " && !pressed(event.target) && !event.target.closest("input")) return grade(3);
    if (key === "p") { const panel = one("#proof"); if (panel) { panel.scrollIntoView({ block: "start" }); panel.focus({ preventScroll: true }); } return Boolean(panel); }
    if (key === "l") return press("[data-lab]");
    return /^[a-z]$/.test(key) && press(`form[data-back] [data-key="${key}"]`);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && event.target.id === "answer") {
      event.preventDefault();
      press("[data-reveal]");
      return;
    }
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      if (event.isComposing || event.target.closest("input, textarea") || one("dialog[open]")) return;
      if (press("[data-undo]") || press(".toast .undo button")) event.preventDefault();
      return;
    }
    if (event.repeat || event.shiftKey || !window.proofdeck.free(event)) return;
    let done = false;
    if (front()) done = event.key === " " && native(event.target) ? false : onFront(event.key, event);
    else if (back()) done = onBack(event.key, event);
    if (done) event.preventDefault();
  });

  arrive();
})();

"use strict";
/* Watches runs. A part of a page that shows a run which goes on carries data-run with the
   addresses data-events, data-progress and data-panel; when the run has ended, what data-panel
   answers takes its place (or fills its ancestor #result). A form[data-run] with a
   [data-live] place of the same name starts a run in the page. Without a stream it polls. */
(() => {
  const POLL_FIRST = 500, POLL_LONGEST = 8000, SPEAK_EVERY = 5000, TICKS = { for: 16, against: 6.8 };
  const watched = new WeakSet();

  const part = (root, name) => root.querySelector(`[data-${name}]`);
  const show = (element, on) => { if (element) element.hidden = !on; };

  /* The blank tape's dots are in seed order; each becomes a tall or a short tick. */
  function drawTape(root, seen) {
    const place = part(root, "tape"), blanks = [...root.querySelectorAll("[data-blank]")];
    const blank = blanks.find((each) => Number(each.dataset.blank) >= seen.seeds_total) || blanks.pop();
    if (!blank || !place) return;
    const copy = blank.content.cloneNode(true);
    for (const svg of copy.querySelectorAll("svg")) {
      const dots = [...svg.querySelectorAll("path.todo")];
      if (!dots.length) continue;
      const places = dots.flatMap((dot) => dot.getAttribute("d").match(/M[^v]+/g) || []);
      const drawn = { for: "", against: "", doubt: "", todo: "" };
      places.forEach((at, seed) => {
        const tick = seen.tape[seed];
        if (tick === undefined) drawn.todo += `${at}v-3`;
        else if (tick === null) drawn.doubt += at.replace(/[\d.]+$/, (y) => y - 7) + "v-5";
        else drawn[tick ? "for" : "against"] += `${at}v-${tick ? TICKS.for : TICKS.against}`;
      });
      const width = dots[0].getAttribute("stroke-width");
      dots.forEach((dot) => dot.remove());
      for (const [kind, d] of Object.entries(drawn)) {
        if (!d) continue;
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("class", kind);
        path.setAttribute("stroke-width", width);
        path.setAttribute("d", d);
        svg.append(path);
      }
      const now = (places[Math.min(seen.tape.length, places.length) - 1] || "").match(/M([\d.]+) ([\d.]+)/);
      if (now && seen.tape.length < places.length) {
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "path");
        mark.setAttribute("class", "now");
        mark.setAttribute("d", `M${now[1]} ${Number(now[2]) + 5}l4 6h-8z`);
        svg.append(mark);
      }
      const [inside, outside] = tally(seen);
      svg.setAttribute("aria-label", `${inside} / ${inside + outside}`);
    }
    place.replaceChildren(copy);
  }

  function tally(seen) {
    const first = seen.claims[0];
    return first ? [first.inside, first.n - first.inside] : [0, 0];
  }

  function update(root, seen) {
    const state = part(root, "state-word"), place = part(root, "place"), of = part(root, "of");
    root.dataset.state = seen.state;
    if (state) state.textContent = root.dataset[seen.state === "queued" ? "wordQueued" : "wordRunning"];
    root.querySelectorAll("[data-when]").forEach((e) => show(e, e.dataset.when === seen.state));
    show(part(root, "no-worker"), seen.state === "queued" && !seen.worker);
    if (place) place.textContent = seen.place ? place.dataset.words.replace("{}", seen.place) : "";
    if (of) {
      of.textContent = of.dataset.words.replace("{done}", seen.seeds_done).replace("{total}", seen.seeds_total);
    }
    const seconds = part(root, "seconds");
    if (seconds) seconds.textContent = `${seen.seconds < 10 ? seen.seconds.toFixed(1) : Math.round(seen.seconds)}\u00a0s`;
    const [inside, outside] = tally(seen), pro = part(root, "for"), con = part(root, "against");
    if (pro) pro.textContent = inside;
    if (con) con.textContent = outside;
    let ahead = false;
    root.querySelectorAll("[data-need]").forEach((need) => {
      const next = !ahead && Number(need.dataset.need) > seen.seeds_done;
      ahead = ahead || next;
      show(need, next);
    });
    drawTape(root, seen);
    speak(seen);
  }

  let spoken = 0;
  function speak(seen) {
    const voice = document.querySelector("[data-announce]");
    if (!voice || seen.state !== "running" || Date.now() - spoken < SPEAK_EVERY) return;
    spoken = Date.now();
    const percent = Math.round((100 * seen.seeds_done) / Math.max(1, seen.seeds_total));
    voice.textContent = voice.dataset.running.replace("{}", percent);
  }

  async function land(root) {
    const address = new URL(root.dataset.panel, location.href);
    const result = root.closest("#result");
    address.searchParams.set(result ? "landed" : "beside", "1");
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const markup = await answer.text();
    const kept = document.activeElement && root.contains(document.activeElement);
    if (result) result.innerHTML = markup;
    else root.outerHTML = markup;
    if (kept && result) result.focus({ preventScroll: true });
    const voice = document.querySelector("[data-announce]");
    const stamp = document.querySelector("#result .stamp.large, .stamp.large.landing");
    if (voice) voice.textContent = `${voice.dataset.ended}. ${stamp ? stamp.textContent : ""}`;
    document.dispatchEvent(new CustomEvent("run:ended", { detail: root.dataset.run }));
    watchAll();
  }

  function watch(root) {
    if (watched.has(root)) return;
    watched.add(root);
    const ended = (seen) => !["queued", "running"].includes(seen.state);
    let over = false;
    const see = (seen) => {
      if (over) return true;
      if (!ended(seen)) {
        update(root, seen);
        return false;
      }
      over = true;
      landing(0);
      return true;
    };
    const landing = (tries) => land(root).catch(() => setTimeout(landing, Math.min(POLL_LONGEST, 1000 * 2 ** tries), tries + 1));

    let tag = "", pause = POLL_FIRST;
    async function poll() {
      if (over || !root.isConnected) return;
      try {
        const answer = await fetch(root.dataset.progress, {
          credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {},
        });
        if (answer.status === 404) return;
        if (answer.status === 200) {
          tag = answer.headers.get("ETag") || "";
          pause = POLL_FIRST;
          if (see(await answer.json())) return;
        } else pause = Math.min(pause * 1.5, answer.status === 304 ? 2000 : POLL_LONGEST);
      } catch {
        pause = Math.min(pause * 2, POLL_LONGEST);
      }
      setTimeout(poll, pause);
    }

    if (!("EventSource" in window) || !root.dataset.events) {
      poll();
      return;
    }
    const source = new EventSource(root.dataset.events);
    const stop = () => source.close();
    source.addEventListener("progress", (event) => { if (!root.isConnected || see(JSON.parse(event.data))) stop(); });
    source.addEventListener("done", (event) => { stop(); if (root.isConnected) see(JSON.parse(event.data)); });
    /* A stream that ends by itself is taken up again by the browser; a refused one is closed. */
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED && !over) poll(); });
    addEventListener("pagehide", stop, { once: true });
    document.addEventListener("proofdeck:shown", () => { if (!root.isConnected) stop(); });
  }

  function watchAll() {
    document.querySelectorAll("[data-run][data-progress]").forEach(watch);
  }

  async function startHere(form, place) {
    const body = new FormData(form);
    body.set("fragment", "1");
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      if (!answer.ok && ![400, 429].includes(answer.status)) throw new Error(`${answer.status}`);
      place.innerHTML = await answer.text();
      watchAll();
    } catch {
      form.submit();
      return;
    }
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-run]")) return;
    const place = document.querySelector(`[data-live="${form.dataset.run}"]`);
    if (!place) return;
    event.preventDefault();
    startHere(form, place);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-compare]");
    if (form) form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const form = document.querySelector("form[data-cancel]");
    if (form) form.requestSubmit();
  });

  watchAll();
})();

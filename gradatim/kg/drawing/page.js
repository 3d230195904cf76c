"use strict";
(() => {
  const map = document.getElementById("map");
  const svg = map.querySelector("svg");
  const boxes = [...svg.querySelectorAll(".box[data-id]")];
  const lines = [...svg.querySelectorAll(".lines .line")];
  const articles = [...document.querySelectorAll("aside article")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const whole = svg.viewBox.baseVal;
  const home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  const READABLE = 0.8;
  let view = { ...home };
  let moving = 0;
  document.body.classList.add("scripted");
  svg.removeAttribute("width");
  svg.removeAttribute("height");

  function show(next) {
    view = next;
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  }

  function glide(next) {
    cancelAnimationFrame(moving);
    if (calm.matches) return show(next);
    const from = { ...view };
    const began = performance.now();
    const step = (now) => {
      const share = Math.min((now - began) / 260, 1);
      const eased = 1 - (1 - share) ** 3;
      show(Object.fromEntries(Object.keys(from).map((key) => [key, from[key] + (next[key] - from[key]) * eased])));
      if (share < 1) moving = requestAnimationFrame(step);
    };
    moving = requestAnimationFrame(step);
  }

  function at(event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    return point.matrixTransform(svg.getScreenCTM().inverse());
  }

  function zoomed(factor, centre) {
    const width = Math.min(Math.max(view.width * factor, home.width / 12), home.width * 3);
    const ratio = width / view.width;
    return {
      x: centre.x - (centre.x - view.x) * ratio,
      y: centre.y - (centre.y - view.y) * ratio,
      width,
      height: view.height * ratio,
    };
  }

  function middle() {
    return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  }

  function rectangle(box) {
    const shape = box.querySelector("rect").getBBox();
    return { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
  }

  function goTo(box, widest) {
    const to = rectangle(box);
    const width = Math.min(view.width, Math.max(widest, home.width / 12));
    const height = (view.height * width) / view.width;
    glide({ x: to.x - width / 2, y: to.y - height / 2, width, height });
  }

  function choose(id, focus = false) {
    const chosen = boxes.find((box) => box.dataset.id === id);
    if (!chosen) return;
    const lit = new Set([id]);
    for (const line of lines) {
      const touches = line.dataset.source === id || line.dataset.target === id;
      line.classList.toggle("lit", touches);
      if (touches) lit.add(line.dataset.source).add(line.dataset.target);
    }
    for (const box of boxes) {
      box.classList.toggle("chosen", box === chosen);
      box.classList.toggle("lit", lit.has(box.dataset.id));
    }
    svg.classList.add("choosing");
    for (const article of articles) article.hidden = article.dataset.id !== id;
    document.querySelector("aside").scrollTop = 0;
    if (focus) articles.find((article) => !article.hidden).focus();
    goTo(chosen, map.clientWidth / READABLE);
  }

  function release() {
    svg.classList.remove("choosing");
    for (const box of boxes) box.classList.remove("chosen", "lit");
  }

  function nearest(from, across, down) {
    const here = rectangle(from);
    let best = null;
    let least = Infinity;
    for (const box of boxes) {
      if (box === from) continue;
      const there = rectangle(box);
      const along = (there.x - here.x) * across + (there.y - here.y) * down;
      const aside = Math.abs((there.x - here.x) * down) + Math.abs((there.y - here.y) * across);
      const cost = along + 2 * aside;
      if (along > 4 && cost < least) [best, least] = [box, cost];
    }
    return best;
  }

  const pointers = new Map();
  let dragged = false;
  let pressed = null;
  map.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".tools") || event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    pressed = event.target.closest(".box[data-id]");
    dragged = false;
  });
  map.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const scale = 1 / svg.getScreenCTM().a;
    const across = event.clientX - last.x;
    const down = event.clientY - last.y;
    if (!dragged && Math.hypot(across, down) < 4) return;
    if (!dragged) map.setPointerCapture(event.pointerId);
    dragged = true;
    map.classList.add("dragged");
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      show(zoomed(before / Math.max(after, 1), at({ clientX: other.x, clientY: other.y })));
    } else {
      show({ ...view, x: view.x - across * scale, y: view.y - down * scale });
    }
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    map.classList.remove("dragged");
    if (event.type === "pointerup" && !dragged) {
      if (pressed) choose(pressed.dataset.id);
      else release();
    }
  };
  map.addEventListener("pointerup", lift);
  map.addEventListener("pointercancel", lift);
  map.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      show(zoomed(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004), at(event)));
    },
    { passive: false },
  );
  for (const button of document.querySelectorAll(".tools button")) {
    button.addEventListener("click", () => {
      const factor = { in: 0.75, out: 1 / 0.75 }[button.dataset.zoom];
      glide(factor ? zoomed(factor, middle()) : { ...home });
    });
  }
  for (const button of document.querySelectorAll("aside .go")) {
    button.addEventListener("click", () => choose(button.dataset.id, true));
  }
  map.addEventListener("focusin", (event) => {
    const box = event.target.closest(".box[data-id]");
    if (!box || pointers.size) return;
    const { x, y } = rectangle(box);
    const seen = x > view.x && x < view.x + view.width && y > view.y && y < view.y + view.height;
    if (!seen) goTo(box, Infinity);
  });
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("aside")) return;
    const box = event.target.closest(".box[data-id]");
    if (event.key in arrows) {
      const [across, down] = arrows[event.key];
      const next = box && nearest(box, across, down);
      if (next) next.focus();
      else if (!box) show({ ...view, x: view.x + across * view.width * 0.08, y: view.y + down * view.height * 0.08 });
    } else if (box && (event.key === "Enter" || event.key === " ")) {
      choose(box.dataset.id);
    } else if (event.key === "+" || event.key === "=") {
      glide(zoomed(0.75, middle()));
    } else if (event.key === "-") {
      glide(zoomed(1 / 0.75, middle()));
    } else if (event.key === "0") {
      glide({ ...home });
    } else if (event.key === "Escape") {
      release();
    } else {
      return;
    }
    event.preventDefault();
  });
  document.querySelector("aside").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const shown = articles.find((article) => !article.hidden);
    boxes.find((box) => shown && box.dataset.id === shown.dataset.id)?.focus();
  });
})();

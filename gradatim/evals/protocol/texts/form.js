"use strict";
(() => {
const study = JSON.parse(document.getElementById("study").textContent);
const at = (id) => document.getElementById(id);
const key = `gradatim/${study.study}/${study.rater}`;
const MISSING = "NA";
let language = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
let place = 0;
let shown = Date.now();
let keeps = true;
let entries = {};

const word = (name) => study.words[language][name];
const filled = (name, fields) => word(name).replace(/\{(\w+)\}/g, (whole, field) => fields[field] ?? whole);
const element = (name, text, kind) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
const entry = (code) => (entries[code] ??= { scores: {}, comment: "", seconds: 0 });
const complete = (code) => study.dimensions.every((dimension) => entry(code).scores[dimension] !== undefined);
const tell = (text) => { at("note").textContent = text; at("note").hidden = !text; };

function keep() {
  try { localStorage.setItem(key, JSON.stringify({ entries, place })); }
  catch { if (keeps) { keeps = false; tell(word("unkept")); } }
}
function recall() {
  try {
    const found = JSON.parse(localStorage.getItem(key) || "null");
    if (found && typeof found.entries === "object") {
      entries = found.entries;
      place = Math.min(Math.max(0, found.place | 0), study.works.length - 1);
    }
  } catch { keeps = false; tell(word("unkept")); }
}
function clock() {
  const now = Date.now();
  // A work that stays open over lunch took no lunch to rate.
  const spent = Math.min((now - shown) / 1000, 900);
  if (!document.hidden) entry(study.works[place].code).seconds += spent;
  shown = now;
}
function go(where) {
  clock();
  place = Math.min(Math.max(0, where), study.works.length - 1);
  keep();
  draw();
  window.scrollTo(0, 0);
}
function status() {
  const done = study.works.filter((work) => complete(work.code)).length;
  at("progress").textContent = filled("progress", { done, all: study.works.length, at: place + 1 });
  at("done").style.width = `${(100 * done) / study.works.length}%`;
}
function draw() {
  const work = study.works[place];
  document.documentElement.lang = language;
  at("title").textContent = `${study.title} · ${study.rater}`;
  for (const name of ["previous", "next", "open", "save", "load", "language"]) at(name).textContent = word(name);
  at("previous").disabled = place === 0;
  at("next").disabled = place === study.works.length - 1;
  at("code-name").textContent = work.title ? `${work.code}: ${work.title}` : work.code;
  at("phase").textContent = word(work.phase);
  at("statement").textContent = work.statement;
  at("concepts").textContent = work.concepts.length ? `${word("concepts")} ${work.concepts.join(", ")}` : "";
  at("program").replaceChildren(...work.program.split("\n").map((line) => element("span", line, "line")));
  const parts = study.dimensions.map((dimension) => block(work.code, dimension));
  const remark = element("fieldset");
  remark.append(element("legend", word("comment")));
  const area = element("textarea");
  area.value = entry(work.code).comment;
  area.setAttribute("aria-label", word("comment"));
  area.addEventListener("input", () => { entry(work.code).comment = area.value; keep(); });
  remark.append(area);
  at("rubric").replaceChildren(...parts, remark);
  status();
}
function block(code, dimension) {
  const text = study.rubric[language][dimension];
  const box = element("fieldset");
  box.append(element("legend", text.name), element("p", text.question), element("p", text.look, "small"));
  const choices = [...Object.entries(text.levels), [MISSING, word("cannot")]];
  for (const [level, anchor] of choices) {
    const label = element("label", undefined, "level");
    const radio = element("input");
    radio.type = "radio";
    radio.name = dimension;
    radio.value = level;
    radio.checked = String(entry(code).scores[dimension] ?? "") === level;
    radio.addEventListener("change", () => {
      entry(code).scores[dimension] = level;
      box.classList.add("given");
      clock();
      keep();
      status();
    });
    label.append(radio, element("b", level === MISSING ? "–" : level), element("span", anchor));
    box.append(label);
  }
  box.append(element("p", text.beside, "small"));
  if (entry(code).scores[dimension] !== undefined) box.classList.add("given");
  return box;
}

const HEAD = ["submission", "rater", "phase", "position", ...study.dimensions, "seconds", "comment"];
function cell(value) {
  let text = String(value ?? "");
  // A spreadsheet must not take a comment for a formula.
  if (/^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
function csv() {
  const rows = study.works.map((work, index) => {
    const own = entry(work.code);
    const scores = study.dimensions.map((dimension) => own.scores[dimension] ?? "");
    return [work.code, study.rater, work.phase, index + 1, ...scores, own.seconds.toFixed(1), own.comment];
  });
  return "\ufeff" + [HEAD, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
function save() {
  clock();
  keep();
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
  link.download = `${study.rater}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  const open = study.works.filter((work) => !complete(work.code)).length;
  tell(filled(open ? "saved_open" : "saved", { open, name: `${study.rater}.csv` }));
}
function rowsOf(text) {
  const rows = [[]];
  let value = "", quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index];
    if (quoted) {
      if (sign !== '"') value += sign;
      else if (text[index + 1] === '"') { value += '"'; index += 1; }
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "," || sign === "\n") {
      rows.at(-1).push(value.replace(/\r$/, ""));
      value = "";
      if (sign === "\n") rows.push([]);
    } else value += sign;
  }
  if (value || rows.at(-1).length) rows.at(-1).push(value);
  return rows.filter((row) => row.some((part) => part.trim()));
}
function take(text) {
  const [head, ...rows] = rowsOf(text.replace(/^\ufeff/, ""));
  const column = Object.fromEntries((head || []).map((name, index) => [name.trim(), index]));
  if (["submission", "rater", ...study.dimensions].some((name) => column[name] === undefined)) return tell(word("foreign"));
  const known = new Set(study.works.map((work) => work.code));
  let taken = 0;
  for (const row of rows) {
    const code = row[column.submission];
    if (row[column.rater] !== study.rater || !known.has(code)) continue;
    const own = entry(code);
    for (const dimension of study.dimensions) {
      const given = (row[column[dimension]] || "").trim();
      if (given === MISSING || study.levels.includes(Number(given)) && given !== "") own.scores[dimension] = given;
    }
    own.comment = (row[column.comment] || own.comment).replace(/^'(?=[=+\-@\t\r])/, "");
    own.seconds = Math.max(own.seconds, Number(row[column.seconds]) || 0);
    taken += 1;
  }
  keep();
  draw();
  tell(filled("taken", { taken }));
}

at("previous").addEventListener("click", () => go(place - 1));
at("next").addEventListener("click", () => go(place + 1));
at("open").addEventListener("click", () => {
  const open = study.works.findIndex((work) => !complete(work.code));
  if (open < 0) tell(word("all")); else go(open);
});
at("save").addEventListener("click", save);
at("load").addEventListener("click", () => at("file").click());
at("file").addEventListener("change", async () => {
  const file = at("file").files[0];
  if (file) take(await file.text());
  at("file").value = "";
});
at("language").addEventListener("click", () => { language = language === "en" ? "zh" : "en"; draw(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) { clock(); keep(); } else shown = Date.now(); });
at("rubric").addEventListener("submit", (event) => event.preventDefault());
recall();
draw();
window.gradatimForm = { csv, take };
})();

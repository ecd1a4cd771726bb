(() => {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const data = JSON.parse($("#data").textContent);
  const { labels, entities, relations, words } = data;
  const article = $("article"), card = $("#card"), lines = $("#lines"), find = $("#find");
  const byId = new Map(entities.map((e, i) => [e[0], i]));
  const links = entities.map(() => []);
  relations.forEach((r) => { links[r[1]].push([r, r[2], "→"]); links[r[2]].push([r, r[1], "←"]); });
  let ui = data.language, pinned = null, lastRow = null;
  document.documentElement.classList.add("js");

  const node = (i) => document.getElementById(entities[i][0]);
  const text = (i) => node(i).textContent.replace(/\s+/g, "");
  const say = (group, name) => ui === "zh" ? words[group][name] || name : group === "values" ? name : name.replaceAll("_", " ");
  const make = (tag, cls, content) => {
    const made = document.createElement(tag);
    if (cls) made.className = cls;
    if (content !== undefined) made.textContent = content;
    return made;
  };
  const colour = (made, i) => { made.classList.add(`l${entities[i][1]}`); return made; };
  const hidden = (i) => article.classList.contains(`off${entities[i][1]}`);

  // What is known of a span, above the tables.
  function describe(i) {
    card.replaceChildren();
    if (i === null) {
      card.append(make("p", "hint", say("page", "Point at a coloured span to see its value and relations; click it to keep them. Click a row to jump to its place.")));
      return;
    }
    const [, label, reading, attributes, confidence, place] = entities[i];
    const head = make("p");
    head.append(make("span", "name", text(i)), colour(make("span", "tag", say("values", labels[label])), i), reading);
    const facts = [...attributes.map((a) => say("values", a)), `${say("page", "confidence")} ${confidence.toFixed(2)}`, place];
    const second = make("p", "soft", facts.filter(Boolean).join(" · "));
    card.append(head, second);
    const rows = rowsOf(i);
    if (rows.length) {
      const line = make("p");
      line.append(make("span", "soft", say("page", "in tables") + " "));
      rows.slice(0, 6).forEach((row, n) => {
        const table = row.closest(".panel").dataset.table;
        const button = make("button", "", `${say("tables", table)} ${rowsIn(row.closest(".panel")).indexOf(row) + 1}`);
        button.onclick = () => toRow(row);
        line.append(n ? ", " : "", button);
      });
      card.append(line);
    }
    const list = make("ul");
    for (const [r, other, arrow] of links[i]) {
      const item = make("li");
      const button = make("button", "", text(other));
      button.onclick = () => pin(other, true);
      item.append(make("span", "soft", `${say("values", r[0])} ${arrow} `), button);
      list.append(item);
    }
    card.append(list);
  }

  function mark(i) {
    all(".e.on, .e.near", article).forEach((e) => e.classList.remove("on", "near"));
    if (i === null) return draw(null);
    node(i).classList.add("on");
    links[i].forEach(([, other]) => other !== i && node(other).classList.add("near"));
    draw(i);
  }

  const SVG = "http://www.w3.org/2000/svg";
  const svg = (tag, facts, i) => {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(facts)) made.setAttribute(name, value);
    return colour(made, i);
  };
  const middle = (i) => { const box = node(i).getClientRects()[0]; return box && { x: box.x + box.width / 2, top: box.top, bottom: box.bottom }; };

  // A curve from a span to each of its partners, with the relation's name on it.
  function draw(i) {
    lines.replaceChildren();
    if (i === null || matchMedia("(max-width:860px)").matches) return;
    const box = article.getBoundingClientRect();
    lines.style.clipPath = `inset(${box.top}px ${innerWidth - box.right}px ${innerHeight - box.bottom}px ${box.left}px)`;
    const from = middle(i);
    if (!from) return;
    const notes = [];
    const taken = (x, y) => notes.some((n) => Math.abs(n.x - x) < 64 && Math.abs(n.y - y) < 18);
    for (const [r, other] of links[i]) {
      const to = middle(other);
      if (!to || other === i) continue;
      const below = to.top > from.bottom, above = to.bottom < from.top, level = !below && !above;
      const y0 = below ? from.bottom : from.top, y1 = above ? to.bottom : to.top, x = (from.x + to.x) / 2;
      let bend = level ? -(20 + Math.abs(to.x - from.x) / 9) : (y1 - y0) / 2;
      if (level) while (taken(x, y0 + 0.75 * bend)) bend -= 24;
      const [c0, c1] = level ? [y0 + bend, y1 + bend] : [y0 + bend, y1 - bend];
      lines.append(svg("path", { d: `M${from.x},${y0} C${from.x},${c0} ${to.x},${c1} ${to.x},${y1}` }, other));
      let y = level ? y0 + 0.75 * bend : (y0 + y1) / 2;
      if (y < box.top || y > box.bottom) continue;
      while (taken(x, y)) y += 18;
      notes.push({ x, y });
      const name = say("values", r[0]), width = [...name].reduce((w, c) => w + (c > "\u2e80" ? 12 : 7.2), 10);
      const note = svg("text", { x, y }, other);
      note.textContent = name;
      lines.append(svg("rect", { x: x - width / 2, y: y - 8.5, width, height: 17 }, other), note);
    }
  }

  function pin(i, scroll) {
    all(".e[tabindex]", article).forEach((e) => e.removeAttribute("tabindex"));
    pinned = i;
    if (i !== null) {
      const span = node(i);
      if (scroll) span.scrollIntoView({ block: "center" });
      span.tabIndex = 0;
      span.focus({ preventScroll: true });
      history.replaceState(null, "", `#${entities[i][0]}`);
    }
    light(i);
    mark(i);
    describe(i);
  }

  // Rows and spans lead to each other.
  const rowsAt = new Map();
  function index(rows) {
    for (const row of rows) for (const id of row.dataset.at.split(" ")) {
      if (!rowsAt.has(id)) rowsAt.set(id, []);
      rowsAt.get(id).push(row);
    }
  }
  const rowsIn = (panel) => all("tr[data-at]", panel);
  const rowsOf = (i) => rowsAt.get(entities[i][0]) || [];
  function light(i) {
    all("tr.here").forEach((row) => row.classList.remove("here"));
    if (i === null) return;
    const rows = rowsOf(i);
    rows.forEach((row) => row.classList.add("here"));
    const shown = rows.find((row) => row.closest(".panel.open"));
    if (shown && shown !== document.activeElement) shown.scrollIntoView({ block: "nearest" });
  }
  function toRow(row) {
    open(row.closest(".panel").dataset.table);
    all("tr[tabindex='0']").forEach((r) => (r.tabIndex = -1));
    row.hidden = false;
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }
  function toSpan(row, id) {
    const target = id || row.dataset.at.split(" ")[0];
    if (byId.has(target)) { lastRow = row; pin(byId.get(target), true); }
  }

  // Tables; those of entities and relations are made when first opened.
  const columns = { entities: ["label", "source", "value", "confidence"], relations: ["type", "head", "tail", "confidence"] };
  function fill(panel) {
    const name = panel.dataset.table, table = make("table"), head = make("tr"), bodies = [];
    for (const column of columns[name]) {
      const cell = make("th", "", say("columns", column));
      cell.dataset.w = `columns.${column}`;
      head.append(cell);
    }
    const coded = (value) => { const cell = make("td"), span = make("span", "", say("values", value)); span.dataset.w = `values.${value}`; cell.append(span); return cell; };
    const piece = (i) => { const cell = make("td"), a = make("a", "", text(i)); a.dataset.to = entities[i][0]; cell.append(a); return cell; };
    const row = (ids, ...cells) => {
      const made = make("tr");
      made.tabIndex = -1;
      made.dataset.at = ids.map((i) => entities[i][0]).join(" ");
      made.append(...cells);
      if (!bodies.length || bodies.at(-1).children.length === 100) bodies.push(make("tbody"));
      bodies.at(-1).append(made);
    };
    if (name === "entities") entities.forEach((e, i) => row([i], coded(labels[e[1]]), piece(i), make("td", "", e[2]), make("td", "", e[4].toFixed(2))));
    else relations.forEach((r) => row([r[1], r[2]], coded(r[0]), piece(r[1]), piece(r[2]), make("td", "", r[3].toFixed(2))));
    const top = make("thead");
    top.append(head);
    table.append(top, ...bodies);
    $(`#t-${name} .scroll`).append(table);
    index(rowsIn(panel));
  }
  function open(name) {
    all(".panel").forEach((panel) => panel.classList.toggle("open", panel.dataset.table === name));
    all("nav button").forEach((tab) => tab.setAttribute("aria-selected", tab.dataset.table === name));
    const panel = $(`#t-${name}`);
    if (panel.classList.contains("lazy") && !panel.querySelector("table")) fill(panel);
    sift();
  }
  function sift() {
    const wanted = find.value.trim().toLowerCase();
    all(".panel.open tbody tr").forEach((row) => (row.hidden = !row.textContent.toLowerCase().includes(wanted)));
  }

  function speak() {
    document.documentElement.lang = ui;
    all("[data-w]").forEach((e) => { const [group, ...name] = e.dataset.w.split("."); e.textContent = say(group, name.join(".")); });
    all("[data-hint]").forEach((e) => { const said = say("page", e.dataset.hint); e.title = said; if (e.tagName === "INPUT") e.placeholder = said; });
    const list = make("dl");
    for (const [key, what] of [["← →", "next and previous span"], ["↑ ↓", "next and previous row"],
      ["Enter", "from the row to its span, from the span to its row"], ["B", "back to the last row"], ["1 … 9", "choose a table"],
      ["/", "filter rows"], ["Esc", "clear"], ["L", "Chinese or English"], ["?", "these keys"]]) {
      const key_ = make("dt");
      key_.append(make("kbd", "", key));
      list.append(key_, make("dd", "", say("page", what)));
    }
    $("#keys").replaceChildren(list);
    describe(pinned);
    draw(pinned);
  }
  const turn = () => { ui = ui === "zh" ? "en" : "zh"; speak(); };

  all(".chip input").forEach((box) => (box.onchange = () => { article.classList.toggle(`off${box.value}`, !box.checked); }));
  const set = (box, on) => { box.checked = on; box.onchange(); };
  all(".chip").forEach((chip) => (chip.ondblclick = () => all(".chip input").forEach((box) => set(box, chip.contains(box)))));
  all("[data-all]").forEach((button) => (button.onclick = () => all(".chip input").forEach((box) => set(box, button.dataset.all === "1"))));
  all("nav button").forEach((tab) => (tab.onclick = () => open(tab.dataset.table)));
  find.oninput = sift;
  $("#lang").onclick = turn;
  $("#help").onclick = () => $("#keys").showModal();
  $("#keys").onclick = () => $("#keys").close();
  const go = $("#go");
  if (go) go.onchange = () => { const at = go.value && document.getElementById(go.value); if (at) at.parentNode.scrollIntoView(); go.value = ""; };

  const spanOf = (event) => { const span = event.target.closest && event.target.closest(".e"); return span && !hidden(+span.dataset.i) ? +span.dataset.i : null; };
  article.addEventListener("mouseover", (event) => { const i = spanOf(event); if (i !== null) { mark(i); describe(i); } });
  article.addEventListener("mouseout", (event) => { if (spanOf(event) !== null) { mark(pinned); describe(pinned); } });
  article.addEventListener("scroll", () => draw(pinned), { passive: true });
  addEventListener("resize", () => draw(pinned));
  document.addEventListener("click", (event) => {
    const i = spanOf(event);
    if (i !== null) return pin(i, false);
    const row = event.target.closest("tr[data-at]");
    if (row) { const piece = event.target.closest("a[data-to]"); toSpan(row, piece && piece.dataset.to); }
    else if (event.target.closest("article")) pin(null);
  });

  function step(by) {
    let i = pinned === null ? (by > 0 ? -1 : entities.length) : pinned;
    do i += by; while (entities[i] && hidden(i));
    if (entities[i]) pin(i, true);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("#keys").open) return;
    if (event.target.matches("input[type=search], select")) { if (event.key === "Escape") event.target.blur(); return; }
    const row = document.activeElement.closest("tr[data-at]");
    const tabs = all("nav button");
    const next = (by) => {
      const rows = rowsIn(row.closest(".panel")).filter((r) => !r.hidden);
      const other = rows[rows.indexOf(row) + by];
      if (other) toRow(other);
    };
    const keys = {
      ArrowRight: () => step(1), ArrowLeft: () => step(-1), Escape: () => pin(null), l: turn, "?": () => $("#keys").showModal(),
      b: () => lastRow && toRow(lastRow), "/": () => find.focus(),
      Enter: () => { if (row) toSpan(row); else if (pinned !== null && rowsOf(pinned)[0]) toRow(rowsOf(pinned).find((r) => r.closest(".open")) || rowsOf(pinned)[0]); },
      ArrowDown: row && (() => next(1)), ArrowUp: row && (() => next(-1)),
    };
    const number = +event.key;
    const act = keys[event.key] || keys[event.key.toLowerCase()] || (number && tabs[number - 1] && (() => open(tabs[number - 1].dataset.table)));
    if (!act || document.activeElement.matches("button, input") && event.key === "Enter") return;
    event.preventDefault();
    act();
  });

  // The border between text and tables moves.
  $("#split").onpointerdown = (event) => {
    event.target.setPointerCapture(event.pointerId);
    event.target.onpointermove = (e) => { $("main").style.setProperty("--left", `${e.clientX}px`); draw(pinned); };
    event.target.onpointerup = () => { event.target.onpointermove = null; };
  };

  index(all("tr[data-at]"));
  if (all("nav button")[0]) open(all("nav button")[0].dataset.table);
  speak();
  const arrive = () => { const id = decodeURIComponent(location.hash.slice(1)); if (byId.has(id)) pin(byId.get(id), true); };
  addEventListener("hashchange", arrive);
  arrive();
})();

(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const panel = document.getElementById("links");
  const node = (id) => document.getElementById(id);
  function choose(span, scroll) {
    all(".e.on,.e.near").forEach((e) => e.classList.remove("on", "near"));
    panel.textContent = "";
    if (!span) return;
    span.classList.add("on");
    if (scroll) span.scrollIntoView({ block: "center" });
    const head = document.createElement("b");
    head.textContent = span.textContent.trim() + " — " + span.title;
    panel.append(head);
    for (const line of (span.dataset.links || "").split("\n").filter(Boolean)) {
      const [type, arrow, id] = line.split("\t");
      const other = node(id);
      if (!other) continue;
      other.classList.add("near");
      const row = document.createElement("div");
      const link = document.createElement("a");
      link.textContent = `${type} ${arrow} ${other.textContent.trim()}`;
      link.onclick = () => choose(other, true);
      row.append(link);
      panel.append(row);
    }
  }
  all(".filters input").forEach((box) => {
    box.onchange = () =>
      all(".e").forEach((e) => e.dataset.label === box.dataset.label && e.classList.toggle("off", !box.checked));
  });
  document.addEventListener("click", (event) => {
    const span = event.target.closest(".e");
    const row = event.target.closest("tr[data-to]");
    if (span) choose(span, false);
    else if (row) choose(node(row.dataset.to), true);
  });
  document.addEventListener("keydown", (event) => {
    const at = document.activeElement;
    if (event.key === "Escape") return choose(null);
    if (event.key === "Enter" && at.matches(".e")) return choose(at, false);
    if (event.key === "Enter" && at.matches("tr[data-to]")) return choose(node(at.dataset.to), true);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && at.matches(".e")) {
      const spans = all(".e:not(.off)");
      const next = spans[spans.indexOf(at) + step];
      if (next) { next.focus(); choose(next, true); event.preventDefault(); }
    }
  });
})();

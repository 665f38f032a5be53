// A number shows its sentence on hover, focus and tap; a click, or a second tap, goes to it.
(() => {
  const box = document.createElement("div");
  box.id = "sentence";
  box.setAttribute("role", "tooltip");
  box.tabIndex = -1;
  box.hidden = true;
  document.body.append(box);
  let shown = null;
  let closing = 0;
  let pointer = "";  // what clicked: older Safari does not say it with the click

  function show(link, hint) {
    clearTimeout(closing);
    const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!place || link === shown) return;
    hide();
    for (const part of place.children) {
      if (/^H\d$/.test(part.tagName) || part.classList.contains("small")) continue;
      const copy = part.cloneNode(true);
      copy.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
      copy.querySelectorAll("a").forEach((a) => a.replaceWith(...a.childNodes));
      if (copy.tagName === "UL") [...copy.children].slice(4).forEach((item) => item.remove());
      box.append(copy);
    }
    if (hint) box.append(Object.assign(document.createElement("p"), { textContent: hint }));
    box.hidden = false;
    shown = link;
    link.setAttribute("aria-describedby", "sentence");
    // Above or below all lines of the link, where there is more room; longer ones scroll.
    const rows = [...link.getClientRects()];
    const above = rows[0].top - 12;
    const under = innerHeight - rows.at(-1).bottom - 12;
    box.style.maxHeight = `${Math.max(above, under, 96)}px`;
    const size = box.getBoundingClientRect();
    const below = size.height <= under || under >= above;
    const left = Math.max(8, Math.min(rows[0].left, document.documentElement.clientWidth - size.width - 8));
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(below ? rows.at(-1).bottom + 6 : rows[0].top - size.height - 6) + scrollY}px`;
  }

  function hide() {
    clearTimeout(closing);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
    box.replaceChildren();
  }

  function soon(event) {
    clearTimeout(closing);
    if (event.pointerType === "mouse" && document.activeElement !== shown) closing = setTimeout(hide, 250);
  }

  for (const link of document.querySelectorAll("a.fact, a.says")) {
    link.removeAttribute("title");  // what is shown without this script
    link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(link); });
    link.addEventListener("pointerleave", soon);
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
    link.addEventListener("blur", (event) => { if (event.relatedTarget !== box) hide(); });
    link.addEventListener("click", (event) => {
      if (event.detail && pointer && pointer !== "mouse" && shown !== link) {
        event.preventDefault();
        show(link, "Tap again to go there.");
        return;
      }
      hide();
      history.replaceState({ from: link.id }, "");  // so that the way back ends where it began
    });
  }
  box.addEventListener("pointerenter", () => clearTimeout(closing));
  box.addEventListener("pointerleave", soon);
  box.addEventListener("blur", (event) => { if (event.relatedTarget !== shown) hide(); });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    if (shown && !box.contains(event.target) && !shown.contains(event.target)) hide();
  }, true);
  addEventListener("popstate", (event) => document.getElementById(event.state?.from)?.focus({ preventScroll: true }));

  // What is wider than the page scrolls, can be reached by keyboard, and says so; the rest is no stop on the way.
  const frames = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const wide = target.scrollWidth > target.clientWidth + 1;
      target.classList.toggle("over", wide);
      for (const [name, value] of [["tabindex", "0"], ["role", "region"]]) {
        if (wide) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    }
  });
  document.querySelectorAll(".scroll").forEach((frame) => frames.observe(frame));

  const contents = document.querySelector("nav details");
  const wide = matchMedia("(min-width: 82rem)");
  const unfold = () => { contents.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();
})();

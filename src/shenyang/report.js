// A number shows its sentence on hover, focus and tap; a click, or a second tap, goes to it.
(() => {
  const box = document.createElement("div");
  box.id = "sentence";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.body.append(box);
  let shown = null;
  let closing = 0;

  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  function show(link, hint) {
    clearTimeout(closing);
    const place = target(link);
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
    const at = link.getClientRects()[0];
    const size = box.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - size.width - 8));
    const below = at.bottom + 6 + size.height <= innerHeight || at.top < size.height + 6;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(below ? at.bottom + 6 : at.top - size.height - 6) + scrollY}px`;
  }

  function hide() {
    clearTimeout(closing);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
    box.replaceChildren();
  }

  const soon = () => { clearTimeout(closing); closing = setTimeout(hide, 250); };

  for (const link of document.querySelectorAll("a.fact")) {
    link.removeAttribute("title"); // what is shown without this script
    link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(link); });
    link.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") soon(); });
    link.addEventListener("focus", () => { if (link.matches(":focus-visible")) show(link); });
    link.addEventListener("blur", hide);
    link.addEventListener("click", (event) => {
      if (event.pointerType === "touch" && shown !== link) {
        event.preventDefault();
        show(link, "Tap the number again to go there.");
      } else hide();
    });
  }
  box.addEventListener("pointerenter", () => clearTimeout(closing));
  box.addEventListener("pointerleave", soon);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("pointerdown", (event) => {
    if (shown && !box.contains(event.target) && !shown.contains(event.target)) hide();
  });
  const small = matchMedia("(max-width: 81.99rem)");
  if (small.matches) document.querySelector("nav details").open = false;
})();

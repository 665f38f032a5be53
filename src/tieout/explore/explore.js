// The one widget behind every explorer: controls above, regions below, both described by Python (explore.py).
// What a reader sets goes to the kernel as `state`; what follows comes back as `view`. Nothing is computed here.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

function field(control, prefix) {
  const { name, label, kind, options = [], title } = control;
  const common = { name, title, id: `${prefix}-${name}` };
  if (kind === "check") {
    return make("label", { class: "check", title }, make("input", { ...common, type: "checkbox" }), ` ${label}`);
  }
  let input;
  if (kind === "select" || kind === "list") {
    input = make("select", kind === "list" ? { ...common, size: control.size ?? 10 } : common);
    fill(input, options);
  } else {
    input = make("input", { ...common, type: kind, autocomplete: "off", spellcheck: "false" });
  }
  return make("label", { class: control.wide ? `${kind} wide` : kind }, make("span", {}, label), input);
}

function fill(select, options) {
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
}

function show(input, value) {
  if (value === undefined) return;
  if (input.type === "checkbox") input.checked = value;
  else if (input.value !== value) input.value = value;
}

// Where a link to another notebook leads: JupyterLab opens it beside this one, as it does for links in Markdown.
function connect(root) {
  const here = location.pathname.match(/\/tree\/(.*\/)?[^/]*$/);
  for (const a of root.querySelectorAll("a[data-to]")) {
    const [file, place] = a.dataset.to.split("#");
    const path = decodeURIComponent(here?.[1] ?? "notebooks/") + file;
    a.dataset.commandlinkerCommand = "rendermime:handle-local-link";
    a.dataset.commandlinkerArgs = JSON.stringify({ path, id: `#${place}` });
    a.href = a.dataset.to;
  }
}

function render({ model, el }) {
  const prefix = `x${Math.random().toString(36).slice(2, 9)}`;
  const form = make("form", { class: "controls" });
  const groups = new Map();
  const controls = model.get("controls");
  for (const control of controls.filter((c) => c.kind !== "list")) {
    const group = control.group ?? "";
    if (!groups.has(group)) {
      const holder = group ? make("fieldset", {}, make("legend", {}, group)) : form;
      if (group) form.append(holder);
      groups.set(group, holder);
    }
    groups.get(group).append(field(control, prefix));
  }
  const reset = make("button", { type: "button", class: "reset" }, "Reset 重置");
  form.append(reset);
  const status = make("p", { class: "status" });
  const spoken = make("p", { class: "spoken", role: "status" }); // the same, once the reader pauses
  const regions = Object.fromEntries(
    model.get("regions").map(([name, label]) => [
      name,
      // A region that scrolls has to be reached by keyboard.
      make("div", { class: `region ${name}`, role: "group", "aria-label": label, tabindex: "0" }),
    ]),
  );
  const root = make("section", { class: "explorer", "aria-label": model.get("label") }, form, status, spoken);
  const lists = controls.filter((c) => c.kind === "list").map((c) => field(c, prefix));
  root.append(make("div", { class: "regions" }, ...lists, ...Object.values(regions)));
  el.append(root);

  const inputs = () => [...root.querySelectorAll("input, select")];
  let state = { ...model.get("state") };
  let busy = false;
  let waiting = false;
  let asked = 0;
  let alarm;
  let pause;
  const drawn = new Map(); // what each region holds

  function send(patience = 8000) {
    if (busy) {
      waiting = true;
      return;
    }
    busy = true;
    asked = performance.now();
    // What is set as before is a question, too, whichever view of this widget asks it.
    model.set("state", { ...state, questions: (model.get("state").questions ?? 0) + 1 });
    model.save_changes();
    alarm = setTimeout(() => {
      busy = false;
      status.textContent = "No answer yet: the kernel is busy, or was restarted; then run this cell again. 尚无响应：内核繁忙或已重启；若已重启，请重新运行此单元格。";
    }, patience);
  }

  function change(part) {
    state = { ...state, ...part };
    send();
  }

  function draw() {
    const view = model.get("view");
    const newer = waiting; // what is set now is newer than this answer: show it, and ask again
    clearTimeout(alarm);
    busy = waiting = false;
    if (!newer) state = { ...view.state };
    const focus = document.activeElement;
    for (const input of newer ? [] : inputs()) {
      const options = view.options?.[input.name];
      if (options && input.dataset.options !== JSON.stringify(options)) {
        fill(input, options);
        input.dataset.options = JSON.stringify(options);
      }
      const words = view.labels?.[input.name];
      if (words) input.closest("label").firstElementChild.textContent = words;
      for (const [name, value] of Object.entries(view.attributes?.[input.name] ?? {})) input.setAttribute(name, value);
      // Half a number is not taken out of the hands of whoever types it.
      if (input !== focus || !["number", "search"].includes(input.type)) show(input, state[input.name]);
    }
    if (status.textContent !== view.status) {
      status.textContent = view.status;
      clearTimeout(pause);
      pause = setTimeout(() => (spoken.textContent = view.status), 700);
    }
    const pane = root.contains(focus) ? focus.closest(".region") : undefined;
    for (const [name, html] of Object.entries({ ...model.get("fixed"), ...view.html })) {
      if (drawn.get(name) === html) continue;
      drawn.set(name, html);
      regions[name].innerHTML = html;
    }
    if (pane && !focus.isConnected) {
      // What had the focus was drawn anew: it goes to its successor, or to the pane.
      const same = [...pane.querySelectorAll("[data-set]")].find((e) => e.dataset.set === focus.dataset.set);
      (same ?? pane).focus({ preventScroll: true });
    }
    mark(view.marked ?? []);
    if (asked) root.dataset.milliseconds = Math.round(performance.now() - asked);
    root.dataset.answers = Number(root.dataset.answers ?? -1) + 1;
    if (newer) send();
  }

  function mark(ids) {
    const seen = new Set();
    for (const element of root.querySelectorAll("[data-ids]")) {
      const on = element.dataset.ids.split(" ").some((id) => ids.includes(id));
      element.classList.toggle("chosen", on);
      if (on) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
      const pane = element.closest(".region");
      if (!on || seen.has(pane)) continue;
      seen.add(pane);
      // The pane scrolls to the first, the notebook does not.
      const place = element.getBoundingClientRect(); // of all its lines
      const by = place.top - pane.getBoundingClientRect().top;
      if (by < 0 || by + place.height > pane.clientHeight) pane.scrollTop += by - pane.clientHeight / 3;
    }
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("input", (event) => {
    const { name, type, checked, value } = event.target;
    change({ [name]: type === "checkbox" ? checked : value, changed: name });
  });
  // Half a number that was left standing becomes the value that holds.
  root.addEventListener("focusout", (event) => {
    if (event.target.type === "number") show(event.target, state[event.target.name]);
  });
  reset.addEventListener("click", () => {
    state = { ...model.get("initial") };
    for (const input of inputs()) show(input, state[input.name]);
    send();
  });
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-set]");
    if (!getSelection().isCollapsed) return; // words are being copied
    if (target && !event.target.closest("a[data-to]")) change(JSON.parse(target.dataset.set));
  });
  root.addEventListener("keydown", (event) => {
    if (["Enter", " "].includes(event.key) && event.target.matches("[role=button]")) {
      event.preventDefault();
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    // Keys are the explorer's while it has the focus: JupyterLab would cut cells. Escape leads out, Ctrl+S saves.
    const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
    if (event.key !== "Escape" && !saves) event.stopPropagation();
  });
  // Only now is it sure that this notebook is the one on top, whose path the links need.
  for (const way of ["pointerdown", "focusin"]) root.addEventListener(way, () => connect(root));
  // The line to the kernel was cut or mended: one question shows which. A kernel that was restarted never answers.
  const ask = () => send(1500);
  model.on("comm_live_update", ask);
  model.on("change:view", draw);
  draw();
  requestAnimationFrame(() => mark(model.get("view").marked ?? [])); // what is not on the page yet does not scroll
  return () => {
    clearTimeout(alarm);
    clearTimeout(pause);
    model.off("comm_live_update", ask);
    model.off("change:view", draw);
  };
}

export default { render };

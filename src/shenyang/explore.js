// The one widget behind every explorer: controls above, regions below, both described by Python (explore.py).
// What a reader sets goes to the kernel as `state`; what follows comes back as `view`. Nothing is computed here.

const ARROWS = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab takes "a" or "d d" for its own commands

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
  for (const a of root.querySelectorAll("a[data-notebook]")) {
    const path = decodeURIComponent(here?.[1] ?? "notebooks/") + a.dataset.notebook;
    a.dataset.commandlinkerCommand = "rendermime:handle-local-link";
    a.dataset.commandlinkerArgs = JSON.stringify({ path, id: `#cell-id=${a.dataset.cell}` });
    a.href = `${a.dataset.notebook}#cell-id=${a.dataset.cell}`;
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
  const status = make("p", { class: "status", role: "status" });
  const regions = Object.fromEntries(
    model.get("regions").map(([name, label]) => [
      name,
      // A region that scrolls has to be reached by keyboard.
      make("div", { class: `region ${name}`, role: "region", "aria-label": label, tabindex: "0" }),
    ]),
  );
  const root = make("section", { class: "explorer", "aria-label": model.get("label"), ...ARROWS }, form, status);
  const lists = controls.filter((c) => c.kind === "list").map((c) => field(c, prefix));
  root.append(make("div", { class: "regions" }, ...lists, ...Object.values(regions)));
  el.append(root);

  const inputs = () => [...root.querySelectorAll("input, select")];
  let state = { ...model.get("state") };
  let busy = false;
  let waiting = false;
  let asked = 0;
  let questions = 0;
  let alarm;

  function send() {
    if (busy) {
      waiting = true;
      return;
    }
    busy = true;
    asked = performance.now();
    questions += 1; // what is set as before is a question, too
    model.set("state", { ...state, questions });
    model.save_changes();
    alarm = setTimeout(() => {
      busy = false;
      status.textContent = "The kernel does not answer. Run the cell again. 内核无响应，请重新运行此单元。";
    }, 8000);
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
    status.textContent = view.status;
    const key = root.contains(focus) ? focus.closest("[data-set]")?.dataset.set : undefined;
    for (const [name, html] of Object.entries(view.html)) {
      const region = regions[name];
      if (region.dataset.html === html) continue;
      region.innerHTML = html;
      region.dataset.html = html;
      connect(region);
    }
    if (key) [...root.querySelectorAll("[data-set]")].find((e) => e.dataset.set === key)?.focus({ preventScroll: true });
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
      const by = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
      if (by < 0 || by > pane.clientHeight - 40) pane.scrollTop += by - pane.clientHeight / 3;
    }
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("input", (event) => {
    const { name, type, checked, value } = event.target;
    change({ [name]: type === "checkbox" ? checked : value });
  });
  reset.addEventListener("click", () => {
    state = { ...model.get("initial") };
    for (const input of inputs()) show(input, state[input.name]);
    send();
  });
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-set]");
    if (target && !event.target.closest("a[data-notebook]")) change(JSON.parse(target.dataset.set));
  });
  // Keys are the explorer's while it has the focus: JupyterLab would cut cells.
  root.addEventListener("keydown", (event) => {
    if (["Enter", " "].includes(event.key) && event.target.matches("[role=button]")) {
      event.preventDefault();
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    if (event.key !== "Escape" && !(event.key === "Enter" && (event.shiftKey || event.ctrlKey))) event.stopPropagation();
  });
  model.on("change:view", draw);
  draw();
  requestAnimationFrame(() => mark(model.get("view").marked ?? [])); // what is not on the page yet does not scroll
  return () => {
    clearTimeout(alarm);
    model.off("change:view", draw);
  };
}

export default { render };

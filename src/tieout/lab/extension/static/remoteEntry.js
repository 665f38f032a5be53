// What JupyterLab loads into the browser: a module federation container, written by hand, so that nothing is built.
// It gives one plugin, which asks for no other plugin: what it needs hangs on `app`, or is shared by JupyterLab.

var _JUPYTERLAB;
(() => {
  const REFRESH = "tieout:refresh";
  const HERE = new URL(".", document.currentScript.src);

  // Only inside notebooks of the project, marked by the class. Widths are in rem: about eighty letters of text.
  // As in the PDF an article's number is red, one of another source blue and dashed; the second pair is for the dark theme.
  // Chinese is set in the project's own face, of which the server has the files, and all else as JupyterLab sets it:
  // text breaks at the same places on every machine. JupyterLab's own variables carry the face to wherever they are used.
  // Quotation marks, dash, ellipsis and middle dot belong to both scripts: they are Chinese where an element says that
  // it is, for between English words they would be as wide as a Han character.
  const HAN = "U+2E80-2FDF, U+3000-303F, U+3400-4DBF, U+4E00-9FFF, U+F900-FAFF, U+FE30-FE4F, U+FF00-FFEF";
  const face = (family, range) => [["Regular", 400], ["Bold", 700]].map(([name, weight]) => `
    @font-face { font-family: "${family}"; font-weight: ${weight}; font-display: block;
      src: url("${new URL(`ReportSansSC-${name}.otf`, HERE)}") format("opentype"); unicode-range: ${range}; }`).join("");
  const FACES = face("Report Sans SC", HAN) + face("Report Chinese", `${HAN}, U+B7, U+2014, U+2018-201D, U+2026`);
  const KINDS = ["ui", "content", "code"];
  const STYLE = `${FACES}
    body { ${KINDS.map(kind => `--tieout-${kind}: var(--jp-${kind}-font-family);`).join(" ")} }
    body > * { ${KINDS.map(kind => `--jp-${kind}-font-family: "Report Sans SC", var(--tieout-${kind});`).join(" ")}
      --body-font: var(--jp-ui-font-family); font-family: var(--jp-ui-font-family); }
    :is(.jp-RenderedHTMLCommon, .explorer) [lang|="zh"] { font-family: "Report Chinese", var(--jp-content-font-family); }
    .tieout { --tieout-own: #a50d25; --tieout-elsewhere: #1f4e9c; }
    [data-jp-theme-light="false"] .tieout { --tieout-own: #ff8a97; --tieout-elsewhere: #9cc0ff; }
    .tieout .jp-RenderedHTMLCommon a[href*="evidence/"][href*=".md"] { color: var(--tieout-own); }
    .tieout .jp-RenderedHTMLCommon { line-height: 1.6; }
    .tieout .jp-RenderedHTMLCommon :is(h1, h2, h3, h4) { line-height: 1.25; }
    .tieout .jp-RenderedHTMLCommon > :is(h1, h2, h3, h4, p, ul, ol, dl, blockquote, details) { max-width: 46rem; }
    .tieout .jp-RenderedHTMLCommon > table { table-layout: auto; max-width: 100%; margin-left: 0; }
    .tieout .jp-RenderedHTMLCommon :is(td, th) { line-height: 1.4; overflow-wrap: break-word; }
    .tieout .jp-RenderedHTMLCommon th { word-break: keep-all; }
    .tieout table:has(th:nth-child(6)) :is(td, th) { min-width: 5.5em; overflow-wrap: anywhere; }
    .tieout .jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }
    .tieout .jp-RenderedHTMLCommon img { max-width: 100%; height: auto; }
    .tieout .jp-RenderedHTMLCommon a[href*="evidence/"]:is([href*="#record_"], [href*="#vs_"]) {
      color: var(--tieout-elsewhere); text-decoration: underline dashed 1px; text-underline-offset: 2px; }
    .tieout .jp-RenderedHTMLCommon a[href*="evidence/"][href*="#says_"] {
      color: inherit; text-decoration: underline dotted 1px; text-underline-offset: 3px; }
    .jp-NotebookPanel:not(.tieout) [data-jp-item-name="tieout-refresh"] { display: none; }`;

  function activate(app, palette, { makeRequest }, showErrorMessage) {
    const { commands, shell, serviceManager } = app;
    document.head.appendChild(document.createElement("style")).textContent = STYLE;

    // --- which notebooks are the project's -------------------------------------------------
    // The server knows: it reads the project's own list.
    async function isOurs(path) {
      const { serverSettings } = serviceManager;
      const address = `${serverSettings.baseUrl}${REFRESH.replace(":", "/")}?path=${encodeURIComponent(path)}`;
      try {
        const answer = await makeRequest(address, {}, serverSettings);
        return answer.ok && (await answer.json()).ours;
      } catch {
        return false; // the server is away: JupyterLab says so itself
      }
    }

    const open = new Set();
    let opened;
    const first = new Promise(resolve => { opened = resolve; });
    app.docRegistry.addWidgetExtension("Notebook", {
      createNew(panel, context) {
        const mark = async () => {
          const { path } = context;
          const ours = await isOurs(path);
          if (panel.isDisposed || path !== context.path) return; // renamed while the server was asked: that asks anew
          panel.toggleClass("tieout", ours);
          ours ? open.add(panel) : open.delete(panel);
          if (ours) opened();
          commands.notifyCommandChanged(REFRESH);
        };
        context.ready.then(() => keepClean(panel));
        context.pathChanged.connect(mark);
        panel.disposed.connect(() => { open.delete(panel); commands.notifyCommandChanged(REFRESH); });
        mark();
      }
    });

    // Tables of CSVs are drawn on a canvas, which no style sheet reaches, and which draws nothing anew when a face arrives.
    for (const factory of ["CSVTable", "TSVTable"]) app.docRegistry.addWidgetExtension(factory, {
      createNew({ content }) {
        const look = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(content), "rendererConfig");
        if (!look?.set) return; // another JupyterLab than the one known here draws them as it pleases
        const loaded = document.fonts.load('12px "Report Sans SC"', "汉");
        let last;
        Object.defineProperty(content, "rendererConfig", { configurable: true, set(config) {
          last = { ...config, fontFamily: '"Report Sans SC", sans-serif' };
          look.set.call(content, last);
          loaded.then(() => content.isDisposed || look.set.call(content, last));
        } });
      }
    });

    // A kernel writes its version into the notebook that it serves. Saving takes it out again, so it is no change:
    // without this every notebook that is only read asks to be saved.
    function keepClean(panel) {
      const { model } = panel.context;
      model.metadataChanged.connect((_, { key }) => {
        if (!open.has(panel) || model.dirty || !["kernelspec", "language_info"].includes(key)) return;
        queueMicrotask(() => { model.dirty = false; }); // the model calls itself changed after it has said what
      });
    }

    // Aborted as soon as the reader does something.
    function readerActs() {
      const until = new AbortController();
      for (const event of ["wheel", "keydown", "pointerdown"]) {
        document.addEventListener(event, () => until.abort(), { capture: true, signal: until.signal });
      }
      return until;
    }

    // --- contents first, unless the reader has an arrangement of their own -----------------
    // A fresh layout shows the file browser, once it is restored: `app.restored` comes after that.
    Promise.all([shell.restored, app.restored, first]).then(([layout]) => {
      if (layout.fresh) commands.execute("toc:show-panel");
    });

    // --- numbers in the text ----------------------------------------------------------------
    const say = (message, type, autoClose) =>
      commands.execute("apputils:notify", { message, type, options: { autoClose } });

    // A notebook that is read anew starts at its top: what was at the top of the window goes back there. Its cells take
    // a moment to get their places.
    async function keepPlace({ content, isVisible }, act) {
      const outer = content.node.querySelector(".jp-WindowedPanel-outer");
      const at = index => content.widgets[index].node.getBoundingClientRect().top - outer.getBoundingClientRect().top;
      const index = content.widgets.findIndex((_, n) => at(n + 1 < content.widgets.length ? n + 1 : n) > 0);
      const before = isVisible && index >= 0 ? at(index) : undefined;
      await act();
      const until = readerActs();
      // Until nothing has moved for a second and more; on a busy machine the first moves come late.
      for (let n = 0, still = 0; n < 100 && still < 15 && before !== undefined && content.widgets[index] && !until.signal.aborted; n++) {
        const was = outer.scrollTop;
        outer.scrollTop += at(index) - before;
        still = Math.abs(outer.scrollTop - was) < 1 ? still + 1 : 0;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
      until.abort();
    }

    async function refresh() {
      const current = open.has(shell.currentWidget) ? shell.currentWidget : [...open][0];
      // All that are open: the server may change any of them on disk, where what is not saved would be in its way.
      for (const { context } of open) if (context.model.dirty) await context.save();
      const { serverSettings } = serviceManager;
      const body = JSON.stringify({ path: current.context.path });
      const answer = await makeRequest(serverSettings.baseUrl + REFRESH.replace(":", "/"), { method: "POST", body }, serverSettings);
      const { changed, message } = await answer.json();
      if (!answer.ok) throw new Error(message);
      for (const panel of open) {
        const { context } = panel;
        if (!changed.some(name => context.path.endsWith(`/${name}.ipynb`))) continue;
        // What was typed, or came from a running cell, since the save is not thrown away.
        if (context.model.dirty) say(`${context.path} was changed meanwhile: reload it from disk.`, "warning", false);
        else await keepPlace(panel, () => context.revert());
      }
      if (changed.length) say(`Brought up to date: ${changed.join(", ")}. Run All Cells draws figures and tables anew.`, "success", 8000);
      else say("Everything is up to date.", "success", 4000);
    }

    commands.addCommand(REFRESH, {
      label: "Update numbers",
      caption: "Bring the numbers in the text up to date with the data",
      isEnabled: () => open.size > 0,
      // Not a notification: JupyterLab cuts a long one, and the remedy stands at the end.
      execute: () => refresh().catch(error => showErrorMessage("The numbers were not brought up to date", error.message))
    });
    palette?.addItem({ command: REFRESH, category: "Notebook Operations" });
  }

  let modules;
  // A module of JupyterLab's own, the one that all extensions share.
  async function shared(name) {
    const versions = Object.values(modules[name]);
    return (await (versions.find(v => v.loaded) ?? versions[0]).get())();
  }

  (_JUPYTERLAB = _JUPYTERLAB ?? {})["tieout-lab"] = {
    init(scope) { modules = scope; },
    async get() {
      const { ICommandPalette, showErrorMessage } = await shared("@jupyterlab/apputils");
      const { ServerConnection } = await shared("@jupyterlab/services");
      const plugin = {
        id: "tieout-lab:plugin",
        description: "Numbers brought up to date, contents first, a readable measure.",
        autoStart: true,
        optional: [ICommandPalette],
        activate: (app, palette) => activate(app, palette, ServerConnection, showErrorMessage)
      };
      return () => ({ default: plugin, __esModule: true });
    }
  };
})();

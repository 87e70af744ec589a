/* ATT&CK Navigator layers, format 4.x: read from a file of the reader's own, which nothing is believed of, and
   written. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, layer = M.layer = {}, loaded = 0;
  var LARGEST = 8 << 20, MOST_LAYERS = 50, MOST_ENTRIES = 20000;
  var COLOR = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
  /* Navigator's own. */
  var GRADIENT = { colors: ["#ff6666", "#ffe766", "#8ec843"], min: 0, max: 100 };

  function text(value, most) { return typeof value === "string" ? value.slice(0, most) : ""; }
  function color(value) { return typeof value === "string" && COLOR.test(value) ? M.sets.opaque(value) : ""; }
  function isObject(value) { return typeof value === "object" && value !== null && !Array.isArray(value); }

  layer.take = function (file) {
    if (file.size > LARGEST) return M.view.note([M.say("toobig", { file: file.name })]);
    var reader = new FileReader();
    reader.onload = function () { layer.open(String(reader.result), file.name); };
    reader.onerror = function () { M.view.note([M.say("notjson", { file: file.name, why: String(reader.error) })]); };
    reader.readAsText(file);
    return undefined;
  };

  /* One layer is shown at once; of a list, the reader chooses. */
  layer.open = function (json, file) {
    var parsed;
    try {
      parsed = JSON.parse(json);
    } catch (e) {
      return M.view.note([M.say("notjson", { file: file, why: e.message })]);
    }
    var list = (Array.isArray(parsed) ? parsed : [parsed]).slice(0, MOST_LAYERS);
    var fault = list.length ? list.map(function (each) { return wrong(each, file); }) : [M.say("notlayer", { file: file })];
    var fit = list.filter(function (_, at) { return !fault[at]; });
    if (!fit.length) return M.view.note([fault[0]]);
    if (fit.length === 1) return show(fit[0], file);
    M.view.choose(M.say("choose"), fit.map(function (each) { return text(each.name, 120) || file; }), function (at) { show(fit[at], file); });
    return undefined;
  };
  /* What keeps a layer from being shown; empty for none. */
  function wrong(raw, file) {
    if (!isObject(raw) || !Array.isArray(raw.techniques)) return M.say("notlayer", { file: file });
    var format = String((isObject(raw.versions) && raw.versions.layer) || raw.version || "?").slice(0, 20);
    if (!/^4(\.|$)/.test(format)) return M.say("format", { file: file, format: format });
    if (raw.domain !== M.data.domain) {
      return M.say("domain", { name: text(raw.name, 120) || file, domain: text(raw.domain, 60) || "?", own: M.data.domain });
    }
    return "";
  }

  function show(raw, file) {
    var read = entries(raw.techniques), name = text(raw.name, 120) || file, key = "layer" + ++loaded;
    /* Beside an overlay that is shown; in place of one that is not here. */
    var slot = M.sets.get(M.state.a) ? { b: key, only: "" } : { a: key, only: "" };
    M.sets.add({
      key: key, id: "", name: name, kind: "layer", aliases: [], gradient: gradient(raw.gradient), legend: legend(raw.legendItems),
      entry: function (at, tactic) {
        var all = read.all[at];
        if (!all) return null;
        return all[tactic] || all[""] || null;
      }
    });
    var said = [M.say("read", { name: name, n: read.count })];
    if (read.unknown) said.push(M.say("unknown", { n: read.unknown }));
    if (read.mapped) said.push(M.say("mapped", { n: read.mapped }));
    M.set(slot);
    M.view.note(said);
  }
  /* By technique and tactic; an entry without a tactic holds in all of them. */
  function entries(list) {
    var read = { all: {}, count: 0, unknown: 0, mapped: 0 }, tactics = {};
    M.columns.forEach(function (column) { tactics[column.tactic] = true; });
    list.slice(0, MOST_ENTRIES).forEach(function (raw) {
      if (!isObject(raw)) return read.unknown++;
      var at = M.sets.place(String(raw.techniqueID)), tactic = text(raw.tactic, 80);
      if (at < 0) {
        at = M.sets.successor(String(raw.techniqueID));
        if (at >= 0) read.mapped++;
      }
      if (at < 0 || (tactic && !Object.prototype.hasOwnProperty.call(tactics, tactic))) return read.unknown++;
      var entry = { score: isFinite(raw.score) && typeof raw.score === "number" ? raw.score : null, color: color(raw.color), note: text(raw.comment, 600) };
      if (raw.enabled === false || !counts(entry)) return undefined;
      if (!read.all[at]) read.count++;
      (read.all[at] = read.all[at] || Object.create(null))[tactic] = entry;
      return undefined;
    });
    return read;
  }
  /* Layers list techniques only to say that they have none of it: the score is 0. */
  function counts(entry) { return entry.score === null ? Boolean(entry.color || entry.note) : entry.score !== 0; }

  function gradient(raw) {
    if (!isObject(raw) || !Array.isArray(raw.colors)) return GRADIENT;
    var colors = raw.colors.slice(0, 10).map(color), min = raw.minValue, max = raw.maxValue;
    var fits = colors.length > 1 && colors.every(Boolean) && typeof min === "number" && typeof max === "number" && min < max;
    return fits ? { colors: colors, min: min, max: max } : GRADIENT;
  }
  function legend(raw) {
    if (!Array.isArray(raw)) return [];
    return raw.slice(0, 20).filter(isObject).map(function (item) { return { label: text(item.label, 80), color: color(item.color) }; })
      .filter(function (item) { return item.label && item.color; });
  }

  /* The view as a layer: the parts of a comparison as scores and colours, what the filters hide as disabled. */
  layer.write = function () {
    var view = M.view.now, techniques = [], done = {};
    M.cells.forEach(function (cell) {
      var marked = view.compare ? cell.part : cell.entry, hidden = view.filtered && !cell.kept;
      if (cell.at < 0 || (!marked && !hidden)) return;
      var written = { techniqueID: cell.id }, key = cell.id;
      if (view.byTactic || view.filtered) written.tactic = cell.column.tactic, key += cell.column.tactic;
      if (done[key]) return;
      done[key] = true;
      written.score = !marked || hidden ? 0 : view.compare ? cell.part : cell.entry.score === null ? 1 : cell.entry.score;
      written.color = !marked || hidden ? "" : view.compare ? view.parts[cell.part].color : cell.entry.color;
      written.comment = !marked ? "" : view.compare ? view.parts[cell.part].label : cell.entry.note;
      written.enabled = !hidden;
      written.showSubtechniques = Boolean(cell.fold && cell.fold.open);
      techniques.push(written);
    });
    var shades = view.compare ? { colors: ["#ffffff", view.parts[3].color], min: 0, max: 3 } : view.gradient || { colors: ["#ffffff", "#66b1ff"], min: 0, max: 1 };
    var versions = { navigator: "5.1.0", layer: "4.5" };
    if (M.data.attack) versions.attack = M.data.attack;
    var out = {
      name: view.title, versions: versions, domain: M.data.domain, description: view.count + " " + location.hash.slice(1),
      sorting: 0, hideDisabled: view.filtered,
      layout: {
        layout: M.state.layout === "side" ? "side" : "flat", showID: false, showName: true,
        expandedSubtechniques: M.state.open === "all" ? "all" : "annotated"
      },
      techniques: techniques,
      gradient: { colors: shades.colors, minValue: shades.min, maxValue: shades.max },
      legendItems: view.legend.map(function (item) { return { label: item.label, color: item.color }; })
    };
    if (M.state.platform) out.filters = { platforms: [M.state.platform] };
    return out;
  };
})();

/* Sets of techniques: overlays, what they have in common, and what a filter keeps. */
(function () {
  "use strict";
  var M = self.ttpressMatrix, sets = M.sets = {}, data, places = {}, overlays = [], byKey = {};
  var KINDS = ["group", "software", "campaign", "mitigation"];

  /* `3 1 10`: steps to the base of 36, from one technique to the next. */
  function decode(text) {
    var has = new Uint8Array(data.techniques.length), at = 0;
    text.split(" ").forEach(function (step) {
      at += parseInt(step, 36);
      has[at] = 1;
    });
    return has;
  }
  function technique(row) { return { id: row[0], name: row[1], state: row[2], rules: row[3], tests: row[4], playbook: row[5] }; }

  sets.start = function () {
    data = M.data;
    M.techniques = data.techniques.map(technique);
    M.techniques.forEach(function (t, at) { places[t.id] = at; });
    M.cells.forEach(function (cell) {
      cell.at = sets.place(cell.id);
      cell.full = cell.parent ? cell.parent.name + ": " + cell.name : cell.name;
      cell.text = (cell.id + " " + cell.full).toLowerCase();
    });
    var words = M.box.dataset;
    /* A wiki without a playbook covers nothing, which is an answer too. */
    written("coverage", words.current, function (t) { return t.state < 2; });
    if (M.techniques.some(isApproved)) written("approved", words.approved, isApproved);
    if (M.techniques.some(isStale)) written("stale", words.stale, isStale);
    counted("rules", words.rules, function (t) { return t.rules; });
    counted("tests", words.tests, function (t) { return t.tests; });
    KINDS.forEach(function (kind) {
      (data.sets[kind] || []).forEach(function (row) {
        var has = null;
        sets.add({
          key: row[0], id: row[0], name: row[1], kind: kind, aliases: row[2],
          entry: function (at) { return (has = has || decode(row[3]))[at] ? FULL : null; }
        });
      });
    });
  };
  /* What an overlay says of a technique that it simply has. */
  var FULL = { score: null, color: "", note: "" };
  function isApproved(t) { return t.state === 0; }
  function isStale(t) { return t.state === 2; }
  function written(key, name, test) {
    sets.add({ key: key, id: "", name: name, kind: "coverage", aliases: [], entry: function (at) { return test(M.techniques[at]) ? FULL : null; } });
  }
  function counted(key, name, count) {
    var counts = M.techniques.map(count).filter(Boolean).sort(function (x, y) { return x - y; });
    if (!counts.length) return;
    /* A few techniques have ten times what all others have: a tenth of them share the last shade. */
    var most = counts[Math.floor(counts.length * 0.9)];
    sets.add({
      key: key, id: "", name: name, kind: "detection", aliases: [],
      gradient: { colors: ["#e3eff1", "#0b5a6e"], min: 1, max: Math.max(most, 2), andMore: counts[counts.length - 1] > most },
      entry: function (at) {
        var n = count(M.techniques[at]);
        return n ? { score: n, color: "", note: "" } : null;
      }
    });
  }

  /* Place of a technique in the data; -1 where it has none. */
  sets.place = function (id) { return places.hasOwnProperty(id) ? places[id] : -1; };
  /* The same for an ID that may have been revoked. */
  sets.successor = function (id) { return Object.prototype.hasOwnProperty.call(data.old, id) ? data.old[id] : -1; };

  sets.add = function (overlay) {
    if (Object.prototype.hasOwnProperty.call(byKey, overlay.key)) return;
    overlay.text = [overlay.id, overlay.name].concat(overlay.aliases).join("\n").toLowerCase();
    overlays.push(overlay);
    byKey[overlay.key] = overlay;
  };
  sets.get = function (key) { return Object.prototype.hasOwnProperty.call(byKey, key) ? byKey[key] : null; };

  /* Overlays for what was typed, the nearest first; for nothing, those of this wiki and the layers. */
  sets.find = function (typed, most) {
    var query = typed.trim().toLowerCase();
    if (!query) return overlays.filter(function (o) { return KINDS.indexOf(o.kind) < 0; }).slice(0, most);
    return overlays.map(function (overlay) { return { overlay: overlay, rank: rank(overlay, query) }; })
      .filter(function (hit) { return hit.rank < 9; })
      .sort(function (x, y) { return x.rank - y.rank; })
      .slice(0, most)
      .map(function (hit) { return hit.overlay; });
  };
  function rank(overlay, query) {
    var at = overlay.text.indexOf(query), name = overlay.name.toLowerCase();
    if (at < 0) return 9;
    if (overlay.id.toLowerCase() === query || name === query) return 0;
    if (overlay.id.toLowerCase().indexOf(query) === 0 || name.indexOf(query) === 0) return 1;
    if (("\n" + overlay.text).indexOf("\n" + query) >= 0) return 2;
    return /\W/.test(overlay.text[at - 1]) ? 3 : 4;
  }
  /* The other name that was typed, to show beside the name. */
  sets.otherName = function (overlay, typed) {
    var query = typed.trim().toLowerCase();
    if (!query || (overlay.id + "\n" + overlay.name).toLowerCase().indexOf(query) >= 0) return "";
    return overlay.aliases.filter(function (alias) { return alias.toLowerCase().indexOf(query) >= 0; })[0] || "";
  };

  /* Names of a kind of sets that filters offer. */
  sets.names = function (kind) { return (data.sets[kind] || []).map(function (row) { return row[1]; }); };
  function members(kind, name) {
    var row = (data.sets[kind] || []).filter(function (each) { return each[1] === name; })[0];
    return row ? decode(row[3]) : new Uint8Array(data.techniques.length);
  }
  /* Whether a cell passes the filters of a view, overlays aside. */
  sets.filter = function (state) {
    var words = state.q.toLowerCase().split(/\s+/).filter(Boolean), must = [];
    if (state.platform) must.push(members("platform", state.platform));
    if (state.source) must.push(members(state.source.split(":")[0], state.source.slice(state.source.indexOf(":") + 1)));
    return function (cell) {
      if (state.tactic && cell.column.tactic !== state.tactic) return false;
      for (var i = 0; i < must.length; i++) if (cell.at < 0 || !must[i][cell.at]) return false;
      return words.every(function (word) { return cell.text.indexOf(word) >= 0; });
    };
  };

  /* A score as a colour, and the text colour that can be read on it. */
  function channels(hex) {
    var digits = hex.slice(1), wide = digits.length > 4, step = wide ? 2 : 1, out = [];
    for (var i = 0; i < digits.length; i += step) {
      var part = digits.slice(i, i + step);
      out.push(parseInt(wide ? part : part + part, 16));
    }
    var alpha = out.length > 3 ? out[3] / 255 : 1;
    return out.slice(0, 3).map(function (value) { return Math.round(255 + (value - 255) * alpha); });
  }
  sets.opaque = function (hex) {
    return "#" + channels(hex).map(function (value) { return (256 + value).toString(16).slice(1); }).join("");
  };
  sets.shade = function (gradient, score) {
    var colors = gradient.colors, last = colors.length - 1;
    var way = Math.min(Math.max((score - gradient.min) / (gradient.max - gradient.min), 0), 1) * last;
    var step = Math.min(Math.floor(way), last - 1), from = channels(colors[step]), to = channels(colors[step + 1]);
    return "#" + from.map(function (value, i) {
      return (256 + Math.round(value + (to[i] - value) * (way - step))).toString(16).slice(1);
    }).join("");
  };
  sets.ink = function (hex) {
    var light = channels(hex).map(function (value) {
      var c = value / 255;
      return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] > 0.179 ? "#000000" : "#ffffff";
  };
})();

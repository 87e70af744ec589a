/* Search: the query engine. It does what src/search/query.rs does, step by step, so that the page and the
   terminal give the same order; it touches no page. The files in search/ fill `ttpressSearch`: names (what things
   are called), text (the postings), texts (descriptions, in shards). */
(self.ttpressSearch = self.ttpressSearch || {}).engine = (function () {
  "use strict";
  var ID = 4, EXACT = 3, PREFIX = 2, NEAR = 1, TEXT = 0;            /* how a query names a document */
  var WORTH = 10, WORTH_FORM = 5, WORTH_BEGINS = 2, WORTH_NEAR = 6; /* what a word is worth, in tenths */
  var ENDINGS = ["", "s", "es", "ed", "ing"], SHORTEST_STEM = 4;
  var FAMILY = 3;                                                   /* quarters of its best sub-technique */
  var SHORTEST_BEGINNING = 3, MOST_BEGINNINGS = 50, SHORTEST_NEAR = 4, LONGEST = 40;
  var FILTERS = ["type", "tactic", "platform", "group"];
  var STOP = " a an and are as at be been by can for from has have in into is it its may not of on or such that the their these this to was with ";
  /* Letters and digits of the basic plane. */
  var LETTER = "(?![\\u{10000}-\\u{10ffff}])[\\p{Alphabetic}\\p{N}]";
  var COMPOUND = new RegExp("(?:" + LETTER + ")+(?:[._-](?:" + LETTER + ")+)*", "gu");
  var LETTERS = new RegExp("(?:" + LETTER + ")+", "gu");
  var ENDS_OPEN = new RegExp("(?:" + LETTER + ")$", "u");
  var DIGIT = /\p{N}/u, SPACE = /\p{White_Space}/u, LEADING = /^\p{White_Space}+/u, EDGES = /^\p{White_Space}+|\p{White_Space}+$/gu;
  var RULED_OUT = /^-(?:"|[\p{Alphabetic}\p{N}])/u;

  /* ---- words ---- */

  function words(text) {
    var found = [];
    function give(word) { if (word.length <= LONGEST && STOP.indexOf(" " + word + " ") < 0) found.push(word); }
    (text.toLowerCase().match(COMPOUND) || []).forEach(function (compound) {
      var parts = compound.split(/[._-]/);
      give(compound);
      if (parts.length > 1) parts.forEach(give);
    });
    return found;
  }
  function compact(name) { return (name.toLowerCase().match(LETTERS) || []).join(""); }
  function spaced(text) {
    var found = text.toLowerCase().match(LETTERS);
    return found ? " " + found.join(" ") + " " : " ";
  }
  /* The other forms that a word may have; the index knows which are words. */
  function forms(word) {
    var found = new Set();
    ENDINGS.forEach(function (ending) {
      var stem = word.endsWith(ending) ? word.slice(0, word.length - ending.length) : "";
      if (stem.length >= SHORTEST_STEM && !DIGIT.test(stem)) ENDINGS.forEach(function (other) { found.add(stem + other); });
    });
    found.delete(word);
    return found;
  }
  function withinOneEdit(a, b) {
    var long = a.length >= b.length ? a : b, short = long === a ? b : a, i = 0;
    if (long.length - short.length > 1) return false;
    while (i < short.length && long[i] === short[i]) i++;
    if (long.length > short.length) return long.slice(i + 1) === short.slice(i);
    return long.slice(i + 1) === short.slice(i + 1) ||
      (long[i] === short[i + 1] && long[i + 1] === short[i] && long.slice(i + 2) === short.slice(i + 2));
  }

  /* ---- files ---- */

  var FIRST = 35, SKIPPED = 92, LIMIT = 1 << 14;
  function Numbers(text) { this.text = text; this.at = 0; }
  Numbers.prototype.next = function () {
    var value = 0, worth = 1, digit;
    do {
      digit = this.text.charCodeAt(this.at++);
      if (digit > SKIPPED) digit--;
      digit -= FIRST;
      value += (digit % LIMIT) * worth;
      worth *= LIMIT;
    } while (digit >= LIMIT);
    return value;
  };
  Numbers.prototype.done = function () { return this.at >= this.text.length; };

  function readNames(file) {
    var documents = file.documents.split("\n").map(function (line, number) {
      var cells = line.split("\t"), kind = file.kinds[cells[0]], id = cells[1];
      return {
        number: number, kind: kind, id: id, title: cells[2] || "", aliases: cells.slice(4),
        href: cells[3] || kind.folder + "/" + id.replace(/\./g, "/") + "/index.html"
      };
    });
    var ids = new Map(), full = new Map(), keys = [], parents = [];
    function add(map, key, number) { if (!map.has(key)) map.set(key, number); }
    /* A part of another page, such as a rule, is named by its whole title only. */
    function ownId(d) { return d.id.indexOf("#") < 0 ? d.id : ""; }
    documents.forEach(function (d) { if (ownId(d)) add(ids, compact(d.id), d.number); });
    Object.keys(file.old).forEach(function (id) { add(ids, compact(id), file.old[id]); });
    documents.forEach(function (d) {
      [ownId(d), d.title].concat(d.aliases).forEach(function (name) {
        var key = compact(name);
        if (key) keys.push([key, d.number, !ownId(d)]);
      });
      var dot = ownId(d).indexOf("."), parent = dot > 0 ? ids.get(compact(d.id.slice(0, dot))) : undefined;
      if (parent !== undefined) add(full, compact(documents[parent].title) + compact(d.title), d.number);
      parents.push(parent);
    });
    return { documents: documents, ids: ids, full: full, keys: keys, parents: parents, kinds: file.kinds, shard: file.shard };
  }

  function readFacet(facet, size) {
    var numbers = new Numbers(facet.of), of = [], i, n, values;
    for (i = 0; i < size; i++) {
      values = [];
      for (n = numbers.next(); n > 0; n--) values.push(facet.values[numbers.next()]);
      of.push(values);
    }
    return of;
  }

  function readText(file, size) {
    var units = new Numbers(file.units), counts = new Numbers(file.counts), gaps = new Numbers(file.gaps), impacts = new Numbers(file.impacts);
    var terms = [], index = new Map(), parts = file.terms.split(" "), before = "", i, n, length, last;
    var documents = [], steps = [];
    for (i = 0; i < parts.length - 1; i++) {
      var shared = new Numbers(parts[i]), keep = shared.next();
      before = before.slice(0, keep) + parts[i].slice(shared.at);
      length = counts.next();
      terms.push({ word: before, unit: units.next(), from: documents.length, to: documents.length + length });
      index.set(before, i);
      for (n = 0, last = 0; n < length; n++) { last += gaps.next(); documents.push(last); steps.push(impacts.next()); }
    }
    var groups = [], members = new Numbers(file.groups);
    while (!members.done()) {
      var group = { own: members.next(), members: [] };
      for (n = members.next(), last = 0; n > 0; n--) { last += members.next(); group.members.push(last); }
      groups.push(group);
    }
    return {
      terms: terms, index: index, documents: documents, steps: steps, groups: groups,
      platforms: readFacet(file.platforms, size), tactics: readFacet(file.tactics, size)
    };
  }

  /* ---- queries ---- */

  function parse(query) {
    var parsed = { text: "", phrases: [], without: [], filters: [[], [], [], []] };
    var rest = query.replace(LEADING, "");
    while (rest) {
      var head = /^(type|tactic|platform|group):/i.exec(rest);
      var at = head ? FILTERS.indexOf(head[1].toLowerCase()) : -1;
      var isWithout = !head && RULED_OUT.test(rest);
      var body = head ? rest.slice(head[0].length) : isWithout ? rest.slice(1) : rest;
      var quoted = body[0] === '"', value, end;
      if (quoted) {
        end = body.indexOf('"', 1);
        value = body.slice(1, end < 0 ? undefined : end);
        rest = end < 0 ? "" : body.slice(end + 1);
      } else {
        end = body.search(SPACE);
        value = end < 0 ? body : body.slice(0, end);
        rest = end < 0 ? "" : body.slice(end);
      }
      if (head) { if (value) parsed.filters[at].push(value); }
      else if (isWithout) parsed.without.push(value);
      else {
        parsed.text += (parsed.text && " ") + value;
        if (quoted && value.replace(EDGES, "")) parsed.phrases.push(value);
      }
      rest = rest.replace(LEADING, "");
    }
    return parsed;
  }

  /* `t1059 001`, `T1059/001`, `1059.001`, an address of attack.mitre.org -> `t1059001`. */
  function idKey(query) {
    var text = query.replace(EDGES, "").replace(/\/+$/, "").toLowerCase();
    var host = text.indexOf("attack.mitre.org/");
    if (host >= 0) {
      text = text.slice(host + 17);
      var slash = text.indexOf("/");
      if (slash >= 0) text = text.slice(slash + 1);
    }
    text = text.slice(text.lastIndexOf("#") + 1);
    var id = /^([a-z]{0,3})[- ]*([0-9]{4})(?:[./ -]([0-9]{3}))?$/.exec(text);
    return id && (id[1] || "t") + id[2] + (id[3] || "");
  }

  /* Which documents a query names, and how. */
  function named(names, query) {
    var found = new Map(), key = compact(query), id = idKey(query);
    function keep(number, how) { found.set(number, Math.max(how, found.get(number) || 0)); }
    if (!key) return found;
    if (id && names.ids.has(id)) keep(names.ids.get(id), ID);
    if (names.full.has(key)) keep(names.full.get(key), EXACT);
    names.keys.forEach(function (k) {
      if (k[0] === key) keep(k[1], EXACT);
      else if (!k[2] && k[0].startsWith(key)) keep(k[1], PREFIX);
    });
    if (!found.size && key.length >= SHORTEST_NEAR && !DIGIT.test(key)) {
      names.keys.forEach(function (k) {
        if (!k[2] && k[0].length >= SHORTEST_NEAR && withinOneEdit(key, k[0])) found.set(k[1], NEAR);
      });
    }
    return found;
  }

  function isAny(wanted, own) {
    return !wanted.length || wanted.some(function (w) {
      w = compact(w);
      return own.some(function (name) { return compact(name).startsWith(w); });
    });
  }

  function Engine(files) {
    this.files = files;
    this.names = readNames(files.names);
    this.text = null;
    this.folded = [];
  }

  /* Reads the postings once they are there. */
  Engine.prototype.addText = function () {
    if (!this.text && this.files.text) this.text = readText(this.files.text, this.names.documents.length);
    return !!this.text;
  };

  Engine.prototype.term = function (word) {
    var at = this.text.index.get(word);
    return at === undefined ? null : this.text.terms[at];
  };

  /* The words of the index that a word of the query may stand for, and what each is worth. */
  Engine.prototype.meanings = function (word, isLast) {
    var terms = this.text.terms, own = this.term(word), found = own ? [[own, WORTH]] : [], self = this, i;
    forms(word).forEach(function (form) {
      var term = self.term(form);
      if (term) found.push([term, WORTH_FORM]);
    });
    if (isLast && word.length >= SHORTEST_BEGINNING) {
      var weight = own ? WORTH_BEGINS : WORTH, low = 0, high = terms.length, longer = [];
      while (low < high) { var mid = (low + high) >> 1; if (terms[mid].word <= word) low = mid + 1; else high = mid; }
      for (i = low; i < terms.length && terms[i].word.startsWith(word); i++) longer.push(terms[i]);
      longer.sort(function (a, b) { return (b.to - b.from) - (a.to - a.from); });
      longer.slice(0, MOST_BEGINNINGS).forEach(function (t) { found.push([t, weight]); });
    }
    if (!found.length && word.length >= SHORTEST_NEAR && !DIGIT.test(word)) {
      for (i = 0; i < terms.length; i++)
        if (Math.abs(terms[i].word.length - word.length) < 2 && withinOneEdit(word, terms[i].word)) found.push([terms[i], WORTH_NEAR]);
    }
    for (i = word.length - SHORTEST_BEGINNING; !found.length && i >= SHORTEST_BEGINNING; i--) {
      var first = this.term(word.slice(0, i)), second = first && this.term(word.slice(i));
      if (second) found.push([first, WORTH_NEAR], [second, WORTH_NEAR]);
    }
    return found;
  };

  /* How well each document answers the words; `marks` gathers the words to mark. */
  Engine.prototype.scores = function (text, marks) {
    var size = this.names.documents.length, scores = new Float64Array(size), best = new Float64Array(size), seen = [];
    var asked = words(text).filter(function (word, i, all) { return all.indexOf(word) === i; });
    var isOpen = ENDS_OPEN.test(text), self = this;
    words(text).forEach(function (word, i, all) {
      var pair = i > 0 && self.term(all[i - 1] + "+" + word);
      for (var p = pair ? pair.from : 0; pair && p < pair.to; p++) scores[self.text.documents[p]] += WORTH * pair.unit * self.text.steps[p];
    });
    asked.forEach(function (word, n) {
      seen.length = 0;
      self.meanings(word, isOpen && n + 1 === asked.length).forEach(function (meaning) {
        var term = meaning[0], worth = meaning[1] * term.unit;
        marks.push(term.word);
        for (var p = term.from; p < term.to; p++) {
          var d = self.text.documents[p], score = worth * self.text.steps[p];
          if (!best[d]) seen.push(d);
          if (score > best[d]) best[d] = score;
        }
      });
      seen.forEach(function (d) { scores[d] += best[d]; best[d] = 0; });
    });
    this.names.parents.forEach(function (parent, d) {
      if (parent !== undefined && scores[parent]) scores[parent] = Math.max(scores[parent], Math.floor(scores[d] * FAMILY / 4));
    });
    return scores;
  };

  /* Whether a phrase stands in names or description. A shard that is not there yet goes to `missing`. */
  Engine.prototype.says = function (number, phrase, missing) {
    var d = this.names.documents[number], shard = Math.floor(number / this.names.shard);
    var texts = this.files.texts && this.files.texts[shard];
    if (!texts) { missing.add(shard); return false; }
    var folded = this.folded[number] = this.folded[number] ||
      d.aliases.concat(d.title, texts[number % this.names.shard]).map(spaced);
    return folded.some(function (text) { return text.indexOf(phrase) >= 0; });
  };

  /* The documents in which a phrase stands; null where it has no word that is kept. */
  Engine.prototype.holders = function (phrase, missing) {
    var kept = words(phrase), found = new Uint16Array(this.names.documents.length), text = spaced(phrase), self = this;
    if (!kept.length) return null;
    kept.forEach(function (word) {
      var term = self.term(word);
      for (var p = term ? term.from : 0; term && p < term.to; p++) found[self.text.documents[p]]++;
    });
    var isOne = text.slice(1, -1).indexOf(" ") < 0;
    return Array.prototype.map.call(found, function (n, number) {
      return n === kept.length && (isOne || self.says(number, text, missing));
    });
  };

  Engine.prototype.ofGroups = function (wanted) {
    if (!wanted.length) return null;
    wanted = wanted.map(compact);
    var documents = this.names.documents, all = new Set();
    this.text.groups.forEach(function (group) {
      var d = documents[group.own];
      if (!d.aliases.concat(d.id, d.title).some(function (name) { return wanted.indexOf(compact(name)) >= 0; })) return;
      group.members.forEach(function (member) { all.add(member); });
    });
    return all;
  };

  Engine.prototype.answers = function (query, strict, missing, marks) {
    var how = named(this.names, query.text), scores = this.scores(query.text, marks), self = this, text = this.text;
    function holders(phrase) { return self.holders(phrase, missing); }
    var without = query.without.map(holders).filter(Boolean);
    var phrases = strict ? query.phrases.map(holders).filter(Boolean) : [];
    var groups = this.ofGroups(query.filters[3]), hits = [];
    var everything = !query.text.replace(EDGES, "") && query.filters.some(function (f) { return f.length; });
    this.names.documents.forEach(function (d, i) {
      if (!how.has(i) && !scores[i] && !everything) return;
      if (without.some(function (w) { return w[i]; }) || !phrases.every(function (p) { return p[i]; })) return;
      if (!isAny(query.filters[0], [d.kind.one, d.kind.many, d.kind.key]) || !isAny(query.filters[1], text.tactics[i])) return;
      if (!isAny(query.filters[2], text.platforms[i]) || (groups && !groups.has(i))) return;
      hits.push({ document: d, named: how.get(i) || TEXT, score: scores[i] });
    });
    return hits.sort(function (a, b) {
      return b.named - a.named || b.score - a.score || a.document.number - b.document.number;
    });
  };

  /* The documents that answer a query, the best first: { hits, marks, relaxed }; or { missing: shards to load first }. */
  Engine.prototype.search = function (text) {
    var query = parse(text), missing = new Set(), marks = [], relaxed = false;
    var hits = this.answers(query, true, missing, marks);
    if (!missing.size && !hits.length && (query.phrases.length || query.without.length)) {
      query.text += " " + query.without.join(" ");
      query.without = [];
      hits = this.answers(query, false, missing, marks);
      relaxed = hits.length > 0;
    }
    if (missing.size) return { missing: Array.from(missing) };
    return { hits: hits, marks: marks, relaxed: relaxed };
  };

  /* What names alone can tell, at once: the same matches by name, then names that hold all words. */
  Engine.prototype.quick = function (text, most) {
    var query = parse(text), names = this.names, how = named(names, query.text), hits = [];
    var asked = (query.text.toLowerCase().match(LETTERS) || []);
    names.documents.forEach(function (d, i) {
      var match = how.get(i) || TEXT;
      if (!match && (!asked.length || how.size > most)) return;
      if (!match) {
        var own = spaced([d.title].concat(d.aliases).join(" "));
        if (!asked.every(function (word) { return own.indexOf(" " + word) >= 0; })) return;
      }
      if (isAny(query.filters[0], [d.kind.one, d.kind.many, d.kind.key])) hits.push({ document: d, named: match, score: -d.title.length });
    });
    hits.sort(function (a, b) { return b.named - a.named || b.score - a.score || a.document.number - b.document.number; });
    return hits.slice(0, most);
  };

  /* The names that are least far from a query that found nothing. */
  Engine.prototype.nearest = function (text, most) {
    var key = compact(parse(text).text), pairs = function (s) { var all = new Set(); for (var i = 0; i < s.length - 1; i++) all.add(s.slice(i, i + 2)); return all; };
    var own = pairs(key), best = new Map(), documents = this.names.documents;
    this.names.keys.forEach(function (k) {
      var other = pairs(k[0]), common = 0;
      other.forEach(function (p) { if (own.has(p)) common++; });
      var score = 2 * common / (own.size + other.size || 1);
      if (score > 0.2 && score > (best.get(k[1]) || 0)) best.set(k[1], score);
    });
    return Array.from(best).sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; }).slice(0, most)
      .map(function (pair) { return documents[pair[0]]; });
  };

  return {
    open: function (files) { return new Engine(files); },
    parse: parse, words: words, compact: compact,
    EXACT: EXACT
  };
})();

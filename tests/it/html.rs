//! Pages as a browser reads them, as far as tests need: tags with attributes, and the words.
//! Made apart from the product's own reader, so that both would have to be wrong in the same way.

/// A start tag.
#[derive(Debug)]
pub(crate) struct Tag<'h> {
    pub(crate) name: &'h str,
    /// Attributes with their values as written; no value is an empty one.
    pub(crate) attributes: Vec<(&'h str, String)>,
}

impl Tag<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| &**value)
    }
}

/// All start tags of a page, in order.
pub(crate) fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = read_tag(rest);
            tags.push(tag);
            rest = after;
        }
    }
    tags
}

fn read_tag(text: &str) -> (Tag<'_>, &str) {
    let is_end = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let end = text.find(is_end).unwrap_or(text.len());
    let mut tag = Tag {
        name: &text[..end],
        attributes: Vec::new(),
    };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (tag, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let end = rest
            .find(|c: char| is_end(c) || c == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end.max(1).min(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => read_value(after),
            None => ("", after),
        };
        tag.attributes.push((name, decode(value)));
        rest = after;
    }
}

fn read_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            let end = inner.find(quote).unwrap_or(inner.len());
            return (&inner[..end], inner.get(end + 1..).unwrap_or_default());
        }
    }
    let end = text
        .find(|c: char| c.is_ascii_whitespace() || c == '>')
        .unwrap_or(text.len());
    text.split_at(end)
}

/// Character references that pages hold.
pub(crate) fn decode(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}

/// What a reader sees of a piece of HTML: no tags, blanks folded.
pub(crate) fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        if is_tag {
            let inline = ["a", "/a", "code", "/code", "em", "/em", "strong", "/strong"];
            let name = after.split([' ', '>']).next().unwrap_or_default();
            if !inline.contains(&name) {
                text.push(' ');
            }
            rest = read_tag(after).1;
        } else {
            text.push('<');
            rest = after;
        }
    }
    text.push_str(rest);
    let decoded = decode(&text);
    decoded
        .split_ascii_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The texts of a page one by one, with those that only screen readers and search engines see.
pub(crate) fn texts(html: &str) -> Vec<String> {
    let mut texts: Vec<String> = html
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| decode(text).trim().to_owned())
        .collect();
    for tag in tags(html) {
        for attribute in ["aria-label", "placeholder", "title", "content"] {
            texts.extend(tag.get(attribute).map(str::to_owned));
        }
    }
    texts.retain(|text| !text.is_empty());
    texts
}

/// The part of a page that is its own: no header, navigation or footer.
pub(crate) fn main(html: &str) -> &str {
    let start = html.find("<main").expect("the page has a <main>");
    let end = html.find("</main>").expect("the page's <main> ends");
    &html[start..end]
}

/// The drawings of a page with this class, and all else.
fn split_drawings(html: &str, class: &str) -> (String, String) {
    let (mut charts, mut other) = (String::new(), String::new());
    let mut rest = html;
    let head = format!("<figure class=\"{class}");
    while let Some(start) = rest.find(&head) {
        let (before, chart) = rest.split_at(start);
        let end = chart.find("</figure>").expect("the chart ends");
        other.push_str(before);
        charts.push_str(&chart[..end]);
        rest = &chart[end..];
    }
    other.push_str(rest);
    (charts, other)
}

/// Asserts what a strict Content-Security-Policy and an offline reader need: no inline script or
/// style, no event handler, no script address, nothing loaded from elsewhere.
pub(crate) fn assert_safe(page: &str, html: &str) {
    // The wiki's own drawings are made of a few shapes; any other SVG came from outside.
    let (charts, other) = split_drawings(html, "co");
    let (flows, other) = split_drawings(&other, "flow");
    let chart = [
        "figure",
        "figcaption",
        "b",
        "svg",
        "a",
        "text",
        "rect",
        "details",
        "summary",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let flow = ["div", "g", "path", "title", "small", "ol", "li", "i", "p"];
    for tag in tags(&charts) {
        assert!(chart.contains(&tag.name), "{page}: {tag:?}");
    }
    for tag in tags(&flows) {
        let is_known = chart.contains(&tag.name) || flow.contains(&tag.name);
        assert!(is_known, "{page}: {tag:?}");
    }
    let forbidden = [
        "style", "iframe", "object", "embed", "base", "svg", "math", "template",
    ];
    for tag in tags(&other) {
        let name = tag.name.to_ascii_lowercase();
        assert!(!forbidden.contains(&&*name), "{page}: {tag:?}");
    }
    for tag in tags(html) {
        let name = tag.name.to_ascii_lowercase();
        if name == "script" {
            let source = tag.get("src").unwrap_or_default();
            assert!(
                source.contains("assets/js/"),
                "{page}: inline script {tag:?}"
            );
        }
        for (attribute, value) in &tag.attributes {
            let attribute = attribute.to_ascii_lowercase();
            assert!(!attribute.starts_with("on"), "{page}: handler {tag:?}");
            assert!(
                attribute != "style" && attribute != "srcdoc",
                "{page}: {tag:?}"
            );
            let loads = attribute == "src" || attribute == "href" && name == "link";
            if loads && tag.get("rel") != Some("canonical") {
                let elsewhere = value.contains(':') || value.starts_with("//");
                assert!(!elsewhere, "{page}: loads {tag:?}");
            }
            if attribute == "href" {
                let scheme = value.split(['/', '?', '#']).next().unwrap_or_default();
                let known = ["http:", "https:", "mailto:"];
                let is_safe = match scheme.split_once(':') {
                    Some((scheme, _)) => known.contains(&&*format!("{scheme}:")),
                    None => !value.contains(|c: char| c.is_control()),
                };
                assert!(is_safe, "{page}: link {tag:?}");
            }
        }
    }
}

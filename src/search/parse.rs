//! What a query asks: words, "phrases", -words, and filters such as `type:group`.

/// A query in its parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// All that is neither a filter nor ruled out, as one text.
    pub(super) text: String,
    /// What must stand word for word.
    pub(super) phrases: Vec<String>,
    /// What must not stand.
    pub(super) without: Vec<String>,
    /// Filters, in the order of [`FILTERS`].
    pub(super) filters: [Vec<String>; 4],
}

/// The words before a colon that make a filter.
pub(super) const FILTERS: [&str; 4] = ["type", "tactic", "platform", "group"];

pub(super) fn parse(query: &str) -> Query {
    let mut parsed = Query::default();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let filter = FILTERS.iter().position(|name| {
            let head = rest.get(..name.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(name))
                && rest[name.len()..].starts_with(':')
        });
        let is_without = rest.starts_with('-')
            && rest[1..].starts_with(|c: char| c == '"' || c.is_alphanumeric());
        let body = match filter {
            Some(at) => &rest[FILTERS[at].len() + 1..],
            None if is_without => &rest[1..],
            None => rest,
        };
        let (value, quoted, after) = value(body);
        match filter {
            Some(at) if !value.is_empty() => parsed.filters[at].push(value.to_owned()),
            Some(_) => {}
            None if is_without => parsed.without.push(value.to_owned()),
            None => {
                if !parsed.text.is_empty() {
                    parsed.text.push(' ');
                }
                parsed.text.push_str(value);
                if quoted && !value.trim().is_empty() {
                    parsed.phrases.push(value.to_owned());
                }
            }
        }
        rest = after.trim_start();
    }
    parsed
}

/// What stands between quotes, or up to the next blank; whether it was quoted; what follows.
fn value(text: &str) -> (&str, bool, &str) {
    if let Some(inner) = text.strip_prefix('"') {
        let (value, after) = inner.split_once('"').unwrap_or((inner, ""));
        return (value, true, after);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], false, &text[end..])
}

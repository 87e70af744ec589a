//! Which addresses a link may lead to.

/// A link's address, judged.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// Safe to follow.
    Safe(String),
    /// Nothing to follow, but worth reading.
    Shown(String),
    /// Would run a script.
    Dangerous,
}

/// Only the web and mail addresses may be followed.
pub(super) fn judge(url: &str) -> Judged {
    let url = trim(url);
    if ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| starts_with(url, scheme))
    {
        return Judged::Safe(encode(url));
    }
    // Browsers look through blanks and control characters within a scheme.
    let letters = url.chars().filter(|c| !is_blank(*c) && *c != '\u{FFFD}');
    let scheme: String = letters.take(12).collect();
    if ["javascript:", "vbscript:", "data:"]
        .iter()
        .any(|bad| starts_with(&scheme, bad))
    {
        Judged::Dangerous
    } else {
        Judged::Shown(url.to_owned())
    }
}

/// An address without the blanks around it, which ATT&CK has among them no-break spaces.
pub(super) fn trim(url: &str) -> &str {
    url.trim_matches(is_blank)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn encode(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    // Most addresses can stay as they are.
    let start = url.find(needs_encoding).unwrap_or(url.len());
    out.push_str(&url[..start]);
    let mut bytes = [0; 4];
    for c in url[start..].chars() {
        if !needs_encoding(c) {
            out.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut bytes).bytes() {
            out.push('%');
            out.push(hex(byte >> 4));
            out.push(hex(byte & 15));
        }
    }
    out
}

fn needs_encoding(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '<' | '>' | '`' | '\\' | '{' | '}' | '|' | '^'
    ) || is_blank(c)
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).map_or('0', |c| c.to_ascii_uppercase())
}

/// An address that a page may link to, percent-encoded where needed; none for anything but
/// `http`, `https` and `mailto`.
pub fn safe_url(url: &str) -> Option<String> {
    match judge(url) {
        Judged::Safe(url) => Some(url),
        Judged::Shown(_) | Judged::Dangerous => None,
    }
}

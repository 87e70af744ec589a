//! The few HTML tags that ATT&CK uses; whatever else stands between `<` and `>` is text.

use super::super::doc::Tag;

/// What a tag means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Html {
    Code,
    Open(Tag),
    Close(Tag),
    Break,
    /// Opens a heading.
    Heading(usize),
    /// Ends a block.
    Block,
    /// Means nothing here.
    Nothing,
    /// Not a tag, but an address between `<` and `>`.
    Address,
}

/// The longest thing between `<` and `>` that is looked at.
const LONGEST: usize = 2000;

/// Reads what `text`, which starts with `<`, starts with, and its length.
pub(super) fn read(text: &str) -> Option<(Html, usize)> {
    let inside = text.strip_prefix('<')?;
    let bytes = inside.as_bytes().iter().take(LONGEST);
    let end = bytes.take_while(|byte| !matches!(byte, b'<' | b'>' | b'\n'));
    let inside = inside.get(..end.count())?;
    let used = inside.len() + 2;
    if text.as_bytes().get(used - 1) != Some(&b'>') {
        return is_unfinished_code_end(text).then_some((Html::Nothing, text.len()));
    }
    if is_address(inside) {
        return Some((Html::Address, used));
    }
    Some((meaning(inside)?, used))
}

/// The last thing in a text, cut off before its `>`.
fn is_unfinished_code_end(text: &str) -> bool {
    text.len() < 16 && text.trim_end().eq_ignore_ascii_case("</code")
}

fn meaning(inside: &str) -> Option<Html> {
    let (closes, name) = match inside.strip_prefix('/') {
        Some(name) => (true, name),
        None => (false, inside),
    };
    let name = name.trim_end().trim_end_matches('/').trim_end();
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let inline = |tag| {
        if closes {
            Html::Close(tag)
        } else {
            Html::Open(tag)
        }
    };
    Some(if is("code") {
        // A closing tag that comes here has closed nothing.
        if closes { Html::Nothing } else { Html::Code }
    } else if is("br") {
        Html::Break
    } else if is("b") || is("strong") {
        inline(Tag::Strong)
    } else if is("i") || is("em") {
        inline(Tag::Emphasis)
    } else if is("u") {
        inline(Tag::Underline)
    } else if is("p") {
        Html::Block
    } else if name.len() == 2 && name.starts_with(['h', 'H']) {
        match name.as_bytes()[1] {
            level @ b'1'..=b'6' if !closes => Html::Heading(usize::from(level - b'0')),
            b'1'..=b'6' => Html::Block,
            _ => return None,
        }
    } else if is("span") || !closes && is_span_with_attributes(name) {
        Html::Nothing
    } else {
        return None;
    })
}

fn is_span_with_attributes(name: &str) -> bool {
    let start = name.get(..5).unwrap_or_default();
    start.eq_ignore_ascii_case("span ") && name.contains('=')
}

fn is_address(inside: &str) -> bool {
    let known = ["http://", "https://", "mailto:"];
    known.iter().any(|scheme| inside.starts_with(scheme))
        && inside.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A `<code>` or `</code>` and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct CodeTag {
    pub(super) closes: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The next of them within `from..limit`.
pub(super) fn next_code(text: &str, from: usize, limit: usize) -> Option<CodeTag> {
    let mut start = from;
    loop {
        start += text.get(start..limit)?.find('<')?;
        let rest = &text.as_bytes()[start + 1..limit];
        let closes = rest.first() == Some(&b'/');
        let name = &rest[usize::from(closes)..];
        if name
            .get(..4)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"code"))
        {
            let after = &name[4..];
            let blanks = after.iter().take_while(|byte| **byte == b' ').count();
            let end = start + 1 + usize::from(closes) + 4 + blanks;
            if after.get(blanks) == Some(&b'>') {
                let end = end + 1;
                return Some(CodeTag { closes, start, end });
            }
            if closes && end == text.len() {
                return Some(CodeTag { closes, start, end });
            }
        }
        start += 1;
    }
}

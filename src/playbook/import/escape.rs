//! Plain text that Markdown shows as it is.

/// Puts a backslash before what Markdown, or the filling in of variables, would read as a mark.
pub(super) fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut before = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|&(_, c)| c);
        let begins_line = at == 0 && "#+-=".contains(c);
        let ends_number = digits > 0 && at == digits && ".)".contains(c);
        let is_mark = match c {
            '\\' | '`' | '*' | '<' | '>' | '[' | ']' | '~' | '|' | '{' | '&' => true,
            // Within a word it is a letter like others.
            '_' => !(is_word(before) && is_word(after)),
            _ => begins_line || ends_number,
        };
        if is_mark {
            out.push('\\');
        }
        // Control characters have no picture, and some end a line.
        out.push(if c.is_control() { ' ' } else { c });
        before = Some(c);
    }
    out
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

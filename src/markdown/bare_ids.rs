//! ATT&CK IDs in running text.

use std::ops::Range;

/// The longest piece of an address that is looked at before an ID.
const LONGEST_LOOK_BACK: usize = 256;

/// The next ID at or after `from`: `T1059`, `T1059.001`, `DET0001`, `MOB-T1234` and the like, alone
/// between blanks and punctuation. Whether there is such an object is not asked here.
pub(crate) fn next(text: &str, mut from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    while let Some(skip) = bytes.get(from..)?.iter().position(u8::is_ascii_digit) {
        let digits = from + skip;
        let end = digits + run(&bytes[digits..], u8::is_ascii_digit);
        from = end;
        if end - digits != 4 {
            continue;
        }
        let letters = bytes[..digits].iter().rev().take(4);
        let letters = letters.take_while(|byte| byte.is_ascii_uppercase()).count();
        if !(1..=3).contains(&letters) {
            continue;
        }
        let mut start = digits - letters;
        if bytes[..start].ends_with(b"MOB-") {
            start -= 4;
        }
        let end = end + sub_technique(&bytes[end..]);
        if may_precede(text, start) && may_follow(&text[end..]) {
            return Some(start..end);
        }
    }
    None
}

fn run(bytes: &[u8], is: fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(byte)).count()
}

/// The length of `.001` at the start.
fn sub_technique(bytes: &[u8]) -> usize {
    let is_sub = bytes.first() == Some(&b'.') && run(&bytes[1..], u8::is_ascii_digit) == 3;
    if is_sub { 4 } else { 0 }
}

fn may_precede(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let Some(last) = before.chars().next_back() else {
        return true;
    };
    if last.is_alphanumeric() || "-_/\\.@#=&?%$+~'’".contains(last) {
        return false;
    }
    let mut near = start.saturating_sub(LONGEST_LOOK_BACK);
    while !before.is_char_boundary(near) {
        near += 1;
    }
    let word = before[near..].rsplit(char::is_whitespace).next();
    word.is_none_or(|word| !word.contains("://") && !word.contains("www."))
}

fn may_follow(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        None => true,
        Some('.' | ':' | '\'' | '’' | ',') => {
            // The end of a sentence, or a genitive, but not a file name or a number.
            let next = chars.next();
            next.is_none_or(|c| !c.is_alphanumeric() || matches!(c, 's') && !more(chars))
        }
        Some(c) => !c.is_alphanumeric() && !"-_/\\@#=&%$+~".contains(c),
    }
}

fn more(mut chars: std::str::Chars) -> bool {
    chars.next().is_some_and(char::is_alphanumeric)
}

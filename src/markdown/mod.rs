//! Text: parsed once, then rendered as HTML, plain text or print.

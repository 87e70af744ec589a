//! Texts that are almost right.

/// What tends to break readers.
const PIECES: [&str; 28] = [
    "---\n",
    "\n",
    "\r\n",
    "{{",
    "}}",
    "{{ owner }}",
    "|",
    "\\|",
    "|---|",
    "```",
    "<!--",
    "-->",
    "<!-- attack: x -->",
    "[^1]",
    "](a.md#b)",
    "## ",
    "- [ ] ",
    "&amp;",
    "&*a",
    "!!binary",
    ": ",
    "\t",
    "\u{0}",
    "\u{feff}",
    "é",
    "𝕏",
    "\u{202e}",
    "T1059.001",
];
const LONGEST: usize = 4000;

/// A small generator of numbers (splitmix64): the same seed, the same text.
pub struct Mutator(u64);

impl Mutator {
    pub fn new(seed: u64) -> Mutator {
        Mutator(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    /// A piece of one of the texts with parts cut, doubled, and put in.
    pub fn mutate(&mut self, corpus: &[String]) -> String {
        let pick = self.below(corpus.len());
        let mut text: Vec<char> = corpus[pick].chars().collect();
        if self.below(3) > 0 {
            let length = 1 + self.below(LONGEST);
            text.truncate(length);
        }
        for _ in 0..1 + self.below(12) {
            let at = self.below(text.len() + 1);
            let end = (at + self.below(40)).min(text.len());
            match self.below(4) {
                0 => {
                    text.drain(at..end);
                }
                1 => {
                    let part = text[at..end].to_vec();
                    let to = self.below(text.len() + 1);
                    text.splice(to..to, part);
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    text.splice(at..at, piece.chars());
                }
            }
        }
        text.into_iter().collect()
    }
}

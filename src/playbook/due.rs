//! When a playbook must be read through again.

use jiff::Span;
use jiff::civil::Date;

use super::FrontMatter;

/// A day that has passed without a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// The last review held until then.
    Review(Date),
    /// The playbook held until then.
    Expiry(Date),
}

impl FrontMatter {
    /// How long a review holds.
    pub fn every(&self) -> Option<Span> {
        self.review_every.as_deref().and_then(duration)
    }

    /// What was due before this day.
    pub fn overdue(&self, today: Date) -> impl Iterator<Item = Overdue> {
        let reviewed = self.reviewed.as_deref().and_then(date);
        let review = reviewed
            .zip(self.every())
            .and_then(|(reviewed, every)| reviewed.checked_add(every).ok());
        let expiry = self.expires.as_deref().and_then(date);
        let passed = move |day: &Date| *day < today;
        let review = review.filter(passed).map(Overdue::Review);
        review
            .into_iter()
            .chain(expiry.filter(passed).map(Overdue::Expiry))
    }
}

/// A day as in `2026-11-24`.
pub(super) fn date(value: &str) -> Option<Date> {
    // The parser takes shorter and longer forms too.
    let is_whole = value.len() == "2026-11-24".len();
    value.parse().ok().filter(|_| is_whole)
}

/// An ISO 8601 duration of days or longer.
pub(super) fn duration(value: &str) -> Option<Span> {
    let is_of_days = value.starts_with('P') && !value.contains('T');
    let span = value.parse().ok();
    span.filter(|span: &Span| is_of_days && span.is_positive())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overdue(keys: &str, today: Date) -> Vec<Overdue> {
        let yaml = format!("title: T\nstatus: approved\n{keys}");
        let front: FrontMatter = serde_saphyr::from_str(&yaml).expect("front matter");
        front.overdue(today).collect()
    }

    #[test]
    fn a_playbook_is_overdue_on_the_day_after_the_one_named() {
        let last = jiff::civil::date(2026, 7, 31);
        let after = jiff::civil::date(2026, 8, 1);
        for (keys, expected) in [
            (
                "reviewed: 2026-01-31\nreview_every: P6M",
                Overdue::Review(last),
            ),
            ("expires: 2026-07-31", Overdue::Expiry(last)),
        ] {
            assert_eq!(overdue(keys, last), []);
            assert_eq!(overdue(keys, after), [expected]);
        }
    }

    #[test]
    fn what_is_no_date_or_duration_is_never_overdue() {
        let today = jiff::civil::date(2099, 1, 1);
        for keys in [
            "",
            "reviewed: 2026-01-31",
            "review_every: P6M",
            "reviewed: 2026-01-31\nreview_every: half a year",
            "expires: soon",
        ] {
            assert_eq!(overdue(keys, today), [], "{keys}");
        }
    }
}

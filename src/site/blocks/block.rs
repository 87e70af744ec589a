//! A block before it is a part of a page or of a sheet of paper: both are written from this.

use std::borrow::Cow;

use crate::attack::ObjectIx;
use crate::attack::related::Neighbourhood;
use crate::markdown::Doc;
use crate::site::pages::third_party::Entries;
use crate::site::table::Rows;

/// What the data says on one thing about one object.
#[derive(Default)]
pub struct Block<'k> {
    /// Anchor.
    pub id: &'static str,
    /// Heading, for blocks that can stand beside another of their section.
    pub title: &'k str,
    /// How many entries it has, where a page says so.
    pub count: Option<usize>,
    /// Whether it shows what others wrote, not ATT&CK.
    pub by_others: bool,
    /// In order, tables last.
    pub parts: Vec<Part<'k>>,
}

/// One part of a block.
pub enum Part<'k> {
    /// A text of its own.
    Prose(Cow<'k, Doc>),
    /// A text before something else.
    Lead(Doc),
    /// A remark.
    Say(String),
    /// Only the first rows of a list are here; the object's page has them all.
    Rest {
        /// The object.
        of: ObjectIx,
        /// The anchor of the list on its page.
        place: &'static str,
        /// Rows here.
        shown: usize,
        /// Rows there.
        all: usize,
    },
    /// What belongs to a technique, by reason.
    Related(&'k Neighbourhood),
    /// Detection strategies with their analytics.
    Strategies(Vec<ObjectIx>),
    /// Rules, tests or analytics of others.
    Entries(Entries),
    /// A table.
    Table(Rows<'k>),
}

impl<'k> Block<'k> {
    /// A block of one table, if that has rows.
    pub fn of_table(before: Option<Part<'k>>, table: Rows<'k>) -> Option<Block<'k>> {
        if table.rows.is_empty() {
            return None;
        }
        Some(Block {
            parts: before.into_iter().chain([Part::Table(table)]).collect(),
            ..Block::default()
        })
    }
}

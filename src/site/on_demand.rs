//! A site whose files are made when they are asked for, for a preview that must not wait for
//! thousands of pages that nobody looks at.

use crate::diagnostics::Failure;
use crate::site::jobs::Job;
use crate::site::{Site, meta};
use crate::tree::Tree;

/// The same files as [`Site::put_on`] gives, each made once, at the first request.
pub struct OnDemand<'s> {
    site: Site<'s>,
    /// What is left to do, in the order of [`Site::jobs`].
    jobs: Vec<Job<'s>>,
    made: Tree,
}

impl<'s> OnDemand<'s> {
    /// A site of which nothing is made yet.
    pub fn new(site: Site<'s>) -> OnDemand<'s> {
        let (made, _) = Tree::from_parts(site.theme.assets().to_vec());
        OnDemand {
            jobs: site.jobs(),
            made,
            site,
        }
    }

    /// The file at a path; none where the site has no such file.
    pub fn file(&mut self, path: &str) -> Result<Option<&[u8]>, Failure> {
        // The last jobs are those for one page: they come before those for the whole site.
        for number in (0..self.jobs.len()).rev() {
            if self.made.get(path).is_some() {
                break;
            }
            if self.site.may_make(&self.jobs[number], path) {
                self.work(number)?;
            }
        }
        if meta::PATHS.contains(&path) && self.made.get(path).is_none() {
            self.finish()?;
        }
        Ok(self.made.get(path))
    }

    /// Does a job, and no job twice; one that fails is left to be tried again.
    fn work(&mut self, number: usize) -> Result<(), Failure> {
        let files = self.site.run(&self.jobs[number])?;
        self.jobs.remove(number);
        // Paths that collide are reported by the build.
        self.made.extend(files);
        Ok(())
    }

    /// Does all that is left, and then what is made from the list of all files.
    fn finish(&mut self) -> Result<(), Failure> {
        while let Some(last) = self.jobs.len().checked_sub(1) {
            self.work(last)?;
        }
        let mut pages = meta::Pages::new(self.site.settings.base_url.as_deref());
        pages.note(self.made.iter());
        self.made.extend(pages.about());
        Ok(())
    }
}

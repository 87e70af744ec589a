//! One sum over many files: what tells that nothing changed.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use foldhash::quality::FixedState;
use rayon::prelude::*;

use super::stamps::stamps;

/// Enough to make system calls few, little enough to stay in the processor's cache.
const BUFFER: usize = 256 << 10;

/// A sum over the names and bytes of files and of all files in folders, but hidden ones; none if
/// one of them cannot be read, or only once, as a pipe. Files are read as they lie, packed or not. It guards against
/// mistakes, not against forgers: a cryptographic sum would take longer than reading does.
pub fn sum(paths: &[PathBuf]) -> Option<u64> {
    let files: Vec<_> = stamps(paths).into_keys().collect();
    let sums = files
        .par_iter()
        .map(|file| sum_of_file(file))
        .collect::<io::Result<Vec<_>>>();
    let mut all = FixedState::default().build_hasher();
    for (file, sum) in files.iter().zip(sums.ok()?) {
        let name = file.as_os_str().as_encoded_bytes();
        all.write_usize(name.len());
        all.write(name);
        all.write_u64(sum);
    }
    Some(all.finish())
}

fn sum_of_file(path: &Path) -> io::Result<u64> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut file = File::open(path)?;
    let (mut sum, mut buffer) = (FixedState::default().build_hasher(), vec![0; BUFFER]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(sum.finish()),
            read => sum.write(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_names_count_but_not_times() {
        let home = tempfile::tempdir().unwrap();
        let (a, b) = (home.path().join("a.md"), home.path().join("b.md"));
        let folder = [home.path().to_owned()];
        fs::write(&a, "text").unwrap();
        let first = sum(&folder).unwrap();

        fs::write(&a, "texT").unwrap();
        assert_ne!(sum(&folder).unwrap(), first);
        fs::write(&a, "text").unwrap();
        assert_eq!(sum(&folder).unwrap(), first);
        fs::rename(&a, &b).unwrap();
        assert_ne!(sum(&folder).unwrap(), first);
    }
}

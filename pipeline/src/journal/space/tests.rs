//! The room there is, for folders that are there and for those that are not.

use tempfile::TempDir;

use super::super::files::{Durability, OnError};
use super::*;

#[test]
fn a_folder_that_is_not_there_is_measured_above_itself() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("a/b/c");
    let above = space(&missing).unwrap();
    assert_eq!((above.at.as_path(), above.taken, above.writable), (folder.path(), 0, true));
    assert!(above.free > 0);
    assert_eq!(space(Path::new("no-such-folder/journal")).unwrap().at, Path::new("."));
}

#[test]
fn what_a_folder_takes_is_counted() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("segment-00000001"), vec![1; 100_000]).unwrap();
    let space = space(folder.path()).unwrap();
    assert!((100_000..200_000).contains(&space.taken), "{}", space.taken);
}

#[test]
fn a_file_in_its_place_is_told() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for place in [file.clone(), file.join("journal")] {
        assert_eq!(space(&place).unwrap_err().kind(), ErrorKind::NotADirectory, "{}", place.display());
    }
}

#[test]
fn letters_what_was_put_aside_and_the_reserve_count() {
    let (durability, on_error) = (Durability::Process, OnError::Refuse);
    let storage = |max_size| Storage { directory: "x".into(), durability, max_size, on_error };
    assert_eq!(storage(16 << 30).most(), (18 << 30) + (65 << 20));
    assert_eq!(storage(u64::MAX).most(), u64::MAX);
}

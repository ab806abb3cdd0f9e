//! Paths of keys as maps open and close.

use super::*;

#[test]
fn keys_end_where_others_of_their_depth_begin() {
    let mut nest = Nest::default();
    nest.enter(2, "a");
    nest.enter(3, "b.c");
    assert_eq!(nest.path("b.c"), Some("a.b.c"));
    assert_eq!(nest.subpaths().collect::<Vec<_>>(), ["a.b.c", "b.c", "a"]);
    nest.enter(3, "d");
    assert_eq!((nest.path("d"), nest.path("x")), (Some("a.d"), None));
    nest.enter(2, "e");
    assert_eq!(nest.path("e"), Some("e"));
    nest.enter(3, &"f".repeat(2000));
    assert_eq!(nest.subpaths().count(), 1, "too long to be told with others");
}

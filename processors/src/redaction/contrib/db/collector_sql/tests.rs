//! As version 0.159 leaves them; the end-to-end tests compare hundreds more with it.

use super::*;

#[test]
fn statements_leave_as_from_the_collector() {
    let all = [
        ("SELECT * FROM t1 WHERE a = 'it''s' AND b = -1.5e-3", "SELECT * FROM t? WHERE a = ?? AND b = ?"),
        ("SELECT \"q1\".\"r2\", \"open 1", "SELECT \"q?\".\"r?\", \"open 1"),
        ("SELECT 1 -- c 1\n/* c 2 */ + 0178", "SELECT ? -- c 1\n/* c 2 */ + ??"),
        ("a=-1 b=?1 c= -1", "a=-? b=?? c= ?"),
        ("NULL, null.x, nullx, TRUE=1", "?, ?.x, nullx, TRUE=?"),
        ("order.$1 foo.$1", "order.? foo.$?"),
        ("f1(x1) é1(x)", "f1(x?) é?(x)"),
        ("@v1 @@v2 $1 :n1", "@v1 @@v2 ? :n?"),
        ("$t$it's$t$ $func$SELECT 1 $func$ $open 'secret'", "? $func$SELECT ?$func$ $open 'secret'"),
        ("'open 1", "?"),
        ("a\x001", "a"),
    ];
    for (statement, expected) in all {
        assert_eq!(clean(statement, false), expected, "{statement}");
    }
}

#[test]
fn mysql_has_strings_in_double_quotes() {
    let statement = "SELECT \"text 1\", `n1` # rest 1\nFROM t";
    assert_eq!(clean(statement, true), "SELECT ?, `n?` # rest 1\nFROM t");
    assert_eq!(clean(statement, false), "SELECT \"text ?\", `n?` # rest ?\nFROM t");
}

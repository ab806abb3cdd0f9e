//! The arguments of `plan`, and its arithmetic by hand.

use super::*;

#[test]
fn numbers_are_read_as_people_write_them() {
    assert_eq!(["800", "20k", "1.5M", "2_000"].map(|text| rate(text).unwrap()), [800.0, 20e3, 1.5e6, 2000.0]);
    assert_eq!(["900", "1.2KB", "4KiB"].map(|text| bytes(text).unwrap()), [900.0, 1200.0, 4096.0]);
    assert_eq!(["10%", "0.1", "1", "0", "100%"].map(|text| keep(text).unwrap()), [0.1, 0.1, 1.0, 0.0, 1.0]);
    assert_eq!(["0", "10m", "1m30s"].map(|text| wait(text).unwrap().as_secs()), [0, 600, 90]);
}

#[test]
fn what_is_no_such_number_is_said_to_be_none() {
    for text in ["", "k", "0", "-1", "inf", "nan", "1e9", "20 spans", "2000M", "1..2", "1kk"] {
        assert!(rate(text).is_err(), "{text}");
    }
    for text in ["", "0", "-1", "2 GB", "12 apples"] {
        assert!(bytes(text).is_err(), "{text}");
    }
    for text in ["", "10", "-1s", "10 minutes", "8d", "169h"] {
        assert!(wait(text).is_err(), "{text}");
    }
    for text in ["", "%", "101%", "-1%", "ten"] {
        assert!(keep(text).is_err(), "{text}");
    }
    assert!(keep("10").unwrap_err().contains("did you mean `10%`?"));
}

fn load(wait: u64, keep: f64) -> Load {
    Load { rate: 20_000.0, bytes: 1000.0, wait: Duration::from_secs(wait), keep, redaction: true }
}

#[test]
fn a_load_takes_what_a_hand_counts() {
    let [memory, process, disk] = Mode::ALL.map(|mode| load(600, 0.1).need(mode));
    let near = |number: f64, other: f64| assert!((number / other - 1.0).abs() < 1e-9, "{number} {other}");
    near(memory.cores, 20_000.0 * (1730.0 + 1450.0 + 1100.0) / 1e9);
    near(process.cores, 20_000.0 * (1730.0 + 1450.0 + 1100.0 + 218.0) / 1e9);
    near(disk.cores, 20_000.0 * (2656.0 + 1450.0 + 1100.0) / 1e9);
    // Twelve million spans wait, of 1.2 million traces; one second is on its way.
    near(memory.held_bytes, 20e6 + 12e6 * 1670.0 + 1.2e6 * 330.0);
    near(process.held_bytes, 20e6 + 12e6 * 64.0 + 1.2e6 * 330.0);
    near(process.disk_bytes_per_second, 20e6 * 1.1);
    near(process.disk_bytes, 12e9);
    near(process.disk_bytes_away, 12e9 + 20e6 * 0.1 * 3600.0);
    assert_eq!((process.max_size, memory.max_size, memory.disk_bytes), (18 << 30, 0, 0.0));
    assert_eq!((process.cores_advised, disk.disk_bytes), (1, process.disk_bytes));
}

#[test]
fn what_is_not_sampled_is_written_once() {
    let need = load(0, 1.0).need(Mode::Process);
    assert!((need.disk_bytes_per_second - 20e6).abs() < 1.0);
    assert!(need.disk_bytes == 0.0 && need.max_size == 68 << 30, "{need:?}");
    let idle = Load { rate: 1.0, bytes: 1.0, ..load(0, 0.0) }.need(Mode::Disk);
    assert_eq!((idle.cores_advised, idle.memory_limit, idle.max_size), (1, 128 << 20, 1 << 30));
}

#[test]
fn people_and_programs_are_told_the_same() {
    let load = load(600, 0.1);
    let needs = Mode::ALL.map(|mode| load.need(mode));
    let (text, data) = (human(&load, &needs), as_json(&load, &needs));
    assert!(text.contains("20000 spans/s of 1000 B") && text.contains("10% kept"), "{text}");
    assert!(text.contains("22.0 MB/s") && text.contains("max_size: 18GiB"), "{text}");
    assert!(text.contains(&format!("limit: {}MiB", needs[1].memory_limit >> 20)), "{text}");
    for figure in ALL {
        assert!(text.contains(figure.about), "{}", figure.key);
    }
    assert_eq!(data["modes"][1]["disk_write_bytes_per_second"], 22_000_000);
    assert_eq!(data["assumptions"].as_array().map(Vec::len), Some(ALL.len()));
    assert!(data["modes"][0]["config"].as_str().is_some_and(|config| !config.contains("storage")));
}

#[test]
fn the_limit_that_is_advised_leaves_the_room_that_is_needed() {
    for held in [0, 1, 1_000_000, 300 << 20, 5 << 30] {
        for (waits_in_ram, own) in [(false, 28 << 20), (true, 84 << 20)] {
            let limit = crate::run::ceiling(held, waits_in_ram);
            let left = (limit - own) / 8 * 5;
            assert!(left + 8 >= held && left <= held + 16, "{held}: {left}");
        }
    }
}

//! Public examples of every chain, and near misses.

use super::*;

#[test]
fn known_wallets() {
    for (run, want) in [
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", Wallet::Bitcoin),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", Wallet::Bitcoin),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Wallet::Bitcoin),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Wallet::Ethereum),
        ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", Wallet::EthereumUnchecked),
        ("0x52908400098527886E0F7030069857D2E4169EE7", Wallet::Ethereum),
        ("0xde709f2102306220921060314715629080e2fb77", Wallet::Ethereum),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", Wallet::Ripple),
        ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", Wallet::Dogecoin),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", Wallet::Tron),
        ("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", Wallet::BitcoinCash),
    ] {
        assert_eq!(wallet(run.as_bytes()), Some(want), "{run}");
    }
}

#[test]
fn near_misses() {
    for run in [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
        "0x0000000000000000000000000000000000000000",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi",
    ] {
        assert_eq!(wallet(run.as_bytes()), None, "{run}");
    }
}

//! Payment, shops, files, people.

use super::super::random::mixed;
use super::super::runs::{ALNUM, BASE64, DOT, HEX, WORD};
use super::checks::airtable;
use super::{Issuer, issuer};

pub(super) const ISSUERS: &[Issuer] = &[
    issuer(
        "STRIPE_KEY",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_live_", "sk_org_test_", "whsec_"],
        WORD | BASE64,
        16,
        "Stripe: `sk_live_`, `rk_live_`, `whsec_` and 16 or more",
    ),
    issuer(
        "SHOPIFY_TOKEN",
        &["shpat_", "shpss_", "shpca_", "shppa_", "shptka_", "shprt_"],
        ALNUM,
        32,
        "Shopify: `shpat_` and its kin, and 32 or more",
    ),
    issuer(
        "SQUARE_TOKEN",
        &["sq0atp-", "sq0csp-", "sq0idp-", "EAAAl", "EAAAE"],
        WORD,
        22,
        "Square: `sq0atp-`, `sq0csp-`, `EAAAl` or `EAAAE` and 22 or more",
    ),
    issuer("SQUARE_TOKEN", &["EAAA"], WORD, 60, "Square: `EAAA` and 60 or more, cases and digits mixed").checked(mixed),
    issuer(
        "PLAID_TOKEN",
        &["access-sandbox-", "access-development-", "access-production-", "link-sandbox-", "link-production-"],
        HEX,
        8,
        "Plaid: `access-production-` and its kin, and a UUID",
    ),
    issuer(
        "PADDLE_KEY",
        &["pdl_live_apikey_", "pdl_sdbx_apikey_", "pdl_ntfset_"],
        WORD,
        30,
        "Paddle: `pdl_live_apikey_` and its kin, and 30 or more",
    ),
    issuer(
        "FLUTTERWAVE_KEY",
        &["FLWSECK-", "FLWSECK_TEST-"],
        ALNUM,
        12,
        "Flutterwave: `FLWSECK-` or `FLWSECK_TEST-` and 12 or more",
    ),
    issuer("RAZORPAY_KEY", &["rzp_live_", "rzp_test_"], ALNUM, 14, "Razorpay: `rzp_live_` or `rzp_test_` and 14"),
    issuer("MERCADOPAGO_TOKEN", &["APP_USR-"], WORD, 50, "Mercado Pago: `APP_USR-` and 50 or more"),
    issuer("ADYEN_KEY", &["AQE"], ALNUM | BASE64, 80, "Adyen: `AQE` and 80 or more of base64"),
    issuer("EASYPOST_KEY", &["EZAK", "EZTK"], ALNUM, 54, "EasyPost: `EZAK` or `EZTK` and 54"),
    issuer(
        "SHIPPO_TOKEN",
        &["shippo_live_", "shippo_test_"],
        HEX,
        40,
        "Shippo: `shippo_live_` or `shippo_test_` and 40 hexadecimal digits",
    ),
    issuer(
        "DUFFEL_TOKEN",
        &["duffel_live_", "duffel_test_"],
        WORD,
        40,
        "Duffel: `duffel_live_` or `duffel_test_` and 43",
    ),
    issuer("LOB_KEY", &["live_", "test_"], HEX, 35, "Lob: `live_` or `test_` and 35 hexadecimal digits"),
    issuer("AIRTABLE_KEY", &["pat"], ALNUM | DOT, 79, "Airtable: `pat`, 14, a dot and 64 hexadecimal digits")
        .checked(airtable),
    issuer(
        "HUBSPOT_TOKEN",
        &["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"],
        HEX,
        8,
        "HubSpot: `pat-na1-` and its kin, and a UUID",
    ),
    issuer("DROPBOX_TOKEN", &["sl.", "sl.u.", "sl.B"], WORD, 60, "Dropbox: `sl.` and 60 or more"),
    issuer("FRAMEIO_TOKEN", &["fio-u-"], WORD, 60, "Frame.io: `fio-u-` and 64"),
    issuer("MAPBOX_TOKEN", &["sk.eyJ", "tk.eyJ"], WORD | DOT, 50, "Mapbox: `sk.eyJ` or `tk.eyJ` and 50 or more"),
    issuer(
        "FACEBOOK_TOKEN",
        &["EAAC", "EAAM", "EAAB", "EAAG", "EAAI", "EAAJ", "EAAD", "EAAK", "EAAL"],
        ALNUM,
        90,
        "Meta: `EAAC` and its kin, and 90 or more",
    ),
    issuer("INSTAGRAM_TOKEN", &["IGQV", "IGQW", "IGAA"], WORD, 80, "Instagram: `IGQV` and its kin, and 80 or more"),
    issuer("TWITTER_BEARER", &["AAAAAAAAAAAAAAAAAAAA"], ALNUM, 60, "X: twenty `A` and 60 or more")
        .vouched(&["twitter", "bearer"]),
    issuer("TWITCH_TOKEN", &["oauth:"], ALNUM, 30, "Twitch: `oauth:` and 30"),
    issuer("WORKOS_KEY", &["sk_a2V5X", "sk_test_a2V5X"], WORD, 40, "WorkOS: `sk_a2V5X` and 40 or more"),
    issuer(
        "POLAR_TOKEN",
        &["polar_oat_", "polar_pat_", "polar_at_"],
        WORD,
        30,
        "Polar: `polar_oat_` and its kin, and 30 or more",
    ),
    issuer(
        "ONFIDO_TOKEN",
        &["api_live.", "api_sandbox.", "api_live_us.", "api_live_ca."],
        WORD | DOT,
        40,
        "Onfido: `api_live.` and its kin, and 40 or more",
    ),
    issuer(
        "SETTLEMINT_TOKEN",
        &["sm_aat_", "sm_pat_", "sm_sat_"],
        ALNUM,
        16,
        "SettleMint: `sm_aat_` and its kin, and 16 or more",
    ),
];

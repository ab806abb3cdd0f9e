//! Where code lives, is built and is published, and where those who write it talk.

use super::super::runs::{ALNUM, BASE64, DOT, HEX, LOWER, REST, WORD};
use super::checks::{github, github_stateless, slack, two_and_32_hex, webhook};
use super::{Issuer, issuer};

const LOWER_DIGIT: u8 = LOWER | HEX;
const PATH: u8 = WORD | BASE64 | DOT | REST;
const GITHUB: &[&str] = &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"];

pub(super) const ISSUERS: &[Issuer] = &[
    issuer("GITHUB_TOKEN", GITHUB, ALNUM, 36, "GitHub: `ghp_`, `gho_`, `ghu_`, `ghs_` or `ghr_`, 30 and their CRC-32")
        .checked(github),
    issuer("GITHUB_TOKEN", &["ghs_", "ghu_"], WORD | DOT, 100, "GitHub: `ghs_`, an id and a JWT")
        .checked(github_stateless)
        .near(400),
    issuer("GITHUB_TOKEN", &["github_pat_"], WORD, 36, "GitHub: `github_pat_` and 36 or more"),
    issuer("GITHUB_TOKEN", GITHUB, ALNUM, 30, "GitHub: as above, the CRC-32 not right").vouched(&[
        "github",
        "token",
        "gh",
        "git",
        "pat",
        "authorization",
        "bearer",
        "auth",
        "key",
        "secret",
    ]),
    issuer(
        "GITLAB_TOKEN",
        &[
            "glpat-",
            "gldt-",
            "glrt-",
            "glrtr-",
            "glft-",
            "glsoat-",
            "glcbt-",
            "glptt-",
            "glagent-",
            "glimt-",
            "gloas-",
            "glffct-",
            "glwt-",
            "GR1348941",
        ],
        WORD | DOT,
        20,
        "GitLab: `glpat-` and its kin, and 20 or more",
    ),
    issuer(
        "BITBUCKET_TOKEN",
        &["ATBB", "ATCTT3", "BBDC-"],
        WORD | BASE64,
        24,
        "Bitbucket: `ATBB`, `ATCTT3` or `BBDC-` and 24 or more",
    ),
    issuer("ATLASSIAN_TOKEN", &["ATATT3", "ATSTT3"], WORD | BASE64, 60, "Atlassian: `ATATT3` and 60 or more"),
    issuer("TRELLO_TOKEN", &["ATTA"], HEX, 60, "Trello: `ATTA` and 64 hexadecimal digits or more"),
    issuer("NPM_TOKEN", &["npm_"], ALNUM, 36, "npm: `npm_` and 36"),
    issuer("PYPI_TOKEN", &["pypi-AgE"], WORD, 50, "PyPI: `pypi-AgE` and 50 or more"),
    issuer("RUBYGEMS_KEY", &["rubygems_"], HEX, 48, "RubyGems: `rubygems_` and 48 hexadecimal digits"),
    issuer("CRATES_IO_TOKEN", &["cio"], ALNUM, 32, "crates.io: `cio` and 32"),
    issuer("NUGET_KEY", &["oy2"], LOWER_DIGIT, 43, "NuGet: `oy2` and 43"),
    issuer("CLOJARS_TOKEN", &["CLOJARS_"], ALNUM, 60, "Clojars: `CLOJARS_` and 60"),
    issuer(
        "DOCKERHUB_TOKEN",
        &["dckr_pat_", "dckr_oat_"],
        WORD,
        20,
        "Docker Hub: `dckr_pat_` or `dckr_oat_` and 20 or more",
    ),
    issuer("JFROG_TOKEN", &["AKCp", "cmVmdGtu"], ALNUM, 56, "JFrog: `AKCp` or `cmVmdGtu` and 56 or more"),
    issuer(
        "SONAR_TOKEN",
        &["squ_", "sqp_", "sqa_"],
        HEX,
        40,
        "SonarQube: `squ_`, `sqp_` or `sqa_` and 40 hexadecimal digits",
    ),
    issuer(
        "SOURCEGRAPH_TOKEN",
        &["sgp_", "sgd_", "slk_"],
        WORD,
        40,
        "Sourcegraph: `sgp_` and 40 hexadecimal digits or more",
    ),
    issuer("SNYK_TOKEN", &["snyk_uat.", "snyk_sat."], WORD | DOT, 40, "Snyk: `snyk_uat.` and 40 or more"),
    issuer("CIRCLECI_TOKEN", &["CCIPAT_", "CCIPRJ_"], WORD, 40, "CircleCI: `CCIPAT_` or `CCIPRJ_` and 40 or more"),
    issuer(
        "BUILDKITE_TOKEN",
        &["bkua_", "bkaj_", "bkct_"],
        ALNUM,
        36,
        "Buildkite: `bkua_` and its kin, and 36 or more",
    ),
    issuer("POSTMAN_KEY", &["PMAK-", "PMAT-"], WORD, 26, "Postman: `PMAK-` or `PMAT-` and 26 or more"),
    issuer(
        "LINEAR_KEY",
        &["lin_api_", "lin_oauth_", "lin_wh_"],
        ALNUM,
        30,
        "Linear: `lin_api_` and its kin, and 30 or more",
    ),
    issuer("NOTION_TOKEN", &["ntn_", "secret_"], ALNUM, 40, "Notion: `ntn_` or `secret_` and 40 or more"),
    issuer(
        "FIGMA_TOKEN",
        &["figd_", "figu_", "figo_", "figuh_"],
        WORD,
        36,
        "Figma: `figd_` and its kin, and 36 or more",
    ),
    issuer("CONTENTFUL_TOKEN", &["CFPAT-"], WORD, 40, "Contentful: `CFPAT-` and 40 or more"),
    issuer(
        "SLACK_TOKEN",
        &[
            "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxc-", "xoxd-", "xoxe-", "xoxe.xox", "xapp-",
            "xwfp-",
        ],
        WORD | DOT,
        20,
        "Slack: `xoxb-` and its kin, `xapp-`, and 20 or more",
    )
    .checked(slack),
    issuer(
        "SLACK_WEBHOOK",
        &["https://hooks.slack.com/", "http://hooks.slack.com/", "hooks.slack.com/"],
        WORD | BASE64,
        24,
        "Slack: a URL of `hooks.slack.com`",
    )
    .checked(webhook),
    issuer(
        "DISCORD_WEBHOOK",
        &[
            "https://discord.com/api/webhooks/",
            "https://discordapp.com/api/webhooks/",
            "https://canary.discord.com/api/webhooks/",
            "https://ptb.discord.com/api/webhooks/",
            "discord.com/api/webhooks/",
            "discordapp.com/api/webhooks/",
        ],
        WORD | BASE64,
        40,
        "Discord: a URL under `discord.com/api/webhooks/`",
    )
    .checked(webhook),
    issuer("DISCORD_TOKEN", &["mfa."], WORD, 60, "Discord: `mfa.` and 60 or more"),
    issuer(
        "TEAMS_WEBHOOK",
        &["webhook.office.com/", "outlook.office.com/webhook/"],
        PATH,
        60,
        "Microsoft Teams: a URL of `webhook.office.com`",
    )
    .checked(webhook),
    issuer(
        "ZAPIER_WEBHOOK",
        &["https://hooks.zapier.com/hooks/catch/", "hooks.zapier.com/hooks/catch/"],
        WORD | BASE64,
        8,
        "Zapier: a URL of `hooks.zapier.com`",
    )
    .checked(webhook),
    issuer("TWILIO_KEY", &["SK"], HEX, 32, "Twilio: `SK` and 32 hexadecimal digits").checked(two_and_32_hex),
    issuer("SENDGRID_KEY", &["SG."], WORD | DOT, 50, "SendGrid: `SG.`, 22, a dot and 43")
        .checked(super::checks::sendgrid),
    issuer(
        "BREVO_KEY",
        &["xkeysib-", "xsmtpsib-"],
        HEX,
        60,
        "Brevo: `xkeysib-` or `xsmtpsib-`, 64 hexadecimal digits and a part of letters",
    ),
    issuer("MAILGUN_KEY", &["key-", "pubkey-"], HEX, 32, "Mailgun: `key-` and 32 hexadecimal digits"),
    issuer("MAILCHIMP_KEY", &["md-"], WORD, 22, "Mailchimp Transactional: `md-` and 22")
        .vouched(&["mandrill", "mailchimp"]),
    issuer("RESEND_KEY", &["re_"], WORD, 30, "Resend: `re_` and 30 or more"),
    issuer("CLICKUP_TOKEN", &["pk_"], WORD, 38, "ClickUp: `pk_`, an id, `_` and 32").vouched(&["clickup"]),
    issuer("README_KEY", &["rdme_"], LOWER_DIGIT, 60, "ReadMe: `rdme_` and 60 or more"),
    issuer("TYPEFORM_TOKEN", &["tfp_"], WORD | DOT, 40, "Typeform: `tfp_` and 40 or more"),
    issuer("DEFINED_KEY", &["dnkey-"], WORD, 60, "Defined Networking: `dnkey-` and two parts"),
    issuer("OCTOPUS_KEY", &["API-"], ALNUM, 26, "Octopus Deploy: `API-` and 26 or more"),
];

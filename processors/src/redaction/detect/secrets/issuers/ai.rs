//! Models and what is built around them.

use super::super::runs::{ALNUM, BASE64, DASH, DOT, HEX, WORD};
use super::{Issuer, issuer};

pub(super) const ISSUERS: &[Issuer] = &[
    issuer(
        "OPENAI_API_KEY",
        &["sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", "sess-"],
        WORD,
        20,
        "OpenAI and those who took over its form: `sk-` and 20 or more",
    ),
    issuer("ANTHROPIC_API_KEY", &["sk-ant-"], WORD, 20, "Anthropic: `sk-ant-` and 20 or more"),
    issuer("OPENROUTER_API_KEY", &["sk-or-"], WORD, 20, "OpenRouter: `sk-or-` and 20 or more"),
    issuer("LANGFUSE_KEY", &["sk-lf-", "pk-lf-"], WORD, 20, "Langfuse: `sk-lf-` or `pk-lf-` and a UUID"),
    issuer("LANGSMITH_KEY", &["lsv2_pt_", "lsv2_sk_", "lsv2_", "ls__"], WORD, 30, "LangSmith: `lsv2_` and 30 or more"),
    issuer("HELICONE_KEY", &["sk-helicone-", "pk-helicone-"], WORD, 20, "Helicone: `sk-helicone-` and 20 or more"),
    issuer("GROQ_API_KEY", &["gsk_"], ALNUM, 40, "Groq: `gsk_` and 40 or more"),
    issuer("XAI_API_KEY", &["xai-"], ALNUM, 40, "xAI: `xai-` and 40 or more"),
    issuer("PERPLEXITY_API_KEY", &["pplx-"], ALNUM, 32, "Perplexity: `pplx-` and 32 or more"),
    issuer("HUGGINGFACE_TOKEN", &["hf_", "api_org_"], ALNUM, 30, "Hugging Face: `hf_` or `api_org_` and 30 or more"),
    issuer("REPLICATE_TOKEN", &["r8_"], ALNUM, 30, "Replicate: `r8_` and 30 or more"),
    issuer("TAVILY_API_KEY", &["tvly-"], WORD, 20, "Tavily: `tvly-` and 20 or more"),
    issuer("PINECONE_API_KEY", &["pcsk_"], WORD, 40, "Pinecone: `pcsk_` and 40 or more"),
    issuer("NVIDIA_API_KEY", &["nvapi-"], WORD, 40, "NVIDIA: `nvapi-` and 40 or more"),
    issuer("CEREBRAS_API_KEY", &["csk-"], ALNUM, 40, "Cerebras: `csk-` and 40 or more"),
    issuer("FIREWORKS_API_KEY", &["fw_"], ALNUM, 20, "Fireworks: `fw_` and 20 or more"),
    issuer("TOGETHER_API_KEY", &["tgp_v1_"], WORD, 30, "Together: `tgp_v1_` and 30 or more"),
    issuer("JINA_API_KEY", &["jina_"], WORD, 40, "Jina: `jina_` and 40 or more"),
    issuer("FIRECRAWL_API_KEY", &["fc-"], HEX, 32, "Firecrawl: `fc-` and 32 hexadecimal digits"),
    issuer("ELEVENLABS_API_KEY", &["sk_"], HEX, 48, "ElevenLabs: `sk_` and 48 hexadecimal digits"),
    issuer("LLAMACLOUD_API_KEY", &["llx-"], ALNUM, 32, "LlamaCloud: `llx-` and 32 or more"),
    issuer("E2B_API_KEY", &["e2b_"], HEX, 32, "E2B: `e2b_` and 32 hexadecimal digits or more"),
    issuer("WANDB_API_KEY", &["wandb_v1_"], WORD, 30, "Weights & Biases: `wandb_v1_` and 30 or more"),
    issuer("VOYAGE_API_KEY", &["pa-"], WORD, 36, "Voyage: `pa-` and 36 or more").vouched(&["voyage", "voyageai"]),
    issuer("LOGFIRE_TOKEN", &["pylf_v1_", "pylf_v2_"], WORD, 24, "Logfire: `pylf_v1_` and 24 or more"),
    issuer(
        "BEDROCK_API_KEY",
        &["ABSK", "bedrock-api-key-"],
        ALNUM | BASE64 | DASH,
        80,
        "Amazon Bedrock: `ABSK` or `bedrock-api-key-` and base64",
    ),
    issuer("RUNPOD_API_KEY", &["rpa_"], ALNUM, 30, "RunPod: `rpa_` and 30 or more"),
    issuer("MODAL_TOKEN", &["ak-", "as-"], ALNUM, 20, "Modal: `ak-` or `as-` and 20 or more").vouched(&["modal"]),
    issuer("GCP_API_KEY", &["AIza"], WORD, 35, "Google Cloud and Gemini: `AIza` and 35"),
    issuer("GEMINI_API_KEY", &["AQ.Ab"], WORD | DOT, 30, "Gemini, bound to an account: `AQ.Ab` and 30 or more"),
];

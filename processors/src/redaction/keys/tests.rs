//! What each key says, in every spelling that instrumentations use.

use super::*;

fn check(is: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
    for key in yes {
        assert!(is(key), "{key}");
    }
    for key in no {
        assert!(!is(key), "{key}");
    }
}

#[test]
fn infrastructure_ids_and_names_of_models_are_left_alone() {
    check(
        untouched,
        &[
            "trace_id",
            "attributes.span_id",
            "k8s.pod.uid",
            "host.ip",
            "container.image.name",
            "service.instance.id",
            "server.address",
            "net.peer.ip",
            "network.peer.address",
            "telemetry.sdk.version",
            "session.id",
            "gen_ai.conversation.id",
            "traceloop.association.properties.session_id",
            "execution.id",
            "gen_ai.request.model",
            "embedding.model_name",
            "llm.response.model_name",
            "gen_ai.provider.name",
            "gen_ai.response.finish_reasons",
            "ai.response.finishReason",
            "gen_ai.prompt.version",
            "vcs.ref.head.revision",
            "gen_ai.usage.input_tokens",
            "openai.response.service_tier",
        ],
        &[
            "",
            "host",
            "hostile.key",
            "client.address",
            "user.id",
            "gen_ai.prompt",
            "input.value",
            "http.url",
            "message",
        ],
    );
}

#[test]
fn every_spelling_of_usage_is_known() {
    check(
        usage,
        &[
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.prompt_tokens",
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.input_tokens.cached",
            "gen_ai.usage.details.reasoning_tokens",
            "gen_ai.usage.prompt_tokens_details.cached_tokens",
            "gen_ai.usage.raw",
            "gen_ai.usage.cost",
            "gen_ai.usage.cost.amount",
            "gen_ai.aggregated_usage.input_tokens",
            "gen_ai.cost.total_tokens",
            "gen_ai.request.max_tokens",
            "llm.token_count.prompt",
            "llm.token_count.prompt_details.cache_read",
            "llm.usage.total_tokens",
            "llm.cost.total",
            "ai.usage.promptTokens",
            "ai.usage.inputTokenDetails.cacheReadTokens",
            "ai.usage.tokens",
            "langfuse.observation.usage_details",
            "input_tokens",
            "cache_creation_tokens",
            "cost_usd",
            "cost_usd_micros",
            "operation.cost",
            "trace_id",
        ],
        &[
            "",
            "token",
            "access_token",
            "refresh_tokens",
            "auth.tokens",
            "user.id",
            "gen_ai.usagex",
            "session.id",
            "gen_ai.request.model",
        ],
    );
}

#[test]
fn identity_is_users_tenants_and_customers() {
    check(
        identity,
        &[
            "user.id",
            "enduser.id",
            "langfuse.user.id",
            "traceloop.association.properties.user_id",
            "ai.telemetry.metadata.userId",
            "tenant.id",
            "tenant_id",
            "customer.id",
            "app.customerId",
            "metadata.user_api_key_team_id",
            "organization.id",
        ],
        &["", "session.id", "gen_ai.prompt", "service.name", "user_agent.original", "cloud.account.id"],
    );
}

#[test]
fn usage_is_never_identity() {
    for key in names::USAGE.iter().chain(names::USAGE_ENDS) {
        assert!(untouched(key) && !identity(key), "{key}");
    }
}

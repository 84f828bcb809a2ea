use super::{Case, sent};

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "deck_v2.session_tokens.create",
        send: |client, _| sent(&(), client.deck_v2().session_tokens().create()),
        request: "POST /token",
        answer: (
            201,
            r#"{
                "id": "tok_3sDfG5hJkL7zXcVb", "object": "token", "token": "{secret}",
                "expires_at": "2026-03-01T09:30:00Z", "created_at": "2026-03-01T09:00:00Z", "request_id": "req_1",
                "unseen": { "a": [1] }
            }"#,
        ),
        needs: &["/token"],
        ..Case::default()
    }]
}

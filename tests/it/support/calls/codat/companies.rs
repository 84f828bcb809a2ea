use super::{Case, sent};

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "codat.companies.get_access_token",
        send: |client, input| sent(&(), client.codat().companies().get_access_token(&input.ids[0])),
        request: "GET /companies/first/accessToken",
        answer: (
            200,
            r#"{ "expiresIn": 86400, "accessToken": "{secret}", "tokenType": "DPoP", "unseen": { "a": [1] } }"#,
        ),
        needs: &["/accessToken"],
        ..Case::default()
    }]
}

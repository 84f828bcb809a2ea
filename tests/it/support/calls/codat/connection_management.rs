use super::{Case, sent};

pub fn cases() -> Vec<Case> {
    vec![Case {
        id: "codat.connection_management.get",
        #[expect(deprecated, reason = "it is tested as long as it is there")]
        send: |client, input| sent(&(), client.codat().connection_management().get(&input.ids[0])),
        request: "GET /companies/first/connectionManagement/accessToken",
        answer: (200, r#"{ "accessToken": "{secret}", "unseen": { "a": [1] } }"#),
        needs: &["/accessToken"],
        ..Case::default()
    }]
}

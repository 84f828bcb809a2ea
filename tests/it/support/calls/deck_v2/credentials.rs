use super::sources::a_source;
use super::{Case, Input, Staged, Stored, sent, storable};
use connectory::deck_v2::credentials::*;
use connectory::{Client, JsonMap, Patch};

const CREDENTIAL: &str = r#"{
    "id": "cred_2aSdF4gHjK6lZxCv", "object": "credential", "status": "expired", "external_id": "customer-7",
    "source_id": "src_7fHk2LmN9pQrStUv", "auth_method": "api_key",
    "auth_credentials": { "username": "{secret}", "key": "{secret}", "source_fields": { "company_id": "{secret}" } },
    "created_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "request_id": "req_1",
    "unseen": { "a": [1] }
}"#;

const PAGE: &str = r#"{
    "data": [{ "id": "cred_2aSdF4gHjK6lZxCv", "object": "credential", "status": "verified", "unseen": 1 }],
    "has_more": false, "next_cursor": null, "request_id": "req_1", "unseen": { "a": [1] }
}"#;

fn sign_in(input: &Input) -> AuthCredentials {
    let fields = JsonMap::new().with("company_id", input.secret.as_str());
    AuthCredentials::username_password(&input.secret, &input.secret).source_fields(fields)
}

/// A credential that is there.
pub fn a_credential(client: Client) -> Staged {
    Box::pin(async move {
        let source = a_source(client.clone()).await.ids.remove(0);
        let body = CreateCredential::username_password(source, "jane", "s3cret");
        let credential = client.deck_v2().credentials().create(&body).await.unwrap();
        Input { ids: vec![credential.id.to_string()], ..Input::default() }
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck_v2.credentials.create",
            send: |client, input| {
                let body = CreateCredential::new(&input.ids[0])
                    .auth_method(AuthMethod::UsernamePassword)
                    .auth_credentials(sign_in(input))
                    .external_id("customer-7");
                storable(&body, client.deck_v2().credentials().create(&body))
            },
            request: r#"POST /credentials {
                "source_id": "first", "auth_method": "username_password", "external_id": "customer-7",
                "auth_credentials": {
                    "username": "{secret}", "password": "{secret}", "source_fields": { "company_id": "{secret}" }
                }
            }"#,
            required: Some((
                |client, input| {
                    let body = CreateCredential::new(&input.ids[0]);
                    storable(&body, client.deck_v2().credentials().create(&body))
                },
                r#"POST /credentials { "source_id": "first" }"#,
            )),
            answer: (201, CREDENTIAL),
            needs: &["/id"],
            stores: stores![Credential],
            stage: Some(a_source),
        },
        Case {
            id: "deck_v2.credentials.list",
            send: |client, _| {
                let query = ListCredentials::new()
                    .limit(50)
                    .cursor("cur_0000000000000000")
                    .source_id(["src_1", "src_2"])
                    .status([CredentialStatus::Verified, CredentialStatus::Invalid])
                    .external_id("customer-7");
                storable(&query, client.deck_v2().credentials().list(&query))
            },
            request: "GET /credentials?cursor=cur_0000000000000000&external_id=customer-7&limit=50\
                      &source_id=src_1&source_id=src_2&status=verified&status=invalid",
            required: Some((
                |client, _| storable(&(), client.deck_v2().credentials().list(&ListCredentials::new())),
                "GET /credentials",
            )),
            answer: (200, PAGE),
            ..Case::default()
        },
        Case {
            id: "deck_v2.credentials.get",
            send: |client, input| storable(&(), client.deck_v2().credentials().get(&input.ids[0])),
            request: "GET /credentials/first",
            answer: (200, CREDENTIAL),
            needs: &["/id"],
            ..Case::default()
        },
        Case {
            id: "deck_v2.credentials.update",
            send: |client, input| {
                let body = UpdateCredential::new().auth_credentials(sign_in(input)).external_id(Patch::Clear);
                storable(&body, client.deck_v2().credentials().update(&input.ids[0], &body))
            },
            request: r#"PATCH /credentials/first {
                "auth_credentials": {
                    "username": "{secret}", "password": "{secret}", "source_fields": { "company_id": "{secret}" }
                },
                "external_id": null
            }"#,
            required: Some((
                |client, input| {
                    let body = UpdateCredential::new();
                    storable(&body, client.deck_v2().credentials().update(&input.ids[0], &body))
                },
                "PATCH /credentials/first {}",
            )),
            answer: (200, CREDENTIAL),
            needs: &["/id"],
            stage: Some(a_credential),
            ..Case::default()
        },
        Case {
            id: "deck_v2.credentials.delete",
            send: |client, input| sent(&(), client.deck_v2().credentials().delete(&input.ids[0])),
            request: "DELETE /credentials/first",
            answer: (200, ""),
            stage: Some(a_credential),
            ..Case::default()
        },
    ]
}

use connectory::Error;
use connectory::sandbox::Sandbox;
use std::time::Duration;

#[tokio::test]
async fn tokens_act_for_their_company_until_they_expire() {
    let sandbox = Sandbox::start().await.unwrap();
    let company = sandbox.codat().add_company("Acme");
    let response = sandbox.client().codat().companies().get_access_token(&company).response().await.unwrap();
    assert_eq!(response.headers()["x-rate-limit-limit"], "2000");
    let token = response.into_value();
    assert_eq!(token.expires_in, Some(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), Some(company));

    sandbox.advance(Duration::from_secs(86_400));
    assert_eq!(sandbox.codat().company_of(token.access_token.expose_secret()), None);
}

#[tokio::test]
async fn unknown_companies_and_the_removed_endpoint_are_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let error = client.codat().companies().get_access_token("no-such-company").await.unwrap_err();
    assert_eq!(error.message(), Some("No company was found with ID no-such-company"));
    assert!(error.request_id().is_some());

    let company = sandbox.codat().add_company("Acme");
    #[expect(deprecated, reason = "the vendor has removed it, and the sandbox with it")]
    let error = client.codat().connection_management().get(&company).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
    assert_eq!(error.message(), Some("NotFound"));
}

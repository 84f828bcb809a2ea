//! Codat's old company tokens: tested as long as they are there.
#![expect(deprecated)]

use crate::support::{
    COMPANY,
    memory::{Memory, Step},
    offline,
};
use connectory::Error;

#[tokio::test]
async fn a_token_has_its_members_by_name() {
    let client = offline(&Memory::playing([Step::answer(200, r#"{"accessToken":"string"}"#)]));
    let token = client.codat().connection_management().get_access_token(COMPANY).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), "string");
}

#[tokio::test]
async fn it_says_not_found_since_the_vendor_removed_it() {
    let body = r#"{"statusCode":404,"service":"PublicApi","error":"NotFound",
        "correlationId":"8fa2b5f4794970a4ee73758f612e8df0","canBeRetried":"Unknown","detailedErrorCode":0}"#;
    let client = offline(&Memory::playing([Step::answer(404, body)]));
    let error = client.codat().connection_management().get_access_token(COMPANY).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "codat.connection_management.get_access_token: Codat answered 404 Not Found: NotFound \
         (request id 8fa2b5f4794970a4ee73758f612e8df0)"
    );
}

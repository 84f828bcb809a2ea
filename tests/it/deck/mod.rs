mod connections;
mod documents;
#[cfg(feature = "deck-encryption")]
mod encryption;
mod error;
mod jobs;
mod link;

const TOKEN: &str = "access-development-6599f8dd-1a1c-4586-39d1-08ddb97283f7";
const SOURCE: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";
const JOB: &str = "55bba4ec-7242-4f52-b3c0-08de128283fc";

#[tokio::test]
async fn every_list_tells_itself_what_it_lacks() {
    use crate::support::{
        memory::{Memory, Step},
        offline,
    };
    use connectory::deck::{connections, documents, link};

    let deck = |body: &'static str| offline(&Memory::playing([Step::answer(200, body)])).deck();
    let session = link::LinkTokenRequest::new("link");
    let found = deck(r#"{"accounts":[{"account_id":"1"},{"x":1}]}"#).link().accounts(&session).await.unwrap();
    assert_eq!((found.accounts.len(), found.unread[0].path()), (1, "accounts[1]"));
    let sources = link::SearchSources::new("link");
    let found = deck(r#"{"sources":[7,{"source_id":"1"}]}"#).link().sources(&sources).await.unwrap();
    assert_eq!((found.sources.len(), found.unread[0].path()), (1, "sources[0]"));
    let token = connections::AccessTokenRequest::new("access");
    let accounts =
        deck(r#"{"accounts":[{"account_number":"1"},7]}"#).connections().accounts(&token).await.unwrap();
    assert_eq!((accounts.accounts.len(), accounts.unread[0].path()), (1, "accounts[1]"));
    let list = documents::ListDocuments::new("access");
    let listed = deck(r#"{"documents":[{"document_id":"1"},[]]}"#).documents().list(&list).await.unwrap();
    assert_eq!((listed.documents.len(), listed.unread[0].path()), (1, "documents[1]"));
}

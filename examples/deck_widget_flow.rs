//! The backend of a page on which customers connect an account with Deck's widget, and what it does afterwards.
//!
//! Your backend creates a link token, your page opens the widget with it, and the widget hands a public token back.
//! Here the link calls play the widget and the customer's browser; in production they are none of your business.

use connectory::deck::connections::{AccessTokenRequest, ExchangePublicToken};
use connectory::deck::documents::{GetDocumentFile, ListDocuments};
use connectory::deck::jobs::SubmitJob;
use connectory::deck::link::{
    AnswerLinkMfa, ConnectSource, CreateLinkToken, CredentialField, LinkConnectionStatus, LinkTokenRequest,
    SearchSources,
};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, Secret};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Backend: the page asks for this when the customer presses "Connect".
async fn begin(client: &Client) -> Result<Secret, Error> {
    let settings = CreateLinkToken::new().webhook_url("https://example.com/deck");
    Ok(client.deck().link().create_token(&settings).await?.link_token)
}

/// Backend: the page calls this with what the widget gave it.
async fn finish(client: &Client, public_token: Secret) -> Result<Secret, Error> {
    let connections = client.deck().connections();
    let exchanged = connections.exchange_public_token(&ExchangePublicToken::new(public_token)).await?;
    // Store it now, encrypted: it stands for the customer's account from here on.
    let access_token = exchanged.access_token;

    let context = connections.context(&AccessTokenRequest::new(&access_token)).await?;
    let source = context.provider.and_then(|source| source.name).unwrap_or_default();
    println!("connected to {source}: {} accounts", context.num_of_entities.unwrap_or_default());
    Ok(access_token)
}

/// Backend: the webhook said that the job is done. Streams each document to a file, however long it is.
async fn save_documents(
    client: &Client,
    token: &Secret,
    folder: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let documents = client.deck().documents();
    let list = documents.list(&ListDocuments::new(token)).await?;
    for (number, document) in list.documents.iter().enumerate() {
        let download = documents.file(&GetDocumentFile::new(token, &document.document_id)).await?;
        // The names in our folder are ours: Deck's come from the source, and may be paths.
        let target = folder.join(format!("document-{number}"));
        let unfinished = target.with_extension("part");
        let mut file = tokio::fs::File::create(&unfinished).await?;
        let length = download.write_to(&mut file).await?;
        tokio::fs::rename(&unfinished, &target).await?;
        println!("saved {}: {length} bytes", document.file_name.as_deref().unwrap_or("a document"));
    }
    Ok(())
}

/// Front end, played: the customer picks a source, signs in and answers a security question.
async fn widget(client: &Client, link_token: &Secret) -> Result<Option<Secret>, Error> {
    let link = client.deck().link();
    let found = link.sources(&SearchSources::new(link_token).search("utility")).await?.sources;
    let Some(source) = found.first() else { return Ok(None) };
    let typed = [CredentialField::new("username", "ada-mfa"), CredentialField::new("password", "s3cret")];
    let started = link.connect(&ConnectSource::new(link_token, &source.source_id, typed)).await?;
    loop {
        let session = LinkTokenRequest::new(link_token);
        let status = link.connection_status(&session).await?.status;
        println!("  the widget shows {}", status.as_ref().map_or("nothing", |status| status.as_str()));
        match status {
            Some(LinkConnectionStatus::Connected) => return Ok(started.public_token),
            Some(LinkConnectionStatus::MfaQuestion) => {
                println!("  {}", link.mfa_question(&session).await?.question);
                link.answer_mfa(&AnswerLinkMfa::new(link_token, "123456")).await?;
            }
            Some(LinkConnectionStatus::New | LinkConnectionStatus::Connecting) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            // Deck's widget handles the others, and statuses that it has yet to invent.
            _ => return Ok(None),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let link_token = begin(&client).await?;
    let public_token = widget(&client, &link_token).await?.ok_or("the customer gave up")?;
    let access_token = finish(&client, public_token).await?;

    client.deck().jobs().submit(&SubmitJob::fetch_documents(&access_token)).await?;
    sandbox.advance(Duration::from_secs(2)); // until the webhook comes

    let folder = Folder::new()?;
    save_documents(&client, &access_token, &folder.0).await
}

/// A temporary folder, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("deck-widget-flow-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

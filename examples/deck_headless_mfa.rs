//! Connects a customer's account without Deck's widget: jobs, and the events that report how they went.
//!
//! You ask for the credentials yourself. Deck opens a connection, asks back if the source wants a code, and works on the
//! connection until you close it. Events come by webhook; here they are read from the sandbox.

use connectory::deck::AlreadyRunningJob;
use connectory::deck::documents::ListDocuments;
use connectory::deck::jobs::{AnswerJobMfa, EnsureConnection, Job, SubmitJob};
use connectory::sandbox::Sandbox;
use connectory::{Client, Error, Secret};
use serde_json::Value;
use std::time::Duration;

const SOURCE: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";

/// What an event of a job means to us. Deck may send one twice, and in any order: store what it says by job and code.
enum Event {
    Asks(String),
    Opened(Secret),
    Done,
    Failed(String),
}

fn read(event: &Value) -> Event {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    if let Some(code) = text("/error/error_code") {
        return Event::Failed(code);
    }
    if event["webhook_code"] == "MfaQuestionInvalidAnswer" {
        return Event::Asks("That was wrong. Once more, please?".to_owned());
    }
    match (text("/question"), text("/output/access_token")) {
        (Some(question), _) => Event::Asks(question),
        (None, Some(token)) => Event::Opened(token.into()),
        // Deck carried the job out, and the job itself may still have failed.
        (None, None) if event.pointer("/output/success") == Some(&Value::Bool(false)) => {
            Event::Failed(text("/output/message").unwrap_or_default())
        }
        (None, None) => Event::Done,
    }
}

/// The latest event of a job, when its webhook has come.
fn event_of(sandbox: &Sandbox, job: &Job) -> Option<Event> {
    sandbox.advance(Duration::from_secs(2));
    let events = sandbox.deliveries().into_iter().rev().filter_map(|delivery| delivery.json());
    let mut events = events.filter(|event| event["job_guid"] == job.job_guid.as_str());
    events.next().map(|event| read(&event))
}

/// Opens the connection, and answers when the source asks for a code.
async fn open(client: &Client, sandbox: &Sandbox) -> Result<Secret, Box<dyn std::error::Error>> {
    let jobs = client.deck().jobs();
    let input = EnsureConnection::new(SOURCE, "ada-mfa", "s3cret").external_id("customer-17");
    let job = jobs.submit(&SubmitJob::ensure_connection(input)).await?;
    loop {
        match event_of(sandbox, &job) {
            Some(Event::Asks(question)) => {
                println!("Deck asks: {question}");
                jobs.answer_mfa(&AnswerJobMfa::new(&job.job_guid, "123456")).await?;
            }
            Some(Event::Opened(token)) => return Ok(token),
            Some(Event::Failed(code)) => return Err(format!("not connected: {code}").into()),
            Some(Event::Done) | None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Submits a job; one that cannot start because another runs is told apart from one that Deck refuses.
async fn fetch(client: &Client, token: &Secret) -> Result<Option<Job>, Error> {
    match client.deck().jobs().submit(&SubmitJob::fetch_documents(token)).await {
        Ok(job) => Ok(Some(job)),
        Err(error) => match error.api().and_then(|api| api.vendor::<AlreadyRunningJob>()) {
            Some(running) => {
                println!("job {} runs: wait for its event, then submit again", running.job_guid);
                Ok(None)
            }
            None => Err(error),
        },
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let token = open(&client, &sandbox).await?;
    println!("connected");

    let job = fetch(&client, &token).await?.ok_or("the connection is busy")?;
    fetch(&client, &token).await?; // one job runs at a time
    match event_of(&sandbox, &job) {
        Some(Event::Done) => println!("documents fetched"),
        Some(Event::Failed(code)) => return Err(format!("no documents: {code}").into()),
        _ => return Err("no event yet".into()),
    }
    let mine = ListDocuments::new(&token).job_guid(&job.job_guid);
    for document in client.deck().documents().list(&mine).await?.documents {
        println!("  {} of {} bytes", document.document_id, document.file_size.unwrap_or_default());
    }

    client.deck().jobs().submit(&SubmitJob::close_connection(&token)).await?;
    let refused = fetch(&client, &token).await.err();
    println!("closed; another job: {}", refused.as_ref().and_then(Error::code).unwrap_or("accepted?"));
    Ok(())
}

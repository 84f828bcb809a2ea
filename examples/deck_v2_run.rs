//! Runs a task of Deck v2 to its end, with a question to the customer in between.
//!
//! The run is looked at until it has ended. In a service the events of `event_destinations()` tell when to look; those that
//! were missed are in `event_log()`.

use connectory::deck_v2::agents::CreateAgent;
use connectory::deck_v2::credentials::CreateCredential;
use connectory::deck_v2::event_log::{EventType, ListEvents};
use connectory::deck_v2::sources::CreateSource;
use connectory::deck_v2::task_runs::{AnswerInteraction, GetTaskRun, Interaction, RunTask, TaskRunStatus};
use connectory::deck_v2::tasks::{CreateTask, TaskStorage};
use connectory::deck_v2::{DeckV2, TaskRunId};
use connectory::sandbox::Sandbox;
use connectory::{Error, OtherJson};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// What the task brings, as its `output_schema` says.
#[derive(Debug, Deserialize)]
struct Bill {
    total: f64,
    due: String,
}

/// Asks the customer; here the answer is known. All fields go back in one call.
fn ask(interaction: &Interaction) -> AnswerInteraction {
    println!("the source asks: {}", interaction.message.as_deref().unwrap_or_default());
    let names = interaction.fields.iter().filter_map(|field| field.name.as_deref());
    names.fold(AnswerInteraction::new(), |answers, name| answers.field(name, "123456"))
}

/// Follows a run to its end, whatever the end is.
async fn follow(deck: &DeckV2, sandbox: &Sandbox, run: &TaskRunId) -> Result<Option<OtherJson>, Error> {
    let mut was_asked = false;
    loop {
        let run = deck.task_runs().get(run, &GetTaskRun::new()).await?;
        match (run.status, &run.interaction) {
            // Asked again, the answer was wrong: each one signs in once more, and sources lock accounts.
            (Some(TaskRunStatus::InteractionRequired), _) if was_asked => {
                return Ok(deck.task_runs().cancel(&run.id).await?.output);
            }
            (Some(TaskRunStatus::InteractionRequired), Some(interaction)) => {
                was_asked = true;
                deck.task_runs().answer_interaction(&run.id, &ask(interaction)).await?;
            }
            (Some(status), _) if status.is_final() => {
                run.errors.iter().for_each(|error| println!("{status}: {error:?}"));
                return Ok(run.output);
            }
            // Also a status that this version does not know: it may be on its way.
            _ => sandbox.advance(Duration::from_secs(1)), // in a service: sleep
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let deck = sandbox.client().deck_v2();

    // Once: who works, where, and on what.
    let agent = deck.agents().create(&CreateAgent::new("Bills")).await?;
    let source = deck.sources().create(&CreateSource::website("https://utility.example/")).await?;
    let schema = json!({
        "type": "object",
        "properties": { "total": { "type": "number" }, "due": { "type": "string" } },
    });
    let task = CreateTask::new("Latest bill", &agent.id)
        .prompt("Find the latest bill and download it")
        .output_schema(schema)
        .storage(TaskStorage::new().enabled(true));
    let task = deck.tasks().create(&task).await?;

    // For each customer: the credential; then as many runs as you like.
    let credential = CreateCredential::username_password(&source.id, "ada-mfa", "s3cret");
    let credential = deck.credentials().create(&credential.external_id("customer-17")).await?;
    let started = RunTask::new().credential_id(&credential.id).request_id("bill-of-october");
    let run = deck.task_runs().run(&task.id, &started).await?;

    match follow(&deck, &sandbox, &run.id).await? {
        Some(output) => match output.get::<Bill>() {
            Some(Bill { total, due }) => println!("the bill is over {total}, due on {due}"),
            None => println!("no bill as we know it: {}", output.raw()),
        },
        None => println!("no bill"),
    }
    for file in deck.task_runs().list_storage(&run.id).await?.data {
        // The link goes to another host: fetch it with a client of your own, without the key.
        let has_link = file.url.is_some();
        println!("stored: {} (link: {has_link})", file.file_name.as_deref().unwrap_or("a file"));
    }

    let wanted = ListEvents::new().kind([EventType::CredentialVerified, EventType::TaskRunCompleted]);
    let mut events = deck.event_log().list(&wanted).pages();
    while let Some(event) = events.try_next().await? {
        println!("event: {}", event.kind.as_ref().map_or("unknown", EventType::as_str));
    }
    Ok(())
}

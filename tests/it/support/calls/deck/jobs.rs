use super::{Case, Input, SOURCE, Stored, sent, storable};
use connectory::deck::jobs::*;

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            id: "deck.jobs.submit",
            send: |client, input| {
                let connect = EnsureConnection::new(SOURCE, &input.secret, &input.secret)
                    .external_id("acme")
                    .webhook_url("https://example.com/hook");
                let body = SubmitJob::ensure_connection(connect).sandbox_outcome(SandboxOutcome::JobFailed);
                storable(&body, client.deck().jobs().submit(&body))
            },
            request: r#"
                POST /jobs/submit
                x-deck-sandbox: job-failed
                {
                  "job_code": "EnsureConnection",
                  "input": {
                    "source_guid": "11115055-46cf-4e49-6ba4-08ddcbf23235", "username": "{secret}",
                    "password": "{secret}", "external_id": "acme", "webhook_url": "https://example.com/hook"
                  }
                }"#,
            required: Some((
                |client, input| {
                    let body = SubmitJob::fetch_documents(&input.secret);
                    storable(&body, client.deck().jobs().submit(&body))
                },
                r#"POST /jobs/submit { "job_code": "FetchDocuments", "input": { "access_token": "{secret}" } }"#,
            )),
            answer: (
                200,
                r#"{ "job_guid": "55bba4ec-7242-4f52-b3c0-08de128283fc", "job_code": "WaterPlants", "unseen": 1 }"#,
            ),
            needs: &["/job_guid"],
            stores: stores![Job],
            ..Case::default()
        },
        Case {
            id: "deck.jobs.answer_mfa",
            send: |client, input| {
                let body = AnswerJobMfa::new(input.ids[0].as_str(), &input.secret);
                sent(&body, client.deck().jobs().answer_mfa(&body))
            },
            request: r#"POST /jobs/mfa/answer { "job_guid": "first", "answer": "{secret}" }"#,
            stage: Some(|client| {
                Box::pin(async move {
                    let connect = EnsureConnection::new(SOURCE, "mfa", "password");
                    let job = client.deck().jobs().submit(&SubmitJob::ensure_connection(connect)).await;
                    Input { ids: vec![job.unwrap().job_guid.as_str().to_owned()], ..Input::default() }
                })
            }),
            ..Case::default()
        },
    ]
}

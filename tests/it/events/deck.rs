//! What Deck delivers.

use super::{KEY, Pairs, Scheme, base64, hmac, pairs};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use connectory::Provider;
use connectory::deck::events::{Environment, Event, JobErrorCode, Verifier};
use connectory::deck::jobs::JobCode;
use connectory::deck::{ErrorCategory, ErrorCode};
use connectory::events::Delivery;
use serde_json::{Value, json};

const JOB: &str = "55bba4ec-7242-4f52-b3c0-08de128283fc";

pub fn scheme() -> Scheme {
    super::scheme!(deck, new, {
        name: "deck",
        provider: Provider::Deck,
        secret: KEY,
        another: "YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgLi4uLi4=",
        sign: sign,
        body: r#"{"job_guid":"55bba4ec-7242","output":{"access_token":"access-development-2b566e6a"},"webhook_type":"Job","webhook_code":"EnsureConnection","environment":"Sandbox"}"#,
        unseen: r#"{"connection_id":"1","webhook_type":"Weather","webhook_code":"Rain"}"#,
        unread: r#"{"webhook_type":"Job","webhook_code":"MfaRequired","job_guid":null}"#,
    })
}

fn sign(key: &str, body: &[u8]) -> Pairs {
    pairs([("X-Signature", base64(hmac(&BASE64_STANDARD.decode(key).unwrap(), body)))])
}

fn delivered(body: &Value) -> Delivery<Event> {
    let body = body.to_string();
    let delivery = Verifier::new(KEY).unwrap().verify(sign(KEY, body.as_bytes()), body.as_bytes()).unwrap();
    assert_eq!((delivery.provider(), delivery.attempt()), (Provider::Deck, None));
    assert_eq!((delivery.time(), delivery.sent_at()), (None, None));
    assert_eq!(delivery.body(), body.as_bytes());
    delivery
}

fn job(code: &str, members: Value) -> Value {
    let mut body =
        json!({ "job_guid": JOB, "webhook_type": "Job", "webhook_code": code, "environment": "Sandbox" });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

#[test]
fn the_vector_holds() {
    let body = r#"{"link_token":"link-sandbox-77bd1897-b21b-4eb8-fca6-08dda362f7ed","public_token":"public-sandbox-b7500d0c-920d-46cf-44eb-08dda3634c66","webhook_type":"Link","webhook_code":"ConnectionCreated","environment":"Sandbox"}"#;
    let headers = [("x-signature", "/QLbJg0dBDdCj8dUerusV1xhiRyLZYAfDJeWjj4Idjg=")];
    let delivery = Verifier::new(KEY).unwrap().verify(headers, body.as_bytes()).unwrap();
    assert_eq!(delivery.event_type(), Some("Link.ConnectionCreated"));
    let Event::LinkConnectionCreated(link) = delivery.event() else { panic!("{delivery:?}") };
    assert_eq!(link.public_token.expose_secret(), "public-sandbox-b7500d0c-920d-46cf-44eb-08dda3634c66");
    let link_token = link.link_token.as_ref().unwrap().expose_secret();
    assert_eq!(link_token, "link-sandbox-77bd1897-b21b-4eb8-fca6-08dda362f7ed");
    assert_eq!(link.environment, Some(Environment::Sandbox));
    let printed = format!("{delivery:?} {:?}", delivery.event());
    assert!(!printed.contains("b7500d0c") && !printed.contains("77bd1897"), "{printed}");
}

#[test]
fn a_job_ends_well_or_not() {
    let done = delivered(&job(
        "EnsureConnection",
        json!({ "output": { "access_token": "access-development-2b566e6a" } }),
    ));
    assert_eq!(done.event_type(), Some("Job.EnsureConnection"));
    assert_eq!(done.event().job_id().unwrap().as_str(), JOB);
    let Event::JobEnded(done) = done.event() else { panic!("{done:?}") };
    assert_eq!((&done.job_code, done.succeeded()), (&Some(JobCode::EnsureConnection), true));
    assert_eq!(done.access_token().unwrap().expose_secret(), "access-development-2b566e6a");
    assert!(!format!("{done:?}").contains("2b566e6a"));

    let error =
        json!({ "error": { "error_code": "InvalidCredentials", "error_message": "Invalid Credentials" } });
    let refused = delivered(&job("EnsureConnection", error));
    let Event::JobEnded(refused) = refused.event() else { panic!("{refused:?}") };
    assert!(!refused.succeeded() && refused.access_token().is_none());
    let error = refused.error.as_ref().unwrap();
    assert_eq!(error.error_code, Some(JobErrorCode::InvalidCredentials));
    assert_eq!(error.error_message.as_deref(), Some("Invalid Credentials"));

    let output =
        json!({ "output": { "success": false, "error_category": "JobFailed", "message": "Failed." } });
    let failed = delivered(&job("ReadTheMeter", output));
    let Event::JobEnded(failed) = failed.event() else { panic!("{failed:?}") };
    assert_eq!((failed.job_code.as_ref().unwrap().as_str(), failed.succeeded()), ("ReadTheMeter", false));

    // Neither: something that nobody has seen.
    let other = delivered(&job("CaptchaRequired", json!({ "picture": "…" })));
    assert!(matches!(other.event(), Event::Other(_)), "{other:?}");
}

#[test]
fn a_job_asks() {
    let question =
        json!({ "question": "Which code?", "method_selected": null, "answer_expected_digits": "6" });
    let asked = delivered(&job("MfaRequired", question));
    let Event::JobMfaRequired(asked) = asked.event() else { panic!("{asked:?}") };
    assert_eq!((asked.job_guid.as_str(), asked.question.as_deref()), (JOB, Some("Which code?")));
    assert_eq!((asked.method_selected.as_ref(), asked.answer_expected_digits), (None, Some(6)));
    let wrong = delivered(&job("MfaQuestionInvalidAnswer", json!({})));
    assert_eq!(wrong.event().job_id().unwrap().as_str(), JOB);
    assert!(matches!(wrong.event(), Event::JobMfaInvalidAnswer(_)), "{wrong:?}");
}

#[test]
fn a_connection_changes() {
    for code in ["ConnectionCompleted", "InvalidCredentials", "MfaQuestion", "Error"] {
        let delivery = delivered(&json!({
            "connection_id": "c-1", "webhook_type": "Connection", "webhook_code": code, "environment": "Production",
            "message": "Which code?",
            "error": {
                "error_category": "CONNECTION_ERROR", "error_code": "CONNECTION_FAILED", "error_message": "It is gone",
                "display_message": "Sign in again",
            },
        }));
        assert_eq!(delivery.event_type(), Some(&*format!("Connection.{code}")));
        let event = delivery.event();
        assert_eq!(event.connection_id().unwrap().as_str(), "c-1");
        let name = format!("{event:?}");
        assert!(name.starts_with(&format!("Connection{}", code.trim_start_matches("Connection"))), "{name}");
        let Event::ConnectionError(change) = event else { continue };
        assert_eq!(
            (change.kind.as_deref(), change.message.as_deref()),
            (Some("Connection"), Some("Which code?"))
        );
        assert_eq!(change.environment, Some(Environment::Production));
        let error = change.error.as_ref().unwrap();
        assert_eq!(error.category, Some(ErrorCategory::ConnectionError));
        assert_eq!(error.code, Some(ErrorCode::ConnectionFailed));
        let texts = (error.message.as_deref(), error.display_message.as_deref());
        assert_eq!(texts, (Some("It is gone"), Some("Sign in again")));
    }
    for kind in ["Sustainability", "Connection", "Anything"] {
        let body = json!({ "webhook_type": kind, "webhook_code": "DefaultUpdate", "connection_id": "c-1" });
        let delivery = delivered(&body);
        let Event::DataUpdated(update) = delivery.event() else { panic!("{delivery:?}") };
        assert_eq!((update.kind.as_deref(), update.connection_id.as_str()), (Some(kind), "c-1"));
    }
}

#[test]
fn r32_of_one_job_each_question_has_an_id_of_its_own() {
    let body = job("MfaRequired", json!({ "question": "Which code?" }));
    let first = delivered(&body);
    assert_eq!(first.id(), delivered(&body).id(), "the same again");
    let digest = first.id().strip_prefix(&format!("{JOB}:MfaRequired:")).unwrap();
    assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    let second = delivered(&job("MfaRequired", json!({ "question": "Which colour?" })));
    assert_ne!(first.id(), second.id());
}

#[cfg(feature = "deck-encryption")]
mod encrypted {
    use super::*;
    use connectory::events::EventError;
    use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

    fn seal(key: &str, nonce: u8, plain: &str) -> String {
        let key =
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &BASE64_STANDARD.decode(key).unwrap()).unwrap());
        let mut text = plain.as_bytes().to_vec();
        let nonce = [nonce; 12];
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).unwrap();
        let payload = base64([&nonce[..], &text].concat());
        json!({ "encrypted_payload": payload, "encryption_version": "1.0" }).to_string()
    }

    #[test]
    fn a_body_is_opened_with_any_key_that_fits() {
        let plain = job("EnsureConnection", json!({ "output": { "access_token": "access-1" } })).to_string();
        let verifier = Verifier::new(KEY).unwrap().encryption_key(KEY).unwrap();
        let another = base64([7; 32]);
        let both = Verifier::new(KEY).unwrap().encryption_key(&another).unwrap().encryption_key(KEY).unwrap();
        let mut ids = Vec::new();
        for (verifier, nonce) in [(&verifier, 1), (&both, 2)] {
            let body = seal(KEY, nonce, &plain);
            let delivery = verifier.verify(sign(KEY, body.as_bytes()), body.as_bytes()).unwrap();
            assert_eq!(delivery.body(), plain.as_bytes());
            let Event::JobEnded(job) = delivery.event() else { panic!("{delivery:?}") };
            assert_eq!(job.access_token().unwrap().expose_secret(), "access-1");
            ids.push(delivery.id().to_owned());
            let printed = format!("{verifier:?} {verifier:#?}");
            assert!(!printed.contains(KEY) && !printed.contains(&another), "{printed}");
        }
        assert_eq!(ids[0], ids[1], "however it was encrypted");
        let body = seal(&another, 3, &plain);
        let headers = sign(KEY, body.as_bytes());
        let error = verifier.verify(headers.clone(), body.as_bytes()).unwrap_err();
        assert_eq!(error, EventError::Encrypted);
        let without = Verifier::new(KEY).unwrap();
        assert_eq!(without.verify(headers.clone(), body.as_bytes()).unwrap_err(), EventError::Encrypted);
        let error = both.verify(headers, &body.as_bytes()[1..]).unwrap_err();
        assert_eq!(error, EventError::WrongSignature, "what was not signed is not opened");
        for wrong in ["", "s3cret", &KEY[..8]] {
            let error = Verifier::new(KEY).unwrap().encryption_key(wrong).unwrap_err();
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}

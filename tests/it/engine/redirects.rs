//! Credentials do not follow a redirect, because nothing does.

use crate::support::{
    a_call, calls, client,
    memory::{Memory, Step},
    offline,
    raw::Raw,
    wire::Wire,
};
use connectory::operation::Repeat;
use connectory::{Error, Outcome};
use wiremock::ResponseTemplate;

#[tokio::test]
async fn r3_no_redirect_of_any_operation_is_followed() {
    let elsewhere = Raw::serving(|_| async {}).await;
    let location = format!("{}/stolen?token=t0ken", elsewhere.base());
    for status in [301, 302, 303, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("location", location.as_str());
        let wire = Wire::answering(answer).await;
        let client = client(&wire.base());
        for (sent, call) in calls::all().into_iter().enumerate() {
            let error = call.send_default(&client).await.unwrap_err();
            let Error::Redirect(redirect) = &error else { panic!("{}: {error:?}", call.id) };
            assert_eq!(redirect.target_origin(), Some(elsewhere.base().as_str()));
            assert_eq!(error.status().unwrap().as_u16(), status);
            assert_eq!(error.attempts(), 1);
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(call.id) && !shown.contains("t0ken"), "{shown}");
            assert_eq!(wire.requests().await.len(), sent + 1, "{} is sent once", call.id);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

/// 303 is what comes after the work, and 301 and 302 are used for it.
#[tokio::test]
async fn r12_a_redirect_that_may_come_after_the_work_leaves_a_write_unknown() {
    for call in calls::all() {
        for status in 300..=308 {
            let memory =
                Memory::playing([Step::answer(status, "").header("location", "https://vendor.example/")]);
            let error = call.send_default(&offline(&memory)).await.unwrap_err();
            assert!(matches!(error, Error::Redirect(_)), "{error:?}");
            let after_the_work =
                [301, 302, 303].contains(&status) && call.operation().repeat() != Repeat::Read;
            let outcome = if after_the_work { Outcome::Unknown } else { Outcome::Refused };
            assert_eq!((error.outcome(), error.attempts()), (outcome, 1), "{} after {status}", call.id);
            assert_eq!(memory.count(), 1);
        }
    }
}

#[tokio::test]
async fn a_redirect_names_its_target_s_origin_however_it_is_written() {
    let rows = [
        ("https://login.example/path?q=s3cret#s3cret", Some("https://login.example")),
        ("https://user:s3cret@login.example:8443/", Some("https://login.example:8443")),
        ("//login.example/s3cret", Some("http://login.example")),
        ("/elsewhere/s3cret", Some("http://127.0.0.1:1")),
        ("s3cret", Some("http://127.0.0.1:1")),
        ("data:text/plain,s3cret", None),
        ("https://[s3cret", None),
    ];
    for (location, expected) in rows {
        let memory = Memory::playing([Step::answer(302, "s3cret").header("location", location)]);
        let error = a_call(&offline(&memory)).await.unwrap_err();
        let Error::Redirect(redirect) = &error else { panic!("{error:?}") };
        assert_eq!(redirect.target_origin(), expected, "{location}");
        assert!(!format!("{error} {error:?} {error:#?}").contains("s3cret"));
    }
    let unreadable = b"https://login.example/\xff".as_slice();
    for step in [Step::answer(304, ""), Step::answer(302, "").header("location", unreadable)] {
        let error = a_call(&offline(&Memory::playing([step]))).await.unwrap_err();
        let Error::Redirect(redirect) = &error else { panic!("{error:?}") };
        assert_eq!(redirect.target_origin(), None);
        assert!(error.to_string().ends_with(", which names no readable target"), "{error}");
    }
}

//! What Codat delivers.

use super::{KEY, Pairs, Scheme, WHSEC, pairs, sent, standard_webhooks};
use connectory::Provider;
use connectory::codat::DataType;
use connectory::codat::connections::ConnectionStatus;
use connectory::codat::events::{Event, Verifier, WriteType};
use connectory::codat::push_data::PushOperationStatus;
use connectory::codat::refresh_data::PullOperationStatus;
use connectory::events::{Delivery, EventError};
use serde_json::{Value, json};
use std::time::Duration;

const COMPANY: &str = "0498e921-9b53-4396-a412-4f2f5983b0a2";
const CONNECTION: &str = "ee2eb431-c0fa-4dc9-93fa-d29781c12bcd";
const BODY: &str = r#"{"id":"ba29118f","eventType":"company.deleted","generatedDate":"2024-08-08T17:10:34.015Z","payload":{"id":"0498e921","name":"Bank of Dave"}}"#;
const UNSEEN: &str = r#"{"id":"ba29118f","eventType":"company.painted","payload":{"id":"0498e921"}}"#;
const UNREAD: &str = r#"{"id":"ba29118f","eventType":"company.deleted","payload":["0498e921"]}"#;

pub fn scheme() -> Scheme {
    super::scheme!(codat, new, {
        name: "codat",
        provider: Provider::Codat,
        secret: WHSEC,
        another: "whsec_YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgLi4uLi4=",
        sign: |secret, body| standard_webhooks(secret, "msg_1", body),
        body: BODY,
        unseen: UNSEEN,
        unread: UNREAD,
    })
}

/// The scheme of before 6 March 2024.
pub fn authorization() -> Scheme {
    super::scheme!(codat, authorization, {
        name: "codat before 2024",
        provider: Provider::Codat,
        secret: "Bearer AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        another: "Basic YW5vdGhlcg==",
        sign: |secret, _| pairs([("Authorization", secret.to_owned())]),
        body: BODY,
        unseen: UNSEEN,
        unread: UNREAD,
    })
}

fn delivered(event_type: &str, payload: Value) -> Delivery<Event> {
    let body = json!({
        "id": "ba29118f", "eventType": event_type, "generatedDate": "2024-08-08T17:10:34.015Z", "payload": payload,
    });
    let body = body.to_string();
    let headers: Pairs = standard_webhooks(WHSEC, "msg_1", body.as_bytes());
    let delivery = Verifier::new(WHSEC).unwrap().verify_at(headers, body.as_bytes(), sent()).unwrap();
    assert_eq!((delivery.provider(), delivery.id(), delivery.attempt()), (Provider::Codat, "msg_1", None));
    assert_eq!(delivery.event_type(), Some(event_type));
    assert_eq!(delivery.time().unwrap().as_str(), "2024-08-08T17:10:34.015Z");
    assert_eq!(delivery.sent_at(), Some(sent()));
    assert_eq!(delivery.body(), body.as_bytes());
    delivery
}

#[test]
fn the_published_vector_holds_under_both_names() {
    let verifier = Verifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let values = [
        ("id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("timestamp", "1614265330"),
        ("signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let at = std::time::UNIX_EPOCH + Duration::from_secs(1_614_265_330);
    let named = |prefix: &str| values.map(|(name, value)| (format!("{prefix}{name}"), value.to_owned()));
    let both = [named("webhook-"), named("Svix-")].concat();
    for headers in [named("webhook-").to_vec(), named("SVIX-").to_vec(), both.clone()] {
        let delivery = verifier.verify_at(headers, br#"{"test": 2432232314}"#, at).unwrap();
        assert_eq!(delivery.id(), "msg_p5jXN8AQM9LWM0D4loKWxJek");
    }
    for (index, header) in ["webhook-id", "webhook-timestamp", "webhook-signature"].into_iter().enumerate() {
        let mut differing = both.clone();
        differing[index].1.push('0');
        let error = verifier.verify_at(differing, br#"{"test": 2432232314}"#, at).unwrap_err();
        assert_eq!(error, EventError::RepeatedHeader(header));
    }
}

#[test]
fn one_of_several_signatures_is_enough() {
    let mut headers = standard_webhooks(WHSEC, "msg_1", BODY.as_bytes());
    let good = String::from_utf8(headers[2].1.clone()).unwrap();
    let another = format!("v1,{KEY}");
    for signatures in [
        format!("{good} {another}"),
        format!("{another} {good}"),
        format!("v1a,{KEY} {good}"),
        format!("v2,{KEY} v1,short {good}"),
    ] {
        headers[2].1 = signatures.clone().into_bytes();
        let delivery = Verifier::new(WHSEC).unwrap().verify_at(headers.clone(), BODY.as_bytes(), sent());
        assert!(delivery.is_ok(), "{signatures}");
    }
    for signatures in [another.clone(), format!("v1a,{} {another}", &good[3..])] {
        headers[2].1 = signatures.into_bytes();
        let error =
            Verifier::new(WHSEC).unwrap().verify_at(headers.clone(), BODY.as_bytes(), sent()).unwrap_err();
        assert_eq!(error, EventError::WrongSignature);
    }
}

#[test]
fn a_secret_is_taken_with_its_prefix_and_without() {
    let headers = standard_webhooks(WHSEC, "msg_1", BODY.as_bytes());
    let delivery = Verifier::new(KEY).unwrap().verify_at(headers, BODY.as_bytes(), sent());
    assert!(delivery.is_ok());
}

#[test]
fn events_of_companies_have_the_company() {
    let company = json!({
        "id": COMPANY, "name": "Bank of Dave", "redirect": "https://link.codat.io/company/0498e921",
        "created": "2022-01-01T12:00:00.000Z", "tags": { "customerRegion": "us" },
    });
    let created = delivered("company.created", company.clone());
    let Event::CompanyCreated(created) = created.event() else { panic!("{created:?}") };
    let deleted = delivered("company.deleted", company);
    let Event::CompanyDeleted(deleted) = deleted.event() else { panic!("{deleted:?}") };
    assert_eq!(created, deleted);
    assert_eq!((created.id.as_str(), created.name.as_deref()), (COMPANY, Some("Bank of Dave")));

    let product = json!({
        "id": COMPANY, "name": "Bank of Dave", "description": "early", "productId": "lending", "productName": "Lending",
        "products": ["accounting", "lending"],
    });
    let added = delivered("company.product.added", product.clone());
    assert_eq!(added.event().company_id().unwrap().as_str(), COMPANY);
    let Event::CompanyProductAdded(added) = added.event() else { panic!("{added:?}") };
    let removed = delivered("company.product.removed", product);
    let Event::CompanyProductRemoved(removed) = removed.event() else { panic!("{removed:?}") };
    assert_eq!(added, removed);
    let texts = [&added.name, &added.description, &added.product_name].map(|text| text.as_deref().unwrap());
    assert_eq!(texts, ["Bank of Dave", "early", "Lending"]);
    assert_eq!(added.product_id.as_ref().unwrap().as_str(), "lending");
    assert_eq!(
        added.products.iter().map(|product| product.as_str()).collect::<Vec<_>>(),
        ["accounting", "lending"]
    );
}

#[test]
fn events_of_connections_have_both() {
    for event_type in ["created", "connected", "failed", "disconnected", "reconnected", "deleted"] {
        let delivery = delivered(
            &format!("connection.{event_type}"),
            json!({
                "referenceCompany": {
                    "id": COMPANY, "name": "Bank of Dave", "links": { "portal": "https://app.codat.io" },
                },
                "connection": {
                    "id": CONNECTION, "integrationKey": "dfxm", "status": "PendingAuth", "sourceType": "Banking",
                    "dataConnectionErrors": [{ "statusCode": "403", "statusText": "User cancelled linking" }],
                },
            }),
        );
        let event = delivery.event();
        assert_eq!(event.company_id().unwrap().as_str(), COMPANY);
        let connection = event.connection().unwrap();
        assert_eq!(connection.id.as_str(), CONNECTION);
        assert_eq!(connection.status, Some(ConnectionStatus::PendingAuth));
        assert_eq!(connection.data_connection_errors[0].status_code.as_deref(), Some("403"));
        assert!(
            format!("{event:?}").to_lowercase().starts_with(&format!("connection{event_type}(")),
            "{event:?}"
        );
    }
}

#[test]
fn events_of_reads_say_what_was_read() {
    let payload = json!({
        "referenceCompany": { "id": COMPANY }, "modifiedFromDate": "2022-10-23T00:00:00.000Z",
        "dataTypes": [{
            "connectionId": CONNECTION, "dataType": "invoices", "recordsModified": false, "status": "Complete",
            "issues": [{
                "type": "warning.validation", "message": "not right",
                "links": { "logs": "https://a.example", "portal": "https://b.example", "readMore": "https://c.example" },
            }],
        }],
    });
    let again = delivered("read.completed", payload.clone());
    assert_eq!(again.event().company_id().unwrap().as_str(), COMPANY);
    let Event::ReadCompleted(again) = again.event() else { panic!("{again:?}") };
    let first = delivered("read.completed.initial", payload);
    let Event::ReadCompletedInitial(first) = first.event() else { panic!("{first:?}") };
    assert_eq!(again, first);
    assert_eq!(first.modified_from_date.as_ref().unwrap().as_str(), "2022-10-23T00:00:00.000Z");
    let [read] = &first.data_types[..] else { panic!("{first:?}") };
    assert_eq!(read.connection_id.as_ref().unwrap().as_str(), CONNECTION);
    assert_eq!((&read.data_type, read.records_modified), (&Some(DataType::Invoices), Some(false)));
    assert_eq!(read.status, Some(PullOperationStatus::Complete));
    let [issue] = &read.issues[..] else { panic!("{read:?}") };
    assert_eq!(
        (issue.kind.as_deref(), issue.message.as_deref()),
        (Some("warning.validation"), Some("not right"))
    );
    let links = issue.links.as_ref().unwrap();
    let links = [&links.logs, &links.portal, &links.read_more].map(|link| link.as_deref().unwrap());
    assert_eq!(links, ["https://a.example", "https://b.example", "https://c.example"]);
}

#[test]
fn events_of_writes_say_which_type_was_written() {
    let payload = json!({
        "id": "a9367074", "type": "UploadAttachment", "referenceCompany": { "id": COMPANY }, "connectionId": CONNECTION,
        "requestedOnDate": "2023-05-03T10:00:00Z", "completedOnDate": "2023-05-03T10:00:23Z", "status": "TimedOut",
        "record": { "id": "bil_1" }, "attachmentId": "att_1",
    });
    let done = delivered("bills.write.successful", payload.clone());
    let Event::WriteSuccessful(done) = done.event() else { panic!("{done:?}") };
    let failed = delivered("bills.write.unsuccessful", payload.clone());
    assert_eq!(failed.event().company_id().unwrap().as_str(), COMPANY);
    let Event::WriteUnsuccessful(failed) = failed.event() else { panic!("{failed:?}") };
    assert_eq!(done, failed);
    assert_eq!(done.id.as_ref().unwrap().as_str(), "a9367074");
    assert_eq!(done.connection_id.as_ref().unwrap().as_str(), CONNECTION);
    assert_eq!((&done.kind, &done.data_type), (&Some(WriteType::UploadAttachment), &Some(DataType::Bills)));
    assert_eq!(done.status, Some(PushOperationStatus::TimedOut));
    let times =
        [&done.requested_on_date, &done.completed_on_date].map(|time| time.as_ref().unwrap().as_str());
    assert_eq!(times, ["2023-05-03T10:00:00Z", "2023-05-03T10:00:23Z"]);
    assert_eq!(done.record.as_ref().unwrap().id.as_deref(), Some("bil_1"));
    assert_eq!(done.attachment_id.as_deref(), Some("att_1"));

    let unseen = delivered("fax-machines.write.successful", payload.clone());
    let Event::WriteSuccessful(unseen) = unseen.event() else { panic!("{unseen:?}") };
    assert_eq!(unseen.data_type.as_ref().unwrap().as_str(), "fax-machines");
    let other = delivered("bills.write.pending", payload);
    assert!(matches!(other.event(), Event::Other(_)), "{other:?}");
}

#[test]
fn events_of_the_quota_count_it() {
    let payload = json!({ "dailyQuota": 12000, "quotaRemaining": 0, "expiryDate": "2024-09-01T23:59:99Z" });
    let reached = delivered("client.rateLimit.reached", payload.clone());
    let Event::ClientRateLimitReached(reached) = reached.event() else { panic!("{reached:?}") };
    let reset = delivered("client.rateLimit.reset", payload);
    assert_eq!((reset.event().company_id(), reset.event().connection()), (None, None));
    let Event::ClientRateLimitReset(reset) = reset.event() else { panic!("{reset:?}") };
    assert_eq!(reached, reset);
    assert_eq!((reached.daily_quota, reached.quota_remaining), (Some(12000), Some(0)));
    assert_eq!(reached.expiry_date.as_ref().unwrap().as_str(), "2024-09-01T23:59:99Z");
}

#[test]
fn the_authorization_header_is_all_that_older_rules_have() {
    let value = "Basic dXNlcjpwYXNz";
    let verifier = Verifier::authorization(value).unwrap().or("any text").unwrap();
    for (value, fits) in [
        (value, true),
        ("any text", true),
        ("Basic dXNlcjpwYXNt", false),
        ("basic dXNlcjpwYXNz", false),
        ("any tex", false),
    ] {
        let delivery = verifier.verify([("authorization", value)], BODY.as_bytes());
        assert_eq!(delivery.is_ok(), fits, "{value}");
        if let Ok(delivery) = delivery {
            assert_eq!((delivery.id(), delivery.sent_at()), ("ba29118f", None));
            assert!(matches!(delivery.event(), Event::CompanyDeleted(_)));
        }
    }
    // A signature means nothing to it, and the header nothing to the other.
    let signed = standard_webhooks(WHSEC, "msg_1", BODY.as_bytes());
    let error = verifier.verify(signed, BODY.as_bytes()).unwrap_err();
    assert_eq!(error, EventError::MissingHeader("authorization"));
    let error =
        Verifier::new(WHSEC).unwrap().verify([("authorization", value)], BODY.as_bytes()).unwrap_err();
    assert_eq!(error, EventError::MissingHeader("webhook-id"));
    let digest = verifier.verify([("authorization", value)], b"{}").unwrap();
    assert_eq!(digest.id(), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

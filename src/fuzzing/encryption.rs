//! Bodies that travel encrypted.

use super::vendor::{BASE, CREDENTIAL, Played, builder, send};
use crate::deck::{Config, Encrypt, encryption::Cipher};
use crate::engine::{Answer, BodyCipher};
use crate::operation::{Auth, Operation};
use crate::{Error, Outcome, Provider};
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Value, json};

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const ENCRYPTED: &str = "application/json+encrypted";

/// What to change of a byte and, in two bytes, of which; then JSON, or text: only the key reads what is sent, and what
/// comes back encrypted is what was encrypted, or nothing where a byte of it was changed.
pub fn encrypted_body(data: &[u8]) {
    let [change, high, low, content @ ..] = data else { return };
    let json = serde_json::from_slice(content).unwrap_or_else(|_| String::from_utf8_lossy(content).into());
    let plain = serde_json::to_vec(&json).unwrap();
    let cipher = Cipher::new(&KEY.into(), Encrypt::Bodies).unwrap();

    let whole = request(Encrypt::Bodies, |operation| operation.auth() == Auth::Credentials, &json);
    assert_eq!(whole.headers()[header::CONTENT_TYPE], ENCRYPTED);
    assert_eq!(opened(&cipher, whole.body()).unwrap(), plain);
    let job = request(Encrypt::JobInput, |operation| operation.id() == "deck.jobs.submit", &job_of(&json));
    assert_eq!(job.headers()[header::CONTENT_TYPE], "application/json");
    let sent: Value = serde_json::from_slice(job.body()).unwrap();
    assert_eq!(cipher.decrypt(sent["input"].as_str().unwrap()).unwrap(), plain);
    let replaced = json!({ "input": sent["input"] });
    assert_eq!(sent, merged(job_of(&json), replaced), "the rest stays as it is");

    let sealed = cipher.seal_whole(&plain).unwrap();
    assert_eq!(answered(StatusCode::OK, &sealed).unwrap().body, plain);
    let mut changed = sealed.to_vec();
    let place = usize::from(u16::from_be_bytes([*high, *low])) % changed.len();
    changed[place] ^= change;
    if let Some(opened) = opened(&cipher, &changed) {
        assert_eq!(opened, plain, "{change} at {place} is seen");
    }
    for body in [&changed[..], content] {
        let opened = opened(&cipher, body);
        match answered(StatusCode::OK, body) {
            Ok(answer) => assert_eq!(Some(&answer.body[..]), opened.as_deref()),
            Err(error) => {
                let Error::Decode(decode) = &error else { panic!("{error:?}") };
                assert_eq!((decode.category(), opened), (crate::DecodeCategory::Encrypted, None));
                assert_eq!((error.outcome(), error.attempts()), (Outcome::Applied, 1));
                assert_eq!(error.body().unwrap(), &body[..body.len().min(64 * 1024)]);
            }
        }
    }

    // A refusal says what it can: what was encrypted, or what came.
    for body in [&sealed[..], &changed, content] {
        let error = answered(StatusCode::BAD_REQUEST, body).err().unwrap();
        assert!(matches!(error, Error::BadRequest(_)), "{error:?}");
        assert_eq!(error.body().unwrap(), opened(&cipher, body).as_deref().unwrap_or(body));
    }
}

fn job_of(input: &Value) -> Value {
    json!({ "job_code": "Any", "input": input, "webhook_url": null })
}

fn merged(mut object: Value, members: Value) -> Value {
    let (Value::Object(object), Value::Object(members)) = (&mut object, members) else { return Value::Null };
    object.extend(members);
    Value::Object(std::mem::take(object))
}

/// What Deck makes of the body.
fn opened(cipher: &Cipher, body: &[u8]) -> Option<Vec<u8>> {
    cipher.open(&Bytes::copy_from_slice(body)).map(Vec::from)
}

/// The request as it goes out, of the first of Deck's operations that fits.
fn request(encrypt: Encrypt, fits: fn(&Operation) -> bool, body: &Value) -> Request<Bytes> {
    let operation = operation(fits);
    let builder = builder(BASE).deck(Config::at(BASE, CREDENTIAL, CREDENTIAL).encryption_key(KEY, encrypt));
    send(builder, Played::default(), |client| client.engine().call(operation).json(body)).1.unwrap()
}

/// What becomes of a call whose answer says that it is encrypted.
fn answered(status: StatusCode, body: &[u8]) -> Result<Answer, Error> {
    let operation = operation(|_| true);
    let config = Config::at(BASE, CREDENTIAL, CREDENTIAL).encryption_key(KEY, Encrypt::JobInput);
    let mut played = Played::answering(status, body);
    played.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(ENCRYPTED));
    send(builder(BASE).deck(config), played, |client| client.engine().call(operation)).0
}

fn operation(fits: fn(&Operation) -> bool) -> &'static Operation {
    crate::operations().find(|operation| operation.provider() == Provider::Deck && fits(operation)).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::any_json;
    use proptest::{collection::vec, prelude::*};

    proptest! {
        #[test]
        fn encrypted_bodies_hold(
            change in any::<[u8; 3]>(),
            content in prop_oneof![
                any_json().prop_map(|json| json.to_string().into_bytes()),
                vec(any::<u8>(), 0..60),
            ],
        ) {
            encrypted_body(&[&change[..], &content].concat());
        }
    }
}

//! `/_sandbox/`: the sandbox's own routes, for tests in other languages.
//!
//! Each is named after the method of `Sandbox`, or of the vendor's handle, that it calls: GET looks, POST acts, with a
//! JSON object as its body. What comes out is the method's result.

#[cfg(feature = "apideck")]
use super::Apideck;
use super::FaultRule;
use super::exchange::{Object, Reply, read_seconds};
use super::faults::Played;
use super::journal::{self, Mismatch, Request};
use super::mount::Mount;
use super::world::World;
use crate::engine::is_loopback;
use bytes::Bytes;
use http::{Method, StatusCode, header, request};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// Answers here what is the sandbox's own; the world plays the rest.
pub(super) fn play(world: &World, mount: Mount, head: &request::Parts, body: &Bytes) -> Played {
    match answer(world, head, body) {
        Some(reply) => world.log_alone(mount, head, body, reply),
        None => world.play(mount, head, body),
    }
}

/// Refuses a request whose body cannot be had.
pub(super) fn refuse(world: &World, mount: Mount, head: &request::Parts, status: StatusCode) -> Played {
    if route(head).is_none() {
        return world.refuse(mount, head, status);
    }
    let reply = refusal(status, status.canonical_reason().unwrap_or_default());
    world.log_alone(mount, head, &Bytes::new(), reply)
}

/// The answer; `None` for a request to a vendor.
fn answer(world: &World, head: &request::Parts, body: &[u8]) -> Option<Reply> {
    let name = route(head)?;
    let done = guard(head).and_then(|()| match head.method {
        Method::GET => look(world, name),
        _ => act(world, name, body),
    });
    Some(done.map_or_else(|refusal| refusal, |done| Reply::json(StatusCode::OK, done)))
}

fn route(head: &request::Parts) -> Option<&str> {
    let name = head.uri.path().strip_prefix("/_sandbox")?;
    if name.is_empty() { Some(name) } else { name.strip_prefix('/') }
}

/// Lets nobody in but programs of this machine. A page of the web can make a browser send requests here; those bear its
/// `Origin`, or where its name was bound to this machine, a strange `Host`. What bears neither cannot be JSON.
fn guard(head: &request::Parts) -> Result<(), Reply> {
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    if head.headers.contains_key(header::ORIGIN) {
        return Err(refusal(StatusCode::FORBIDDEN, "pages in a browser may not drive the sandbox"));
    }
    let host = header(header::HOST).and_then(|host| Url::parse(&format!("http://{host}")).ok());
    if !host.is_some_and(|host| is_loopback(&host)) {
        return Err(refusal(StatusCode::FORBIDDEN, "the Host is none of this machine"));
    }
    let is_json = || {
        let media_type = header(header::CONTENT_TYPE).and_then(|value| value.split(';').next());
        media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
    };
    match head.method {
        Method::GET => Ok(()),
        Method::POST if is_json() => Ok(()),
        Method::POST => {
            Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type has to be application/json"))
        }
        _ => {
            Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "GET looks, POST acts").header("allow", "GET, POST"))
        }
    }
}

fn look(world: &World, name: &str) -> Result<Value, Reply> {
    match name {
        "requests" => Ok(world.journal().requests().iter().map(show).collect()),
        #[cfg(feature = "deck")]
        "deck/events" => Ok(world.deck().events().into()),
        _ => Err(no_route(Method::GET, name)),
    }
}

fn act(world: &World, name: &str, body: &[u8]) -> Result<Value, Reply> {
    match name {
        "advance" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                #[serde(deserialize_with = "read_seconds")]
                seconds: Duration,
            }

            let Body { seconds } = read(body)?;
            world.advance(seconds);
            Ok(json!({}))
        }
        "inject" => {
            let rule: FaultRule = read(body)?;
            rule.named_operation().map_or(Ok(()), journal::known).map_err(mismatch)?;
            world.faults().add(rule);
            Ok(json!({}))
        }
        "clear_faults" => {
            let Nothing {} = read(body)?;
            world.faults().clear();
            Ok(json!({}))
        }
        "expect" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                operation: String,
                times: usize,
            }

            let Body { operation, times } = read(body)?;
            journal::known(&operation).map_err(mismatch)?;
            world.journal().expect(&operation, times);
            Ok(json!({}))
        }
        "verify" => {
            let Nothing {} = read(body)?;
            world.verify().map_err(mismatch)?;
            Ok(json!({}))
        }
        #[cfg(feature = "deck")]
        "deck/connect" => {
            let Nothing {} = read(body)?;
            Ok(json!({ "access_token": world.deck().connect().expose_secret() }))
        }
        #[cfg(feature = "deck")]
        "deck/disconnect" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                access_token: String,
                reason: String,
            }

            let Body { access_token, reason } = read(body)?;
            done(world.deck().disconnect(&access_token, reason))
        }
        #[cfg(feature = "apideck")]
        "apideck/authorize" | "apideck/revoke" | "apideck/fail_refresh" | "apideck/recover_refresh" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                consumer_id: String,
                unified_api: String,
                service_id: String,
            }

            let Body { consumer_id, unified_api, service_id } = read(body)?;
            let act = match name {
                "apideck/authorize" => Apideck::authorize,
                "apideck/revoke" => Apideck::revoke,
                "apideck/fail_refresh" => Apideck::fail_refresh,
                _ => Apideck::recover_refresh,
            };
            done(act(&world.apideck(), consumer_id, unified_api, service_id))
        }
        #[cfg(feature = "apideck")]
        "apideck/disable_webhook" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                webhook_id: String,
                reason: String,
            }

            let Body { webhook_id, reason } = read(body)?;
            done(world.apideck().disable_webhook(webhook_id, reason))
        }
        #[cfg(feature = "codat")]
        "codat/add_company" => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Body {
                name: String,
            }

            let Body { name } = read(body)?;
            Ok(json!({ "id": world.codat().add_company(name) }))
        }
        _ => Err(no_route(Method::POST, name)),
    }
}

/// A request without its secrets: as in its summary, of a path that is known the template alone.
fn show(request: &Request) -> Value {
    json!({
        "operation": request.operation.map(|operation| operation.id()),
        "method": request.method.as_str(),
        "path": request.operation.map_or(request.path(), |operation| operation.path()),
        "status": request.status.map(|status| status.as_u16()),
        "was_handled": request.was_handled,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    let read = serde_json::from_slice(body).map(|Object(body)| body);
    read.map_err(|error| refusal(StatusCode::BAD_REQUEST, &format!("the body is not valid: {error}")))
}

fn done(was_done: bool) -> Result<Value, Reply> {
    let nothing = || {
        unmet(
            "nothing was done: there is no such connection or webhook, it is in another state, or it goes on by \
             this reason",
        )
    };
    was_done.then(|| json!({})).ok_or_else(nothing)
}

fn mismatch(mismatch: Mismatch) -> Reply {
    unmet(&mismatch.to_string())
}

fn unmet(why: &str) -> Reply {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, why)
}

fn no_route(method: Method, name: &str) -> Reply {
    let why = format!("there is no {method} /_sandbox/{name}; docs/testing.md lists what there is");
    refusal(StatusCode::NOT_FOUND, &why)
}

fn refusal(status: StatusCode, why: &str) -> Reply {
    Reply::json(status, json!({ "error": why }))
}

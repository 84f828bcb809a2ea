//! `/_sandbox/`: the sandbox's own routes, for tests in other languages.
//!
//! Each is named after the method of `Sandbox`, or of the vendor's handle, that it calls: GET looks, POST acts, with a
//! JSON object as its body. What comes out is the method's result.

#[cfg(feature = "apideck")]
use super::Apideck;
#[cfg(feature = "codat")]
use super::Codat;
use super::body::{self, Body, Object, Seconds, body};
use super::deliveries::{self, Delivery};
use super::exchange::Reply;
use super::faults::{FaultRule, Played};
use super::journal::{self, Mismatch, Request};
use super::mount::Mount;
use super::object::{self, object};
use super::postman;
use super::world::World;
use crate::engine::is_loopback;
use bytes::Bytes;
use http::{Method, StatusCode, header, request};
use serde::de::DeserializeOwned;
#[cfg(feature = "codat")]
use serde_json::Map;
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// Answers here what is the sandbox's own; the world plays the rest.
pub(super) async fn play(world: &Arc<World>, mount: Mount, head: &request::Parts, body: &Bytes) -> Played {
    let Some(reply) = answer(world, head, body) else { return world.play(mount, head, body) };
    if route(head) == Some("deliver") && reply.status() == StatusCode::OK {
        world.deliver().await;
    }
    world.log_alone(mount, head, body, reply)
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
fn answer(world: &Arc<World>, head: &request::Parts, body: &[u8]) -> Option<Reply> {
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
    if !host.as_ref().and_then(Url::host_str).is_some_and(is_loopback) {
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
        "deliveries" => Ok(world.deliveries().iter().map(show_delivery).collect()),
        #[cfg(feature = "deck-v2")]
        "deck_v2/events" => Ok(world.deck_v2().events().into()),
        _ => Err(no_route(Method::GET, name)),
    }
}

fn act(world: &Arc<World>, name: &str, body: &[u8]) -> Result<Value, Reply> {
    match name {
        "advance" => {
            body! {
                struct Body {
                    seconds: Seconds,
                }
            }

            let Body { seconds: Seconds(time) } = read(body)?;
            world.advance(time);
            Ok(json!({}))
        }
        "inject" => {
            let rule: FaultRule = read_rule(body)?;
            rule.named_operation().map_or(Ok(()), journal::known).map_err(|why| unmet(&why))?;
            world.faults().add(rule);
            Ok(json!({}))
        }
        "clear_faults" => {
            let [] = texts(body, &[])?;
            world.clear_faults();
            Ok(json!({}))
        }
        "inject_delivery" => {
            world.office().add_rule(read_rule(body)?);
            Ok(json!({}))
        }
        "deliver_to" => {
            let [url] = texts(body, &["url"])?;
            postman::deliver_to(world, &url).map_err(|error| unmet(&error.to_string()))?;
            Ok(json!({}))
        }
        // What it waits for is waited for where this is called.
        "deliver" => {
            let [] = texts(body, &[])?;
            Ok(json!({}))
        }
        "expect" => {
            body! {
                struct Body {
                    operation: String,
                    times: usize,
                }
            }

            let Body { operation, times } = read(body)?;
            journal::known(&operation).map_err(|why| unmet(&why))?;
            world.journal().expect_elsewhere(&operation, times);
            Ok(json!({}))
        }
        "verify" => {
            let [] = texts(body, &[])?;
            world.verify().map_err(mismatch)?;
            Ok(json!({}))
        }
        #[cfg(feature = "deck")]
        "deck/connect" => {
            let [] = texts(body, &[])?;
            Ok(object!({ "access_token": world.deck().connect().expose_secret() }))
        }
        #[cfg(feature = "deck")]
        "deck/set_default_webhook" => {
            let [url] = texts(body, &["url"])?;
            done(world.deck().set_default_webhook(url))
        }
        #[cfg(feature = "deck")]
        "deck/set_webhook_secret" => {
            let [secret] = texts(body, &["secret"])?;
            done(world.deck().set_webhook_secret(secret))
        }
        #[cfg(feature = "deck")]
        "deck/disconnect" => {
            let [access_token, reason] = texts(body, &["access_token", "reason"])?;
            done(world.deck().disconnect(&access_token, reason))
        }
        #[cfg(feature = "apideck")]
        "apideck/authorize" | "apideck/revoke" | "apideck/fail_refresh" | "apideck/recover_refresh" => {
            let [consumer_id, unified_api, service_id] =
                texts(body, &["consumer_id", "unified_api", "service_id"])?;
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
            let [webhook_id, reason] = texts(body, &["webhook_id", "reason"])?;
            done(world.apideck().disable_webhook(webhook_id, reason))
        }
        #[cfg(feature = "codat")]
        "codat/add_company" => {
            let [name] = texts(body, &["name"])?;
            Ok(object!({ "id": world.codat().add_company(name) }))
        }
        #[cfg(feature = "codat")]
        "codat/set_webhook_secret" => {
            let [webhook_id, secret] = texts(body, &["webhook_id", "secret"])?;
            done(world.codat().set_webhook_secret(webhook_id, secret))
        }
        #[cfg(feature = "codat")]
        "codat/link" | "codat/cancel_link" | "codat/deauthorize" => {
            let [connection_id] = texts(body, &["connection_id"])?;
            let act = match name {
                "codat/link" => Codat::link,
                "codat/cancel_link" => Codat::cancel_link,
                _ => Codat::deauthorize,
            };
            done(act(&world.codat(), connection_id))
        }
        #[cfg(feature = "codat")]
        "codat/end_pull_operation" => {
            let [dataset_id, status] = texts(body, &["dataset_id", "status"])?;
            ended(world.codat().end_pull_operation(dataset_id, status.into()))
        }
        #[cfg(feature = "codat")]
        "codat/add_push_operation" => {
            let [company_id, connection_id, data_type] =
                texts(body, &["company_id", "connection_id", "data_type"])?;
            let key = world.codat().add_push_operation(company_id, connection_id, data_type);
            Ok(object!({ "push_operation_key": key }))
        }
        #[cfg(feature = "codat")]
        "codat/end_push_operation" => {
            let [push_operation_key, status] = texts(body, &["push_operation_key", "status"])?;
            ended(world.codat().end_push_operation(push_operation_key, status.into()))
        }
        #[cfg(feature = "codat")]
        "codat/add_custom_data" => {
            body! {
                struct Body {
                    connection_id: String,
                    data_type: String,
                    content: Map<String, Value>,
                }
            }

            let Body { connection_id, data_type, content } = read(body)?;
            world.codat().add_custom_data(connection_id, data_type, content.into());
            Ok(json!({}))
        }
        #[cfg(feature = "deck-v2")]
        "deck_v2/sign_in" => {
            let [session_token, source, username, password] =
                texts(body, &["session_token", "source", "username", "password"])?;
            let id = world.deck_v2().sign_in(&session_token, source, username, password);
            Ok(object!({ "id": id.ok_or_else(|| unmet("there is no such session token or source"))? }))
        }
        #[cfg(feature = "deck-v2")]
        "deck_v2/set_output" => {
            body! {
                struct Body {
                    task: String,
                    output: Value,
                }
            }

            let Body { task, output } = read(body)?;
            world.deck_v2().set_output(task, output);
            Ok(json!({}))
        }
        #[cfg(feature = "deck-v2")]
        "deck_v2/limit_sessions" => {
            body! {
                struct Body {
                    sessions: usize,
                }
            }

            let Body { sessions } = read(body)?;
            world.deck_v2().limit_sessions(sessions);
            Ok(json!({}))
        }
        _ => Err(no_route(Method::POST, name)),
    }
}

/// A request without its secrets: as in its summary, of a path that is known the template alone.
fn show(request: &Request) -> Value {
    object!({
        "operation": request.operation.map(|operation| operation.id()),
        "method": request.method.as_str(),
        "path": request.operation.map_or(request.path(), |operation| operation.path()),
        "status": request.status.map(|status| status.as_u16()),
        "was_handled": request.was_handled,
    })
}

/// A delivery with all that it carries, for a handler that is called without a socket.
fn show_delivery(delivery: &Delivery) -> Value {
    let text = |value: &http::HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let mut headers =
        delivery.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value).into()));
    json!({
        "provider": deliveries::name(delivery.provider),
        "event_type": delivery.event_type,
        "endpoint": delivery.endpoint,
        "attempt": delivery.attempt,
        "time": jiff::Timestamp::try_from(delivery.time).map(|time| format!("{time:.3}")).unwrap_or_default(),
        "headers": object::members(&mut headers),
        "body": String::from_utf8_lossy(&delivery.body),
        "status": delivery.status.map(|status| status.as_u16()),
        "is_accepted": delivery.is_accepted,
    })
}

fn read<T: Body>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).and_then(T::of).map_err(not_valid)
}

/// A body that has these members alone, all of them texts.
fn texts<const N: usize>(body: &[u8], names: &'static [&'static str; N]) -> Result<[String; N], Reply> {
    serde_json::from_slice(body).and_then(|members| body::texts(members, names)).map_err(not_valid)
}

/// Rules are types that users read, too.
fn read_rule<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reply> {
    serde_json::from_slice(body).map(|Object(rule)| rule).map_err(not_valid)
}

fn not_valid(error: serde_json::Error) -> Reply {
    refusal(StatusCode::BAD_REQUEST, &format!("the body is not valid: {error}"))
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

#[cfg(feature = "codat")]
fn ended(was_ended: bool) -> Result<Value, Reply> {
    let nothing = || unmet("nothing was done: there is no such operation, or it has ended");
    was_ended.then(|| json!({})).ok_or_else(nothing)
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
    Reply::json(status, object!({ "error": why }))
}

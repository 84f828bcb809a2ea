//! What an operation is: where it goes, who may make it, and when it may be repeated.

use crate::Provider;
use http::Method;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

/// The static description of one operation.
///
/// Retries, telemetry, error texts and the tables of the guides come from it. [`operations`](crate::operations) lists
/// them all.
pub struct Operation {
    provider: Provider,
    id: &'static str,
    method: Method,
    path: &'static str,
    repeat: Repeat,
    reason: &'static str,
    auth: Auth,
    consumer: ConsumerHeader,
    sdk: &'static str,
}

impl Operation {
    pub(crate) const fn new(
        provider: Provider,
        id: &'static str,
        method: Method,
        path: &'static str,
        repeat: Repeat,
    ) -> Self {
        let (auth, consumer) = (Auth::Credentials, ConsumerHeader::Never);
        Self { provider, id, method, path, repeat, reason: "", auth, consumer, sdk: "" }
    }

    /// Why it may be repeated as it may, on one line.
    pub(crate) const fn with_reason(mut self, reason: &'static str) -> Self {
        self.reason = reason;
        self
    }

    pub(crate) const fn with_auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub(crate) const fn with_consumer(mut self, consumer: ConsumerHeader) -> Self {
        self.consumer = consumer;
        self
    }

    pub(crate) const fn with_sdk(mut self, sdk: &'static str) -> Self {
        self.sdk = sdk;
        self
    }

    /// The description of a request that the caller puts together, for as long as the program runs.
    ///
    /// There is one of each, made when it is first needed. They cannot become many, because their paths are part of the
    /// program's text.
    pub(crate) fn of_request(
        id: &'static str,
        provider: Provider,
        method: &Method,
        path: &'static str,
        repeat: Repeat,
    ) -> &'static Self {
        static KNOWN: Mutex<Vec<&'static Operation>> = Mutex::new(Vec::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|known| {
            (known.provider, &known.method, known.path, known.repeat) == (provider, method, path, repeat)
        });
        if let Some(found) = found {
            return found;
        }
        let operation = Self::new(provider, id, method.clone(), path, repeat)
            .with_reason("the caller says so")
            .with_consumer(ConsumerHeader::Optional);
        let operation: &'static Self = Box::leak(Box::new(operation));
        known.push(operation);
        operation
    }

    /// The vendor that carries the operation out.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The name used in errors and telemetry: vendor, groups and method, such as `deck.connections.update_webhook`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path below the base URL, with `{placeholders}` for ids.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// When a failed attempt may be repeated.
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Why [`repeat`](Self::repeat) is what it is, in a few words.
    pub fn reason(&self) -> &'static str {
        self.reason.trim_ascii()
    }

    /// Which credentials go with it.
    pub fn auth(&self) -> Auth {
        self.auth
    }

    /// Whether it carries Apideck's consumer id.
    pub fn consumer_header(&self) -> ConsumerHeader {
        self.consumer
    }

    /// Its name in the vendor's own SDKs as Python writes it; empty where they do not have it.
    pub fn sdk(&self) -> &'static str {
        self.sdk
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operation({})", self.id)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Writes a group's operations as a table, and the list of them.
///
/// A row is `NAME = "method": HTTP "path", repeat, ..;` below a doc comment that says why it may be repeated so.
macro_rules! operations {
    (
        $provider:ident, $group:literal;
        $(
            $(#[doc = $reason:literal])+
            $name:ident = $method:literal: $http:ident $path:literal, $repeat:ident
                $(, auth $auth:ident)? $(, consumer $consumer:ident)? $(, sdk $sdk:literal)?;
        )+
    ) => {
        $(
            pub(crate) static $name: $crate::operation::Operation = $crate::operation::Operation::new(
                $crate::Provider::$provider,
                concat!($group, ".", $method),
                http::Method::$http,
                $path,
                $crate::operation::Repeat::$repeat,
            )
            .with_reason(concat!($($reason),+))
            $(.with_auth($crate::operation::Auth::$auth))?
            $(.with_consumer($crate::operation::ConsumerHeader::$consumer))?
            $(.with_sdk($sdk))?;
        )+

        pub(crate) const OPERATIONS: &[&$crate::operation::Operation] = &[$(&$name),+];
    };
}

pub(crate) use operations;

/// Whether an operation may be repeated: declared for each, never guessed from the HTTP method.
///
/// A method says so where an argument makes it `Once`.
///
/// | | connect failed | answer lost | 425, 429 | 408, 502 to 504, 520 to 524, 527, 529 | 500 |
/// |---|---|---|---|---|---|
/// | `Read` | retry | retry | retry | retry | retry |
/// | `Idempotent` | retry | retry | retry | retry | retry |
/// | `Keyed` | retry | retry, same key | retry, same key | retry, same key | stop |
/// | `Once` | retry | stop | retry | stop | stop |
///
/// A request that an HTTP/2 server turns away unprocessed counts as `connect failed`, on a new connection. So does a 421,
/// unless it was a new one already.
///
/// No other failure is repeated, but for one: a 409 that a `Keyed` operation meets after a lost answer says that the
/// vendor is still at work on it, and is waited on for as long as the call may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// Changes nothing.
    Read,
    /// Sets an absolute state: doing it twice leaves what doing it once leaves.
    Idempotent,
    /// Carries an idempotency key, fixed before the first attempt; the vendor replays its stored answer.
    Keyed,
    /// Everything else: sent again only when the vendor cannot have carried it out.
    Once,
}

/// Which credentials go with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// The vendor's usual ones.
    Credentials,
    /// None: the vendor identifies the caller by a token in the body.
    None,
}

/// Whether an operation carries `x-apideck-consumer-id`, Apideck's header for one of your customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConsumerHeader {
    /// A call without one is [`Error::Config`](crate::Error::Config).
    Required,
    /// Sent where the scope has one.
    Optional,
    /// Never sent.
    Never,
}

use http::Method;
use std::fmt;

/// The static description of one operation.
///
/// It is the single source for the operation's retries, telemetry and error text. [`operations()`](crate::operations)
/// lists all of them.
pub struct Operation {
    provider: Provider,
    id: &'static str,
    method: Method,
    path: &'static str,
    repeat: Repeat,
    auth: Auth,
    consumer: Consumer,
}

impl Operation {
    pub(crate) const fn new(
        provider: Provider,
        id: &'static str,
        method: Method,
        path: &'static str,
        repeat: Repeat,
    ) -> Self {
        let (auth, consumer) = (Auth::Credentials, Consumer::Never);
        Self { provider, id, method, path, repeat, auth, consumer }
    }

    pub(crate) const fn with_auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub(crate) const fn with_consumer(mut self, consumer: Consumer) -> Self {
        self.consumer = consumer;
        self
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

    /// Which credentials go with it.
    pub fn auth(&self) -> Auth {
        self.auth
    }

    /// Whether it belongs to an Apideck consumer.
    pub fn consumer(&self) -> Consumer {
        self.consumer
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

/// A vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Provider {
    /// Deck, API v1.
    Deck,
    /// Apideck: Vault and Webhook.
    Apideck,
    /// Codat Platform.
    Codat,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Deck => "Deck",
            Self::Apideck => "Apideck",
            Self::Codat => "Codat",
        })
    }
}

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

/// Whether an operation belongs to an Apideck consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consumer {
    /// A call without one is [`Error::Config`](crate::Error::Config).
    Required,
    /// Sent where the scope has one.
    Optional,
    /// Never sent.
    Never,
}

use crate::error::{ErrorView, Sealed};
use crate::types::{from_object, model, plain_strings};
use crate::{JsonMap, OtherJson, UnixMillis};
use serde::Deserialize;
use std::{fmt, time::Duration};

model! {
    /// The body of Apideck's refusals and failures.
    ///
    /// `Debug` leaves the texts out, because they may echo what was sent.
    ///
    /// Source: <https://developers.apideck.com/errors>.
    #[derive(Clone)]
    #[non_exhaustive]
    secret pub struct ErrorBody {
        /// The status as the body has it; for `ConnectorExecutionError` the connected service's.
        pub status_code: Option<i64>,
        /// The status in words, such as `Bad Request`.
        pub error: Option<String>,
        /// The type of the error, such as `RequestValidationError`: match on this.
        pub type_name: Option<String>,
        /// What went wrong.
        pub message: Option<String>,
        /// What it is about.
        pub detail: Option<ErrorDetail>,
        /// Where Apideck documents the type.
        pub reference: Option<String> = "ref",
        /// What the connected service says, for `ConnectorExecutionError`; absent otherwise.
        pub downstream_errors: Option<Vec<DownstreamError>>,
    }
}

impl ErrorBody {
    /// Why Vault could not refresh the token of a connection, and when it will try again.
    ///
    /// `None` where the error is another one.
    pub fn refresh_failure(&self) -> Option<RefreshFailure> {
        let detail = self.detail.as_ref()?.as_object()?;
        let debug = detail.get::<JsonMap>("debug")?;
        let moment = |name| debug.get(name).filter(|moment: &UnixMillis| !moment.is_never());
        let failure = RefreshFailure {
            message: detail.get("message"),
            credentials_expire_at: moment("credentials_expire_at_ms"),
            retry_at: moment("retry_after_ms"),
            cooldown: debug.get("cooldown_remaining_ms").and_then(millis),
            response: debug.get("response"),
            cause: debug.get("message"),
            code: debug.get("code"),
        };
        let says =
            [failure.credentials_expire_at.is_some(), failure.retry_at.is_some(), failure.cooldown.is_some()];
        let is_named = detail.get::<String>("type").is_some_and(|name| name.starts_with("refresh_token"));
        (is_named || says.contains(&true)).then_some(failure)
    }

    /// How long a failed token refresh has to wait before the next try.
    pub fn cooldown(&self) -> Option<Duration> {
        self.refresh_failure()?.cooldown
    }
}

fn millis(millis: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody")
            .field("status_code", &self.status_code)
            .field("type_name", &self.type_name)
            .finish_non_exhaustive()
    }
}

/// What an error is about: a sentence for most, an object for some.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// A sentence.
    Text(String),
    /// Members by type of error, such as `missing` or `not_found`.
    Object(JsonMap),
    /// Anything else.
    Other(OtherJson),
}

impl ErrorDetail {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Object(_) | Self::Other(_) => None,
        }
    }

    /// The members; `None` where it is no object.
    pub fn as_object(&self) -> Option<&JsonMap> {
        match self {
            Self::Object(members) => Some(members),
            Self::Text(_) | Self::Other(_) => None,
        }
    }

    /// The sentence, or the JSON with no more escapes in it than are needed.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Object(members) => plain_strings(&serde_json::to_string(members).unwrap_or_default()),
            Self::Other(other) => plain_strings(other.raw()),
        }
    }
}

impl<'de> Deserialize<'de> for ErrorDetail {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = OtherJson::deserialize(deserializer)?;
        Ok(match json.get().map(Self::Text).or_else(|| json.get().map(Self::Object)) {
            Some(known) => known,
            None => Self::Other(json),
        })
    }
}

impl fmt::Debug for ErrorDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Object(_) => "Object(..)",
            Self::Other(_) => "Other(..)",
        })
    }
}

/// A token that Vault could not refresh, as the detail of a 401 tells it.
///
/// `Debug` leaves out what the service answered and said.
#[derive(Clone)]
#[non_exhaustive]
pub struct RefreshFailure {
    /// What went wrong.
    pub message: Option<String>,
    /// When the credentials will be deleted if refreshing keeps failing.
    ///
    /// `None` where the failure may pass, such as that of a network: the credentials stay.
    pub credentials_expire_at: Option<UnixMillis>,
    /// The moment from which Vault tries again; Apideck calls it `retry_after_ms`.
    #[doc(alias = "retry_after_ms")]
    pub retry_at: Option<UnixMillis>,
    /// How long that was when the error was made.
    #[doc(alias = "cooldown_remaining_ms")]
    pub cooldown: Option<Duration>,
    /// What the service answered: status and data.
    pub response: Option<JsonMap>,
    /// What the service or the network said; Apideck calls it `debug.message`.
    #[doc(alias = "debug.message")]
    pub cause: Option<String>,
    /// The code of what went wrong on the network, such as `ETIMEDOUT`.
    #[doc(alias = "debug.code")]
    pub code: Option<String>,
}

impl fmt::Debug for RefreshFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshFailure")
            .field("credentials_expire_at", &self.credentials_expire_at)
            .field("retry_at", &self.retry_at)
            .field("cooldown", &self.cooldown)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

model! {
    /// An error of the connected service.
    #[derive(Clone)]
    #[non_exhaustive]
    secret pub struct DownstreamError {
        /// Its words.
        pub message: Option<String>,
        /// More of them.
        pub detail: Option<String>,
        /// Its code.
        pub code: Option<String>,
    }
}

impl fmt::Debug for DownstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownstreamError").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Sealed for ErrorBody {}

pub(super) fn read(body: &str) -> Result<ErrorView, serde_json::Error> {
    let body: ErrorBody = from_object(body)?;
    Ok(ErrorView {
        code: body.type_name.clone(),
        message: body.message.clone(),
        detail: body.detail.as_ref().map(ErrorDetail::to_text),
        retry_after: body.cooldown(),
        body: Some(Box::new(body)),
        ..ErrorView::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Decoding;
    use crate::types::any_json;
    use proptest::prelude::*;
    use serde_json::{from_str, from_value, json, to_string};

    #[test]
    fn each_shape_of_a_detail_is_read_and_never_shown() {
        let text: ErrorDetail = from_value(json!("s3cret")).unwrap();
        let object: ErrorDetail = from_value(json!({ "s3cret": ["s3cret"] })).unwrap();
        let other: ErrorDetail = from_value(json!(["s3cret"])).unwrap();
        assert!(text == ErrorDetail::Text("s3cret".to_owned()));
        assert!(object == ErrorDetail::Object(JsonMap::new().with("s3cret", json!(["s3cret"]))));
        assert!(other == ErrorDetail::Other(json!(["s3cret"]).into()));
        assert_eq!(format!("{text:?} {object:?} {other:?}"), "Text(..) Object(..) Other(..)");
    }

    proptest! {
        #[test]
        fn any_json_is_a_detail(json in any_json()) {
            let kept = match from_str(&json.to_string()).unwrap() {
                ErrorDetail::Text(text) => to_string(&text).unwrap(),
                ErrorDetail::Object(members) => to_string(&members).unwrap(),
                ErrorDetail::Other(other) => other.raw().to_owned(),
            };
            prop_assert_eq!(kept, json.to_string());
        }

        #[test]
        fn any_values_make_an_error_body(values in proptest::collection::vec(any_json(), 7)) {
            let names =
                ["status_code", "error", "type_name", "message", "detail", "ref", "downstream_errors"];
            let members: serde_json::Map<_, _> = names.map(str::to_owned).into_iter().zip(values).collect();
            let text = to_string(&members).unwrap();
            let view = Decoding::new(text.into(), 0, 0).now(read).unwrap();
            let body: &ErrorBody = view.body.as_ref().unwrap().downcast_ref().unwrap();
            prop_assert_eq!(body.message.as_deref(), members["message"].as_str());
            prop_assert_eq!(body.detail.is_none(), members["detail"].is_null());
        }
    }
}

/// Why a delivery is refused: which part of it does not hold.
///
/// It shows nothing of what came, and nothing of the secrets. Answer with 400 or 401, and keep nothing of the delivery.
///
/// # Troubleshooting
/// - `WrongSignature` for all deliveries: the secret is another endpoint's or environment's, or something between the vendor and
///   this code has changed the body. Verify the bytes as they came, before anything parses them.
/// - `TooOld` or `TooNew` for all deliveries: this machine's clock is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// A header is missing.
    #[error("the header `{0}` is missing")]
    MissingHeader(&'static str),
    /// A header came more than once, or under two names that say different things.
    #[error("the header `{0}` came more than once")]
    RepeatedHeader(&'static str),
    /// A header is not written as the vendor writes it.
    #[error("the header `{0}` is not written as the vendor writes it")]
    MalformedHeader(&'static str),
    /// None of the secrets made the signature.
    #[error("none of the secrets made the signature")]
    WrongSignature,
    /// Signed, and sent longer ago than the tolerance allows.
    #[error("the delivery was sent too long ago")]
    TooOld,
    /// Signed, and sent further in the future than the tolerance allows.
    #[error("the delivery was sent in the future")]
    TooNew,
    /// The body is over the limit.
    #[error("the body is over the limit of {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Signed, and the body is encrypted with a key that the verifier does not have.
    #[error("the body is encrypted, and no key opens it")]
    Encrypted,
}

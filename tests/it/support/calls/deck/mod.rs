mod connections;
mod documents;
mod jobs;
mod link;

use super::{Case, Input, Stored, sent, staged, storable};
use connectory::Secret;

const SOURCE: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";

pub fn cases() -> Vec<Case> {
    [link::cases(), connections::cases(), jobs::cases(), documents::cases()].into_iter().flatten().collect()
}

/// What a call is made with that takes this token, and this id in the body.
fn with_token(token: &Secret, id: &str) -> Input {
    Input { ids: vec![id.to_owned()], secret: token.expose_secret().to_owned(), ..Input::default() }
}

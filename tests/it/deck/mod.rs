mod connections;
mod documents;
#[cfg(feature = "deck-encryption")]
mod encryption;
mod error;
mod jobs;
mod link;

const TOKEN: &str = "access-development-6599f8dd-1a1c-4586-39d1-08ddb97283f7";
const SOURCE: &str = "11115055-46cf-4e49-6ba4-08ddcbf23235";
const JOB: &str = "55bba4ec-7242-4f52-b3c0-08de128283fc";

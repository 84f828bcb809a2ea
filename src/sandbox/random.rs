use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::{Builder, Uuid};

/// The sandbox's source of chance: the same seed gives the same ids, tokens and faults.
pub(super) struct Random {
    counter: AtomicU64,
    /// Apart, so that a refusal changes no id that follows.
    refusals: AtomicU64,
}

impl Random {
    pub(super) fn seeded(seed: u64) -> Self {
        Self { counter: AtomicU64::new(seed), refusals: AtomicU64::new(!seed) }
    }

    pub(super) fn unforeseen() -> Self {
        Self::seeded(Uuid::new_v4().as_u64_pair().0)
    }

    /// Another source, which follows from the seed of this one while nothing has been drawn: one for each number.
    pub(super) fn apart(&self, number: u64) -> Self {
        const APART: u64 = 0xd6e8_feb8_6659_fd93;
        let seed = self.counter.load(Ordering::Relaxed);
        Self::seeded(seed.rotate_left(29) ^ APART.wrapping_mul(number + 1))
    }

    /// A time between these two.
    pub(super) fn between(&self, least: Duration, most: Duration) -> Duration {
        let share = (next(&self.counter) >> 11) as f64 / (1_u64 << 53) as f64;
        least + most.saturating_sub(least).mul_f64(share)
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&self) -> Uuid {
        uuid(&self.counter)
    }

    /// The id of a request that is refused.
    #[cfg(feature = "codat")]
    pub(super) fn request_id(&self) -> Uuid {
        uuid(&self.refusals)
    }

    /// Whether something of this probability happens.
    pub(super) fn happens(&self, rate: f64) -> bool {
        ((next(&self.counter) >> 11) as f64) < rate * (1_u64 << 53) as f64
    }
}

fn uuid(counter: &AtomicU64) -> Uuid {
    let bits = u128::from(next(counter)) << 64 | u128::from(next(counter));
    Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// SplitMix64.
fn next(counter: &AtomicU64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut bits = counter.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

use crate::Error;
use crate::operation::Operation;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::{runtime::Handle, time::Instant};

/// The runtime. Refuses to wait where tokio would panic: outside of one, and in one without a timer.
pub(crate) fn check(operation: &'static Operation) -> Result<Handle, Error> {
    let runtime = Handle::try_current()
        .map_err(|_| Error::config_of(operation, "calls must be awaited inside a tokio runtime"))?;
    // A runtime does not tell whether it has a timer: only making one does.
    let timer = || drop(tokio::time::sleep_until(Instant::now()));
    catch_unwind(AssertUnwindSafe(timer)).map_err(|_| {
        Error::config_of(
            operation,
            "the tokio runtime has no timer: build it with `enable_all` or `enable_time`",
        )
    })?;
    Ok(runtime)
}

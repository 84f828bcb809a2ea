use std::future::poll_fn;
use std::task::Poll;

/// What comes of all of these, which go on at once, in their order.
pub(super) async fn at_once<W: Future>(all: impl IntoIterator<Item = W>) -> Vec<W::Output> {
    let mut all: Vec<_> = all.into_iter().map(|work| (Some(Box::pin(work)), None)).collect();
    poll_fn(|context| {
        for (work, result) in &mut all {
            if let Some(Poll::Ready(value)) = work.as_mut().map(|work| work.as_mut().poll(context)) {
                (*work, *result) = (None, Some(value));
            }
        }
        if all.iter().any(|(work, _)| work.is_some()) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    all.into_iter().filter_map(|(_, result)| result).collect()
}

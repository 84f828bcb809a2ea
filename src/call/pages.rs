use super::Draft;
use crate::Error;
use crate::engine::Reader;
use crate::error::CallInfo;
use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

/// An answer that is one page of a list: its call has [`pages`](crate::Call::pages).
pub trait Paged: page::Page {}

impl<T: page::Page> Paged for T {}

pub(crate) mod page {
    /// What pages are walked by.
    pub trait Page: Send + Sized + 'static {
        /// What the list is made of.
        type Item: Send;

        /// The page after this one.
        fn successor(&self) -> Successor;

        /// What this page holds.
        fn into_items(self) -> Vec<Self::Item>;
    }

    /// How a page names the one after it. Links are never followed, only read for what is in here.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Successor {
        /// There is none.
        None,
        /// The value of `cursor`.
        Cursor(String),
        /// The value of `page`.
        Number(u64),
    }
}

use page::Successor;

/// The pages of a list, one call each, with the scope, filters and options of the first.
///
/// [`try_next`](Self::try_next) gives item after item, [`try_next_page`](Self::try_next_page) page after page. After an
/// error both go on with the page that failed. Nothing is asked for before it is needed.
///
/// With the feature `futures-core-0-3` it is a `Stream` of items too, which ends after its first error.
#[must_use = "pages are asked for one by one"]
pub struct Pages<T: Paged> {
    draft: Draft,
    reader: Reader<T>,
    position: Position,
    loops: Loops,
    /// The page that is being asked for: dropping `try_next` does not lose it.
    asked: Option<Asked<T>>,
    items: vec::IntoIter<T::Item>,
    #[cfg(feature = "futures-core-0-3")]
    has_failed: bool,
}

type Asked<T> = Pin<Box<dyn Future<Output = Result<(T, CallInfo), Error>> + Send>>;

#[derive(Clone)]
enum Position {
    First,
    At(Successor),
    End,
}

impl<T: Paged> Pages<T> {
    pub(super) fn new(draft: Draft, reader: Reader<T>) -> Self {
        Self {
            draft,
            reader,
            position: Position::First,
            loops: Loops::default(),
            asked: None,
            items: Vec::new().into_iter(),
            #[cfg(feature = "futures-core-0-3")]
            has_failed: false,
        }
    }

    /// The next item; `None` at the end of the list.
    ///
    /// # Errors
    /// Any [`Error`] of the page's call: the next `try_next` asks for the same page again. A vendor whose pages go round in
    /// a circle is `Error::Decode` with the category [`Cycle`](crate::DecodeCategory::Cycle), and ends the walk.
    pub async fn try_next(&mut self) -> Result<Option<T::Item>, Error> {
        poll_fn(|context| self.poll_item(context)).await
    }

    /// The next page; `None` after the last.
    ///
    /// It leaves out what [`try_next`](Self::try_next) has not given yet of the page before.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn try_next_page(&mut self) -> Result<Option<T>, Error> {
        self.items = Vec::new().into_iter();
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T::Item>, Error>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Ok(Some(item)));
            }
            match self.poll_page(context) {
                Poll::Ready(Ok(Some(page))) => self.items = page.into_items().into_iter(),
                Poll::Ready(Ok(None)) => return Poll::Ready(Ok(None)),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>, Error>> {
        let mut asked = match (self.asked.take(), &self.position) {
            (Some(asked), _) => asked,
            (None, Position::End) => return Poll::Ready(Ok(None)),
            (None, Position::First) => self.ask(&Successor::None),
            (None, Position::At(successor)) => self.ask(&successor.clone()),
        };
        match asked.as_mut().poll(context) {
            Poll::Pending => {
                self.asked = Some(asked);
                Poll::Pending
            }
            Poll::Ready(page) => {
                Poll::Ready(page.and_then(|(page, call)| self.advance(page, call)).map(Some))
            }
        }
    }

    fn ask(&mut self, successor: &Successor) -> Asked<T> {
        if self.draft.is_mistaken() {
            self.position = Position::End;
        }
        let draft = self.draft.again();
        let draft = match successor {
            Successor::None => draft,
            Successor::Cursor(cursor) => draft.parameter("cursor", cursor),
            Successor::Number(number) => draft.parameter("page", &number.to_string()),
        };
        let (ready, reader) = (draft.ready(), self.reader);
        Box::pin(async move {
            let ready = ready?;
            let (page, answer) = ready.value(reader).await?;
            Ok((page, answer.call_info()))
        })
    }

    fn advance(&mut self, page: T, call: CallInfo) -> Result<T, Error> {
        let next = page.successor();
        let goes_on = match (&next, &self.position) {
            (Successor::Number(next), Position::At(Successor::Number(this))) => next > this,
            (Successor::Cursor(cursor), _) => self.loops.is_new(cursor),
            _ => true,
        };
        self.position = match next {
            Successor::None => Position::End,
            next if goes_on => Position::At(next),
            _ => {
                self.position = Position::End;
                return Err(Error::cycle(call));
            }
        };
        Ok(page)
    }
}

#[cfg(feature = "futures-core-0-3")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core-0-3")))]
impl<T: Paged + Unpin> futures_core::Stream for Pages<T>
where
    T::Item: Unpin,
{
    type Item = Result<T::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_failed {
            return Poll::Ready(None);
        }
        let item = self.poll_item(context);
        if let Poll::Ready(Err(_)) = &item {
            self.has_failed = true;
        }
        item.map(Result::transpose)
    }
}

impl<T: Paged> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("operation", &self.draft.operation().id()).finish_non_exhaustive()
    }
}

/// Finds a cycle among cursors, of whatever length, and keeps one of them (Brent's algorithm).
#[derive(Default)]
struct Loops {
    kept: Option<String>,
    steps: u64,
    limit: u64,
}

impl Loops {
    fn is_new(&mut self, cursor: &str) -> bool {
        if self.kept.as_deref() == Some(cursor) {
            return false;
        }
        self.steps += 1;
        if self.steps > self.limit {
            (self.kept, self.steps, self.limit) = (Some(cursor.to_owned()), 0, self.limit * 2 + 1);
        }
        true
    }
}

#[cfg(test)]
#[cfg(feature = "codat")]
mod tests {
    use super::page::Page;
    use super::*;
    use crate::operation::{Operation, Repeat};
    use crate::{Body, Client, DecodeCategory, Provider, Transport, TransportFuture, codat};
    use bytes::Bytes;
    use http::Method;
    use serde::Deserialize;
    use serde_json::json;
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    static LIST: Operation =
        Operation::new(Provider::Codat, "codat.numbers.list", Method::GET, "/numbers/{list}", Repeat::Read);

    /// A page of numbers, which names the next one by cursor or by number.
    #[derive(Debug, Deserialize)]
    struct Numbers {
        items: Vec<u64>,
        cursor: Option<String>,
        page: Option<u64>,
    }

    impl Page for Numbers {
        type Item = u64;

        fn successor(&self) -> Successor {
            match (&self.cursor, self.page) {
                (Some(cursor), _) => Successor::Cursor(cursor.clone()),
                (None, Some(page)) => Successor::Number(page),
                (None, None) => Successor::None,
            }
        }

        fn into_items(self) -> Vec<u64> {
            self.items
        }
    }

    type Answer = (u16, serde_json::Value);

    /// Answers the nth request as it is told, and keeps the addresses and one header.
    struct Vendor {
        answer: fn(usize, &str) -> Answer,
        asked: Mutex<Vec<String>>,
    }

    impl fmt::Debug for Vendor {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Vendor")
        }
    }

    impl Transport for Vendor {
        fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
            let address = request.uri().path_and_query().unwrap().to_string();
            let tag = request.headers()["x-tag"].to_str().unwrap();
            let mut asked = self.asked.lock().unwrap();
            let (status, body) = (self.answer)(asked.len(), &address);
            asked.push(format!("{address} {tag}"));
            let answer = http::Response::builder().status(status).body(Body::from(body.to_string())).unwrap();
            Box::pin(async move {
                tokio::task::yield_now().await;
                Ok(answer)
            })
        }
    }

    fn pages(answer: fn(usize, &str) -> Answer) -> (Pages<Numbers>, Arc<Vendor>) {
        let vendor = Arc::new(Vendor { answer, asked: Mutex::default() });
        let config = codat::Config::new("key").base_url("https://vendor.example/v1");
        let client = Client::builder().codat(config).transport(vendor.clone()).build().unwrap();
        let draft =
            client.engine().call(&LIST).path("a b").query(&json!({ "filter": "x=y&z", "pageSize": 2 }));
        let call = draft.returns::<Numbers>().header("x-tag", "kept").max_attempts(1);
        (call.timeout(Duration::from_secs(7)).pages(), vendor)
    }

    async fn items(pages: &mut Pages<Numbers>) -> Result<Vec<u64>, Error> {
        let mut items = Vec::new();
        while let Some(item) = pages.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }

    #[tokio::test]
    async fn r17_every_page_goes_with_the_filters_and_options_of_the_first() {
        let (mut by_cursor, vendor) = pages(|count, _| match count {
            0 => (200, json!({ "items": [1, 2], "cursor": "a&b=" })),
            1 => (200, json!({ "items": [], "cursor": "c" })),
            _ => (200, json!({ "items": [3] })),
        });
        assert_eq!(items(&mut by_cursor).await.unwrap(), [1, 2, 3]);
        assert!(by_cursor.try_next().await.unwrap().is_none());
        let first = "/v1/numbers/a%20b?filter=x%3Dy%26z&pageSize=2";
        let expected = [
            format!("{first} kept"),
            format!("{first}&cursor=a%26b%3D kept"),
            format!("{first}&cursor=c kept"),
        ];
        assert_eq!(*vendor.asked.lock().unwrap(), expected);

        let (mut by_number, vendor) = pages(|count, _| match count {
            0 => (200, json!({ "items": [1], "page": 2 })),
            1 => (200, json!({ "items": [2], "page": 3 })),
            _ => (200, json!({ "items": [3] })),
        });
        let mut sizes = Vec::new();
        while let Some(page) = by_number.try_next_page().await.unwrap() {
            sizes.push(page.items.len());
        }
        assert_eq!(sizes, [1, 1, 1]);
        let expected = ["", "&page=2", "&page=3"].map(|page| format!("{first}{page} kept"));
        assert_eq!(*vendor.asked.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn after_an_error_the_same_page_is_asked_for_again() {
        let (mut pages, vendor) = pages(|count, _| match count {
            1 => (404, json!({})),
            3 => (200, json!({ "items": "none", "cursor": 7 })),
            4 => (200, json!([])),
            _ if count < 5 => (200, json!({ "items": [count], "cursor": count.to_string() })),
            _ => (200, json!({ "items": [count] })),
        });
        assert_eq!(pages.try_next().await.unwrap(), Some(0));
        assert!(matches!(pages.try_next().await, Err(Error::NotFound(_))));
        assert_eq!(pages.try_next().await.unwrap(), Some(2));
        assert!(matches!(pages.try_next().await, Err(Error::Decode(_))));
        assert!(matches!(pages.try_next().await, Err(Error::Decode(_))));
        assert_eq!(items(&mut pages).await.unwrap(), [5]);
        let cursors: Vec<_> =
            vendor.asked.lock().unwrap().iter().map(|asked| asked.contains("cursor=2")).collect();
        assert_eq!(cursors, [false, false, false, true, true, true]);
    }

    #[tokio::test]
    async fn a_page_that_nobody_waits_for_any_more_is_not_lost() {
        let (mut pages, vendor) = pages(|count, _| match count {
            0 => (200, json!({ "items": [1], "cursor": "a" })),
            _ => (200, json!({ "items": [2] })),
        });
        let mut seen = Vec::new();
        loop {
            match tokio::time::timeout(Duration::ZERO, pages.try_next()).await {
                Ok(Ok(Some(item))) => seen.push(item),
                Ok(end) => break assert!(end.unwrap().is_none()),
                Err(_) => {}
            }
        }
        assert_eq!(seen, [1, 2]);
        assert_eq!(vendor.asked.lock().unwrap().len(), 2);
    }

    #[track_caller]
    fn assert_cycle(error: &Error) {
        let Error::Decode(decode) = error else { panic!("{error:?}") };
        assert_eq!(decode.category(), DecodeCategory::Cycle);
    }

    #[tokio::test]
    async fn r17_pages_that_lead_back_are_one_error_and_the_end() {
        let (mut by_cursor, vendor) =
            pages(|count, _| (200, json!({ "items": [count], "cursor": (count % 5).to_string() })));
        let mut count = 0;
        let error = loop {
            match by_cursor.try_next().await {
                Ok(item) => count += item.map_or(0, |_| 1),
                Err(error) => break error,
            }
        };
        assert_cycle(&error);
        assert!(by_cursor.try_next().await.unwrap().is_none());
        assert!((5..=20).contains(&count) && vendor.asked.lock().unwrap().len() == count + 1);

        let (mut by_number, _) =
            pages(|count, _| (200, json!({ "items": [count], "page": ([2, 3, 3][count]) })));
        assert_eq!(by_number.try_next().await.unwrap(), Some(0));
        assert_eq!(by_number.try_next().await.unwrap(), Some(1));
        assert_cycle(&by_number.try_next().await.unwrap_err());
        assert!(by_number.try_next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_mistake_in_the_arguments_is_the_first_page_s_error() {
        let (pages, vendor) = pages(|_, _| (200, json!({ "items": [] })));
        let draft = pages.draft.path("one too many");
        let mut pages = Pages::<Numbers>::new(draft, pages.reader);
        assert!(matches!(pages.try_next().await, Err(Error::Request(_))));
        assert!(matches!(pages.try_next().await, Ok(None)));
        assert!(vendor.asked.lock().unwrap().is_empty());
    }

    #[cfg(feature = "futures-core-0-3")]
    #[tokio::test]
    async fn a_stream_ends_after_its_first_error() {
        use futures_core::Stream;
        let (mut pages, _) = pages(|count, _| match count {
            0 => (200, json!({ "items": [1, 2], "cursor": "a" })),
            _ => (500, json!({})),
        });
        let mut seen = Vec::new();
        while let Some(item) = poll_fn(|context| Pin::new(&mut pages).poll_next(context)).await {
            seen.push(item.ok());
        }
        assert_eq!(seen, [Some(1), Some(2), None]);
    }
    /// How many cursors are walked until the cycle is seen.
    fn walked(tail: usize, cycle: usize) -> usize {
        let mut loops = Loops::default();
        let cursors = (0..).map(|step| if step < tail { step } else { tail + (step - tail) % cycle });
        cursors.take_while(|cursor| loops.is_new(&cursor.to_string())).count()
    }

    #[test]
    fn r17_a_cycle_of_any_length_is_found() {
        for tail in 0..20 {
            for cycle in 1..40 {
                let steps = walked(tail, cycle);
                assert!(steps >= tail + cycle && steps <= 4 * (tail + cycle) + 4, "{tail} {cycle}: {steps}");
            }
        }
        let mut loops = Loops::default();
        assert!((0..10_000).all(|cursor| loops.is_new(&cursor.to_string())));
    }
}

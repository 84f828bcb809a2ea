use std::{
    fmt::{Debug, Write},
    io,
    sync::{Arc, Mutex, OnceLock},
};
use tracing::{
    Dispatch, Event, Level, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer,
    fmt::format::FmtSpan,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// The spans and events of the crate on this thread, in the order in which they began.
#[derive(Clone, Default)]
pub struct Traces(Arc<Mutex<Vec<Trace>>>);

#[derive(Clone, Debug)]
pub struct Trace {
    pub span: Option<span::Id>,
    pub name: &'static str,
    pub target: &'static str,
    pub level: Level,
    /// Names and values as they were recorded: one that is recorded twice is there twice.
    pub fields: Vec<(&'static str, String)>,
}

impl Trace {
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(known, _)| *known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is recorded once: {:?}", self.fields);
        value
    }
}

/// While there is just one subscriber in the process, a callsite that another thread reaches first stays off for all.
fn keep_a_subscriber() {
    static KEPT: OnceLock<Dispatch> = OnceLock::new();
    KEPT.get_or_init(|| Dispatch::new(tracing_subscriber::registry()));
}

impl Traces {
    /// Records until the guard is dropped.
    pub fn record() -> (Self, DefaultGuard) {
        keep_a_subscriber();
        let traces = Self::default();
        let subscriber = tracing_subscriber::registry().with(traces.clone());
        (traces, tracing::subscriber::set_default(subscriber))
    }

    pub fn spans(&self) -> Vec<Trace> {
        self.0.lock().unwrap().iter().filter(|trace| trace.span.is_some()).cloned().collect()
    }

    pub fn events(&self) -> Vec<Trace> {
        self.0.lock().unwrap().iter().filter(|trace| trace.span.is_none()).cloned().collect()
    }

    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Traces {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        let mut fields = Vec::new();
        attributes.record(&mut Collect(&mut fields));
        let (name, target, level) = (metadata.name(), metadata.target(), *metadata.level());
        self.0.lock().unwrap().push(Trace { span: Some(id.clone()), name, target, level, fields });
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, _: Context<'_, S>) {
        let mut traces = self.0.lock().unwrap();
        let span = traces.iter_mut().rfind(|trace| trace.span.as_ref() == Some(id)).unwrap();
        values.record(&mut Collect(&mut span.fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let mut fields = Vec::new();
        event.record(&mut Collect(&mut fields));
        let (name, target, level) = (metadata.name(), metadata.target(), *metadata.level());
        self.0.lock().unwrap().push(Trace { span: None, name, target, level, fields });
    }
}

struct Collect<'a>(&'a mut Vec<(&'static str, String)>);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }
}

/// Everything that any crate logs on this thread, as text.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs until the guard is dropped, from TRACE up, what goes through `log` included.
    pub fn everything() -> (Self, DefaultGuard) {
        keep_a_subscriber();
        // Another test may have been first.
        let _ = tracing_log::LogTracer::init();
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An error with everything that can be printed of it, its sources included.
pub fn printed(error: &connectory::Error) -> String {
    let mut text = format!("{error:?} {error:#?} {}", error.report());
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        write!(text, " {error} {error:?}").unwrap();
        next = error.source();
    }
    text
}

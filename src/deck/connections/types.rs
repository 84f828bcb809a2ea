use crate::deck::{ConnectionId, SourceId};
use crate::types::{model, open_enum};
use crate::{Secret, Timestamp};

model! {
    /// The access token of a new connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct PublicTokenExchange {
        /// The token for all calls on the connection. It lasts until it is rotated or the connection destroyed.
        pub access_token: Secret,
        /// The connection's id, as webhooks name it.
        pub connection_id: Option<ConnectionId>,
        /// What the customer entered, passwords left out.
        pub fields: Vec<ExchangedField>,
    }
}

model! {
    /// Something that the customer entered.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct ExchangedField {
        /// The field.
        pub field_name: Option<String>,
        /// The value.
        pub field_value: Option<Secret> as AnySecret,
    }
}

model! {
    /// The state of a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectionContext {
        /// The connection's id, as webhooks name it.
        pub connection_id: Option<ConnectionId>,
        /// The source.
        pub provider: Option<SourceRef>,
        /// Whether the connection works.
        pub connection_status: Option<ConnectivityStatus>,
        /// Since when, in UTC.
        pub connection_status_timestamp: Option<Timestamp>,
        /// Why.
        pub connection_status_reason: Option<ScrapingStatus>,
        /// How many accounts it has. Deck sends a number, and sent text in older versions.
        pub num_of_entities: Option<i64> as WholeNumber,
        /// The accounts.
        pub entities: Vec<Entity>,
    }
}

model! {
    /// The source of a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SourceRef {
        /// The source's id.
        pub id: Option<SourceId>,
        /// The source's name.
        pub name: Option<String>,
    }
}

model! {
    /// An account of a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Entity {
        /// The source's number of it.
        pub account_number: Option<String>,
    }
}

model! {
    /// The accounts of a connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Accounts {
        /// The accounts.
        pub accounts: Vec<Account>,
    } with unread
}

model! {
    /// An account of a connection, and whether it is considered.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Account {
        /// The source's number of it.
        pub account_number: Option<String>,
        /// Whether it is considered.
        pub is_selected: Option<bool>,
    }
}

model! {
    /// A connection's new access token.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct InvalidatedAccessToken {
        /// The token to use from now on. Store it before anything else: Deck does not give it twice.
        pub new_access_token: Secret,
    }
}

open_enum! {
    /// Whether a connection works.
    pub enum ConnectivityStatus {
        /// Not begun.
        New = "New",
        /// Being connected.
        Connecting = "Connecting",
        /// It works.
        Connected = "Connected",
        /// It does not, until the customer does something.
        Disconnected = "Disconnected",
        /// It has failed for good: do not try again at once.
        Error = "Error",
    }
}

impl ConnectivityStatus {
    /// Whether connecting has ended, well or not: [`Connected`](Self::Connected) is success. An unknown status is not final.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Connected | Self::Disconnected | Self::Error)
    }
}

open_enum! {
    /// What Deck did last at a source, and how it went.
    pub enum ScrapingStatus {
        /// Nothing yet.
        New = "New",
        /// It is signing in.
        Connecting = "Connecting",
        /// It has sent the credentials.
        CredentialsSent = "CredentialsSent",
        /// The source rejects the credentials.
        InvalidCredentials = "InvalidCredentials",
        /// The source accepts the credentials.
        ConnectedCredentials = "ConnectedCredentials",
        /// A security question waits for an answer.
        SecurityAnswerRequired = "SecurityAnswerRequired",
        /// The answer was wrong.
        SecurityAnswerInvalid = "SecurityAnswerInvalid",
        /// No answer came in time.
        SecurityQuestionTimeout = "SecurityQuestionTimeout",
        /// The customer has to choose how to be asked.
        MfaMethodChoiceRequired = "MfaMethodChoiceRequired",
        /// A code is needed.
        MfaCodeRequired = "MfaCodeRequired",
        /// The code was wrong.
        MfaCodeInvalid = "MfaCodeInvalid",
        /// No code came in time.
        MfaCodeTimeout = "MfaCodeTimeout",
        /// The customer has to act at the source.
        MfaActionRequired = "MfaActionRequired",
        /// The source asks for a PIN.
        BlockedByPin = "BlockedByPin",
        /// Accounts have to be selected.
        AccountSelectionRequired = "AccountSelectionRequired",
        /// It waits for a job.
        WaitingForJob = "WaitingForJob",
        /// It carries a job out.
        ExecutingJob = "ExecutingJob",
        /// It has carried a job out.
        CompletedJob = "CompletedJob",
        /// It will try again.
        RetryLater = "RetryLater",
        /// It found data.
        DataFound = "DataFound",
        /// It is signed in and reads the data.
        ConnectedWaitingOnDataExtraction = "ConnectedWaitingOnDataExtraction",
        /// It found no data.
        NoDataFound = "NoDataFound",
        /// It found no statement.
        NoStatement = "NoStatement",
        /// It failed.
        Error = "Error",
    }
}

use crate::Secret;
use crate::deck::{AccountId, JobId, SourceId};
use crate::types::{model, open_enum};

model! {
    /// A token that opens one Link session.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct LinkToken {
        /// The token: 20 minutes, one session.
        pub link_token: Secret,
    }
}

model! {
    /// The settings that a link token was created with.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LinkTokenSettings {
        /// The language of the widget.
        pub language: Option<Language>,
        /// Whether sources in beta are shown.
        pub beta_source_status: Option<BetaSourceStatus>,
        /// The countries whose sources are shown; all where there are none.
        pub countries: Vec<String>,
        /// The types of sources that are shown; all where there are none.
        pub source_types: Vec<String>,
        /// The sources that are shown, called `source_ids` on creation; all where there are none.
        pub source_guids: Vec<SourceId>,
    }
}

model! {
    /// What a Link session shows of you, and the steps it goes through.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ClientInfo {
        /// Your name; absent until you set one in Deck's dashboard.
        pub name: Option<String>,
        /// Your logo.
        pub image_url: Option<String>,
        /// The language to show.
        pub language: Option<Language>,
        /// What is updated, in a session that makes no new connection.
        pub update_mode: Option<UpdateInfo>,
        /// The terms of use to accept.
        pub terms_of_use_url: Option<String>,
        /// The privacy policy to accept.
        pub privacy_policy_url: Option<String>,
        /// Whether a connection is made or updated.
        pub mode: Option<LinkMode>,
        /// How many accounts may be selected.
        pub account_select_mode: Option<AccountSelectMode>,
        /// Whether the customer may upload documents.
        pub allow_document_upload: Option<bool>,
        /// Whether consent is asked for.
        pub show_step_consent: Option<bool>,
        /// Whether a source is asked for.
        pub show_step_add_source: Option<bool>,
        /// Whether accounts are selected.
        pub show_step_select_account: Option<bool>,
        /// Whether an account can be added.
        pub show_step_add_account: Option<bool>,
    }
}

model! {
    /// What a Link session updates.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct UpdateInfo {
        /// The source of the connection.
        pub source: Option<Source>,
    }
}

model! {
    /// Sources that were found.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Sources {
        /// The sources.
        pub sources: Vec<Source>,
    } with unread
}

model! {
    /// A portal that Deck connects to.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Source {
        /// The source's id.
        pub source_id: SourceId,
        /// The source's name.
        pub name: Option<String>,
        /// The source's logo.
        pub logo_url: Option<String>,
        /// The source's country: ISO 3166-1 alpha-2.
        pub country: Option<String>,
        /// The source's website, where a customer resets a password.
        pub website: Option<String>,
        /// What the customer has to enter.
        pub fields: Vec<SourceField>,
    }
}

model! {
    /// Something that a source asks a customer for.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SourceField {
        /// Its place in the form.
        pub field_number: Option<i64> as WholeNumber,
        /// The name to send it back under.
        pub field_name: Option<String>,
        /// The name to show.
        pub field_label: Option<String>,
        /// What is known already, such as the user name when a password is updated. Show it read-only. Not serialised.
        pub field_value: Option<Secret> as Hidden,
        /// The input to show.
        pub field_type: Option<FieldType>,
    }
}

model! {
    /// A connection that has been started.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    secret pub struct StartedConnection {
        /// What to exchange for an access token once connected; absent when a connection is updated.
        pub public_token: Option<Secret>,
        /// The job that connects, as webhooks name it.
        pub job_guid: Option<JobId>,
    }
}

model! {
    /// How far connecting has come.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ConnectionStatus {
        /// The status.
        pub status: Option<LinkConnectionStatus>,
        /// More about it, for people.
        pub additional_information: Option<String>,
    }
}

model! {
    /// A question to put to the customer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SecurityQuestion {
        /// The question.
        pub question: String,
    }
}

model! {
    /// The accounts that were found while connecting.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LinkAccounts {
        /// The accounts.
        pub accounts: Vec<LinkAccount>,
    } with unread
}

model! {
    /// An account that was found while connecting.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LinkAccount {
        /// The id to select it by.
        pub account_id: AccountId,
        /// The source's number of it.
        pub account_number: Option<String>,
        /// Its address, where the source shows one.
        pub account_address: Option<String>,
    }
}

open_enum! {
    /// The language of a Link session.
    pub enum Language {
        /// English.
        En = "EN",
        /// Spanish.
        Es = "ES",
        /// French.
        Fr = "FR",
        /// German.
        De = "DE",
        /// Italian.
        It = "IT",
        /// Portuguese.
        Pt = "PT",
        /// Dutch.
        Nl = "NL",
        /// Polish.
        Pl = "PL",
        /// Swedish.
        Sv = "SV",
        /// Danish.
        Da = "DA",
        /// Norwegian.
        No = "NO",
        /// Estonian.
        Et = "ET",
        /// Lithuanian.
        Lt = "LT",
        /// Latvian.
        Lv = "LV",
        /// Romanian.
        Ro = "RO",
    }
}

open_enum! {
    /// Whether sources in beta are shown.
    pub enum BetaSourceStatus {
        /// Besides the others.
        LiveAndBeta = "LiveAndBeta",
        /// Not at all.
        OnlyLive = "OnlyLive",
        /// And no others.
        OnlyBeta = "OnlyBeta",
    }
}

open_enum! {
    /// What a session updates of a connection.
    pub enum UpdateMode {
        /// The password, which the customer enters again.
        UpdateCredentials = "UpdateCredentials",
        /// The data, with the known credentials; the customer answers security questions only.
        Refresh = "Refresh",
        /// The selection of accounts.
        UpdateAccountSelection = "UpdateAccountSelection",
    }
}

open_enum! {
    /// Whether a session makes a connection or updates one.
    pub enum LinkMode {
        /// It makes one.
        Normal = "Normal",
        /// It updates the password.
        UpdateCredentials = "UpdateCredentials",
        /// It refreshes the data.
        Refresh = "Refresh",
        /// It updates the selection of accounts.
        UpdateAccountSelection = "UpdateAccountSelection",
    }
}

open_enum! {
    /// How far documents are read.
    pub enum ParsingMethod {
        /// Not at all: the file only.
        PdfOnly = "PdfOnly",
        /// The main figures.
        Basic = "Basic",
        /// Everything that sustainability reports need.
        FullSustainability = "FullSustainability",
        /// No documents.
        None = "None",
    }
}

open_enum! {
    /// How many accounts may be selected.
    pub enum AccountSelectMode {
        /// All are taken.
        All = "All",
        /// One.
        Single = "Single",
        /// Several.
        Multiple = "Multiple",
    }
}

open_enum! {
    /// The input to show for a field of a source.
    pub enum FieldType {
        /// A line of text.
        Text = "Text",
        /// A password.
        Password = "Password",
    }
}

open_enum! {
    /// How far connecting has come.
    pub enum LinkConnectionStatus {
        /// Not begun.
        New = "New",
        /// Under way: ask again.
        Connecting = "Connecting",
        /// Done: exchange the public token.
        Connected = "Connected",
        /// The source rejects the credentials.
        InvalidCredentials = "InvalidCredentials",
        /// Failed for good: do not try again at once.
        Error = "Error",
        /// The customer has to choose how to be asked.
        MfaMethodChoice = "MfaMethodChoice",
        /// A security question waits for an answer.
        MfaQuestion = "MfaQuestion",
        /// The answer was wrong; the question waits again.
        MfaQuestionInvalidAnswer = "MfaQuestionInvalidAnswer",
        /// No answer came in time.
        MfaQuestionNoAnswer = "MfaQuestionNoAnswer",
        /// A captcha has to be solved.
        Captcha = "Captcha",
        /// A security question waits for an answer.
        SecurityQuestion = "SecurityQuestion",
        /// Accounts have to be selected.
        AccountSelection = "AccountSelection",
    }
}

impl LinkConnectionStatus {
    /// Whether connecting has ended, well or not: [`Connected`](Self::Connected) is success. An unknown status is not final.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Connected | Self::InvalidCredentials | Self::Error | Self::MfaQuestionNoAnswer)
    }

    /// Whether connecting waits for the customer: to answer, to choose, to solve a captcha.
    pub fn asks_customer(&self) -> bool {
        matches!(
            self,
            Self::MfaMethodChoice
                | Self::MfaQuestion
                | Self::MfaQuestionInvalidAnswer
                | Self::Captcha
                | Self::SecurityQuestion
                | Self::AccountSelection
        )
    }
}

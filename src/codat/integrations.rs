//! The software that Codat connects to: `client.codat().integrations()`.

use super::connections::{IntegrationId, SourceId, SourceType};
use super::{DataType, ListOptions, Page, PlatformKey};
use crate::Call;
use crate::engine::Engine;
use crate::operation::operations;
use crate::types::{list, model, open_enum};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The operations on integrations.
#[derive(Clone, Debug)]
pub struct Integrations {
    engine: Arc<Engine>,
}

operations! { Codat, "codat.integrations";
    /// changes nothing
    LIST = "list": GET "/integrations", Read, sdk "integrations.list";
    /// changes nothing
    GET = "get": GET "/integrations/{platformKey}", Read, sdk "integrations.get";
    /// changes nothing
    GET_BRANDING = "get_branding": GET "/integrations/{platformKey}/branding", Read, sdk "integrations.get_branding";
}

impl Integrations {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Lists the integrations that you can offer, a page at a time.
    ///
    /// [`pages`](Call::pages) walks all of them.
    ///
    /// # Errors
    /// `BadRequest` for a query that Codat cannot read.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/list-integrations>.
    #[doc(alias = "list-integrations")]
    #[inline]
    pub fn list(&self, options: &ListOptions) -> Call<Page<Integration>> {
        self.engine.call(&LIST).query(options).returns_with_unread::<Page<Integration>, _>()
    }

    /// Returns one integration.
    ///
    /// # Errors
    /// `NotFound` for a key that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-integration>.
    #[doc(alias = "get-integration")]
    #[inline]
    pub fn get(&self, platform: impl Into<PlatformKey>) -> Call<Integration> {
        self.engine.call(&GET).path(platform.into()).returns()
    }

    /// Returns the addresses of an integration's logos and buttons.
    ///
    /// # Errors
    /// `NotFound` for a key that Codat does not know.
    ///
    /// Source: <https://docs.codat.io/platform-api#/operations/get-integrations-branding>.
    #[doc(alias = "get-integrations-branding")]
    #[inline]
    pub fn get_branding(&self, platform: impl Into<PlatformKey>) -> Call<Branding> {
        self.engine.call(&GET_BRANDING).path(platform.into()).returns()
    }
}

model! {
    /// A software that Codat connects to.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/Integration>.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Integration in camelCase {
        /// Its four letters.
        pub key: PlatformKey,
        /// Its name.
        pub name: Option<String>,
        /// Where its logo is.
        pub logo_url: Option<String>,
        /// Whether your customers can use it.
        pub enabled: Option<bool>,
        /// The integration's id.
        pub integration_id: Option<IntegrationId>,
        /// The source's id.
        pub source_id: Option<SourceId>,
        /// What kind of data it brings.
        pub source_type: Option<SourceType>,
        /// Whether it runs on the customer's own computer.
        pub is_offline_connector: Option<bool>,
        /// Whether it is in beta.
        pub is_beta: Option<bool>,
        /// Who provides the data.
        pub data_provided_by: Option<String>,
        /// What it can do with each data type.
        pub datatype_features: Vec<DataTypeFeature>,
    }
}

/// What an integration can do with one data type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DataTypeFeature {
    /// The data type. Codat's examples spell the member `datatype`, which is read too.
    #[serde(alias = "datatype")]
    pub data_type: Option<DataType>,
    /// What it can do.
    #[serde(default, deserialize_with = "list")]
    pub supported_features: Vec<SupportedFeature>,
}

model! {
    /// One thing that an integration can do.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SupportedFeature in camelCase {
        /// What it can do.
        pub feature_type: Option<FeatureType>,
        /// Whether it is released.
        pub feature_state: Option<FeatureState>,
    }
}

open_enum! {
    /// What an integration can do with a data type.
    pub enum FeatureType {
        /// Read.
        Get = "Get",
        /// Create.
        Post = "Post",
        /// Update.
        Put = "Put",
        /// Delete.
        Delete = "Delete",
        /// Categorize.
        Categorization = "Categorization",
        /// Read as a PDF.
        GetAsPdf = "GetAsPdf",
        /// Read one attachment.
        GetAttachment = "GetAttachment",
        /// List attachments.
        GetAttachments = "GetAttachments",
        /// Download an attachment.
        DownloadAttachment = "DownloadAttachment",
        /// Upload an attachment.
        UploadAttachment = "UploadAttachment",
    }
}

open_enum! {
    /// Whether a feature of an integration is released.
    pub enum FeatureState {
        /// Released.
        Release = "Release",
        /// It is in alpha.
        Alpha = "Alpha",
        /// It is in beta.
        Beta = "Beta",
        /// It is about to go.
        Deprecated = "Deprecated",
        /// The software cannot do it.
        NotSupported = "NotSupported",
        /// Codat does not have it.
        NotImplemented = "NotImplemented",
    }
}

model! {
    /// The images of an integration.
    ///
    /// Source: <https://docs.codat.io/platform-api#/schemas/Branding>.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Branding in camelCase {
        /// Its logos.
        pub logo: Option<BrandingLogo>,
        /// Its buttons.
        pub button: Option<BrandingButton>,
        /// The source's id.
        pub source_id: Option<SourceId>,
    }
}

model! {
    /// The logos of an integration.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct BrandingLogo {
        /// With the name.
        pub full: Option<BrandingImage>,
        /// Square.
        pub square: Option<BrandingImage>,
    }
}

model! {
    /// The buttons of an integration.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct BrandingButton {
        /// At rest.
        pub default: Option<BrandingImage>,
        /// While the pointer is over it.
        pub hover: Option<BrandingImage>,
    }
}

model! {
    /// An image of an integration.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct BrandingImage {
        /// Where it is.
        pub image: Option<ImageReference>,
    }
}

model! {
    /// Where an image is.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ImageReference {
        /// Its address.
        pub src: Option<String>,
        /// The text to show in its place.
        pub alt: Option<String>,
    }
}

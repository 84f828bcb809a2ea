use crate::types::open_enum;

open_enum! {
    /// The type of an event.
    pub enum WebhookEventType {
        /// All events of the unified API.
        All = "*",
        /// An activity was created.
        CrmActivityCreated = "crm.activity.created",
        /// An activity was updated.
        CrmActivityUpdated = "crm.activity.updated",
        /// An activity was deleted.
        CrmActivityDeleted = "crm.activity.deleted",
        /// A company was created.
        CrmCompanyCreated = "crm.company.created",
        /// A company was updated.
        CrmCompanyUpdated = "crm.company.updated",
        /// A company was deleted.
        CrmCompanyDeleted = "crm.company.deleted",
        /// A contact was created.
        CrmContactCreated = "crm.contact.created",
        /// A contact was updated.
        CrmContactUpdated = "crm.contact.updated",
        /// A contact was deleted.
        CrmContactDeleted = "crm.contact.deleted",
        /// A lead was created.
        CrmLeadCreated = "crm.lead.created",
        /// A lead was updated.
        CrmLeadUpdated = "crm.lead.updated",
        /// A lead was deleted.
        CrmLeadDeleted = "crm.lead.deleted",
        /// A note was created.
        CrmNoteCreated = "crm.note.created",
        /// A note was updated.
        CrmNoteUpdated = "crm.note.updated",
        /// A note was deleted.
        CrmNoteDeleted = "crm.note.deleted",
        /// An opportunity was created.
        CrmOpportunityCreated = "crm.opportunity.created",
        /// An opportunity was updated.
        CrmOpportunityUpdated = "crm.opportunity.updated",
        /// An opportunity was deleted.
        CrmOpportunityDeleted = "crm.opportunity.deleted",
        /// A lead was created.
        LeadLeadCreated = "lead.lead.created",
        /// A lead was updated.
        LeadLeadUpdated = "lead.lead.updated",
        /// A lead was deleted.
        LeadLeadDeleted = "lead.lead.deleted",
        /// A connection was added.
        VaultConnectionCreated = "vault.connection.created",
        /// A connection was changed.
        VaultConnectionUpdated = "vault.connection.updated",
        /// A connection was switched off.
        VaultConnectionDisabled = "vault.connection.disabled",
        /// A connection was deleted.
        VaultConnectionDeleted = "vault.connection.deleted",
        /// A connection can be called.
        VaultConnectionCallable = "vault.connection.callable",
        /// A customer has revoked a connection.
        VaultConnectionRevoked = "vault.connection.revoked",
        /// A connection was moved to another service.
        VaultConnectionMigrated = "vault.connection.migrated",
        /// The credentials of a connection were deleted, because refreshing kept failing.
        VaultConnectionTokenRefreshFailed = "vault.connection.token_refresh.failed",
        /// Refreshing the token of a connection failed; Apideck will try again.
        VaultConnectionTokenRefreshPending = "vault.connection.token_refresh.pending",
        /// Refreshing the token of a connection works again.
        VaultConnectionTokenRefreshRecovered = "vault.connection.token_refresh.recovered",
        /// The service of a connection is out of reach.
        VaultConnectionDownstreamDegraded = "vault.connection.downstream.degraded",
        /// The service of a connection is back.
        VaultConnectionDownstreamRecovered = "vault.connection.downstream.recovered",
        /// A job was created.
        AtsJobCreated = "ats.job.created",
        /// A job was updated.
        AtsJobUpdated = "ats.job.updated",
        /// A job was deleted.
        AtsJobDeleted = "ats.job.deleted",
        /// An applicant was created.
        AtsApplicantCreated = "ats.applicant.created",
        /// An applicant was updated.
        AtsApplicantUpdated = "ats.applicant.updated",
        /// An applicant was deleted.
        AtsApplicantDeleted = "ats.applicant.deleted",
        /// A customer was created.
        AccountingCustomerCreated = "accounting.customer.created",
        /// A customer was updated.
        AccountingCustomerUpdated = "accounting.customer.updated",
        /// A customer was deleted.
        AccountingCustomerDeleted = "accounting.customer.deleted",
        /// An invoice was created.
        AccountingInvoiceCreated = "accounting.invoice.created",
        /// An invoice was updated.
        AccountingInvoiceUpdated = "accounting.invoice.updated",
        /// An invoice was deleted.
        AccountingInvoiceDeleted = "accounting.invoice.deleted",
        /// An invoice item was created.
        AccountingInvoiceItemCreated = "accounting.invoice_item.created",
        /// An invoice item was updated.
        AccountingInvoiceItemUpdated = "accounting.invoice_item.updated",
        /// An invoice item was deleted.
        AccountingInvoiceItemDeleted = "accounting.invoice_item.deleted",
        /// A ledger account was created.
        AccountingLedgerAccountCreated = "accounting.ledger_account.created",
        /// A ledger account was updated.
        AccountingLedgerAccountUpdated = "accounting.ledger_account.updated",
        /// A ledger account was deleted.
        AccountingLedgerAccountDeleted = "accounting.ledger_account.deleted",
        /// A tax rate was created.
        AccountingTaxRateCreated = "accounting.tax_rate.created",
        /// A tax rate was updated.
        AccountingTaxRateUpdated = "accounting.tax_rate.updated",
        /// A tax rate was deleted.
        AccountingTaxRateDeleted = "accounting.tax_rate.deleted",
        /// A bill was created.
        AccountingBillCreated = "accounting.bill.created",
        /// A bill was updated.
        AccountingBillUpdated = "accounting.bill.updated",
        /// A bill was deleted.
        AccountingBillDeleted = "accounting.bill.deleted",
        /// A bill payment was created.
        AccountingBillPaymentCreated = "accounting.bill_payment.created",
        /// A bill payment was updated.
        AccountingBillPaymentUpdated = "accounting.bill_payment.updated",
        /// A bill payment was deleted.
        AccountingBillPaymentDeleted = "accounting.bill_payment.deleted",
        /// A payment was created.
        AccountingPaymentCreated = "accounting.payment.created",
        /// A payment was updated.
        AccountingPaymentUpdated = "accounting.payment.updated",
        /// A payment was deleted.
        AccountingPaymentDeleted = "accounting.payment.deleted",
        /// A supplier was created.
        AccountingSupplierCreated = "accounting.supplier.created",
        /// A supplier was updated.
        AccountingSupplierUpdated = "accounting.supplier.updated",
        /// A supplier was deleted.
        AccountingSupplierDeleted = "accounting.supplier.deleted",
        /// A purchase order was created.
        AccountingPurchaseOrderCreated = "accounting.purchase_order.created",
        /// A purchase order was updated.
        AccountingPurchaseOrderUpdated = "accounting.purchase_order.updated",
        /// A purchase order was deleted.
        AccountingPurchaseOrderDeleted = "accounting.purchase_order.deleted",
        /// A credit note was created.
        AccountingCreditNoteCreated = "accounting.credit_note.created",
        /// A credit note was updated.
        AccountingCreditNoteUpdated = "accounting.credit_note.updated",
        /// A credit note was deleted.
        AccountingCreditNoteDeleted = "accounting.credit_note.deleted",
        /// An order was created.
        PosOrderCreated = "pos.order.created",
        /// An order was updated.
        PosOrderUpdated = "pos.order.updated",
        /// An order was deleted.
        PosOrderDeleted = "pos.order.deleted",
        /// A product was created.
        PosProductCreated = "pos.product.created",
        /// A product was updated.
        PosProductUpdated = "pos.product.updated",
        /// A product was deleted.
        PosProductDeleted = "pos.product.deleted",
        /// A payment was created.
        PosPaymentCreated = "pos.payment.created",
        /// A payment was updated.
        PosPaymentUpdated = "pos.payment.updated",
        /// A payment was deleted.
        PosPaymentDeleted = "pos.payment.deleted",
        /// A merchant was created.
        PosMerchantCreated = "pos.merchant.created",
        /// A merchant was updated.
        PosMerchantUpdated = "pos.merchant.updated",
        /// A merchant was deleted.
        PosMerchantDeleted = "pos.merchant.deleted",
        /// A location was created.
        PosLocationCreated = "pos.location.created",
        /// A location was updated.
        PosLocationUpdated = "pos.location.updated",
        /// A location was deleted.
        PosLocationDeleted = "pos.location.deleted",
        /// An item was created.
        PosItemCreated = "pos.item.created",
        /// An item was updated.
        PosItemUpdated = "pos.item.updated",
        /// An item was deleted.
        PosItemDeleted = "pos.item.deleted",
        /// A modifier was created.
        PosModifierCreated = "pos.modifier.created",
        /// A modifier was updated.
        PosModifierUpdated = "pos.modifier.updated",
        /// A modifier was deleted.
        PosModifierDeleted = "pos.modifier.deleted",
        /// A modifier group was created.
        PosModifierGroupCreated = "pos.modifier-group.created",
        /// A modifier group was updated.
        PosModifierGroupUpdated = "pos.modifier-group.updated",
        /// A modifier group was deleted.
        PosModifierGroupDeleted = "pos.modifier-group.deleted",
        /// An employee was created.
        HrisEmployeeCreated = "hris.employee.created",
        /// An employee was updated.
        HrisEmployeeUpdated = "hris.employee.updated",
        /// An employee was deleted.
        HrisEmployeeDeleted = "hris.employee.deleted",
        /// An employee was dismissed, or will leave.
        HrisEmployeeTerminated = "hris.employee.terminated",
        /// A company was created.
        HrisCompanyCreated = "hris.company.created",
        /// A company was updated.
        HrisCompanyUpdated = "hris.company.updated",
        /// A company was deleted.
        HrisCompanyDeleted = "hris.company.deleted",
        /// A time off request was created.
        HrisTimeOffRequestCreated = "hris.time-off-request.created",
        /// A time off request was updated.
        HrisTimeOffRequestUpdated = "hris.time-off-request.updated",
        /// A time off request was deleted.
        HrisTimeOffRequestDeleted = "hris.time-off-request.deleted",
        /// A file was created.
        FileStorageFileCreated = "file-storage.file.created",
        /// A file was updated.
        FileStorageFileUpdated = "file-storage.file.updated",
        /// A file was deleted.
        FileStorageFileDeleted = "file-storage.file.deleted",
        /// A drive was updated.
        FileStorageDriveUpdated = "file-storage.drive.updated",
        /// A ticket was created.
        IssueTrackingTicketCreated = "issue-tracking.ticket.created",
        /// A ticket was updated.
        IssueTrackingTicketUpdated = "issue-tracking.ticket.updated",
        /// A ticket was deleted.
        IssueTrackingTicketDeleted = "issue-tracking.ticket.deleted",
        /// An application was created.
        AtsApplicationCreated = "ats.application.created",
        /// An application was updated.
        AtsApplicationUpdated = "ats.application.updated",
        /// An application was deleted.
        AtsApplicationDeleted = "ats.application.deleted",
        /// An expense was created.
        AccountingExpenseCreated = "accounting.expense.created",
        /// An expense was updated.
        AccountingExpenseUpdated = "accounting.expense.updated",
        /// An expense was deleted.
        AccountingExpenseDeleted = "accounting.expense.deleted",
        /// An order was created.
        EcommerceOrderCreated = "ecommerce.order.created",
        /// An order was updated.
        EcommerceOrderUpdated = "ecommerce.order.updated",
        /// An order was deleted.
        EcommerceOrderDeleted = "ecommerce.order.deleted",
        /// A product was created.
        EcommerceProductCreated = "ecommerce.product.created",
        /// A product was updated.
        EcommerceProductUpdated = "ecommerce.product.updated",
        /// A product was deleted.
        EcommerceProductDeleted = "ecommerce.product.deleted",
        /// A customer was created.
        EcommerceCustomerCreated = "ecommerce.customer.created",
        /// A customer was updated.
        EcommerceCustomerUpdated = "ecommerce.customer.updated",
        /// A customer was deleted.
        EcommerceCustomerDeleted = "ecommerce.customer.deleted",
        /// A quote was created.
        AccountingQuoteCreated = "accounting.quote.created",
        /// A quote was updated.
        AccountingQuoteUpdated = "accounting.quote.updated",
        /// A quote was deleted.
        AccountingQuoteDeleted = "accounting.quote.deleted",
        /// A project was created.
        AccountingProjectCreated = "accounting.project.created",
        /// A project was updated.
        AccountingProjectUpdated = "accounting.project.updated",
        /// A project was deleted.
        AccountingProjectDeleted = "accounting.project.deleted",
        /// A tracking category was created.
        AccountingTrackingCategoryCreated = "accounting.tracking_category.created",
        /// A tracking category was updated.
        AccountingTrackingCategoryUpdated = "accounting.tracking_category.updated",
        /// A tracking category was deleted.
        AccountingTrackingCategoryDeleted = "accounting.tracking_category.deleted",
    }
}

use crate::types::open_enum;

open_enum! {
    /// A kind of data that Codat reads from a company's software, and writes to it.
    ///
    /// Source: <https://docs.codat.io/core-concepts/data-type-settings>.
    pub enum DataType {
        /// Transactions of bank accounts and credit cards, in the books.
        AccountTransactions = "accountTransactions",
        /// Balance sheets.
        BalanceSheet = "balanceSheet",
        /// Bank accounts, in the books.
        BankAccounts = "bankAccounts",
        /// Transactions of bank feeds.
        BankTransactions = "bankTransactions",
        /// Balances of accounts, at the bank.
        BankingAccountBalances = "banking-accountBalances",
        /// Accounts, at the bank.
        BankingAccounts = "banking-accounts",
        /// Categories of transactions, at the bank.
        BankingTransactionCategories = "banking-transactionCategories",
        /// Transactions, at the bank.
        BankingTransactions = "banking-transactions",
        /// Suppliers' credit notes.
        BillCreditNotes = "billCreditNotes",
        /// Payments of bills.
        BillPayments = "billPayments",
        /// Bills from suppliers.
        Bills = "bills",
        /// Cash flow statements.
        CashFlowStatement = "cashFlowStatement",
        /// The chart of accounts.
        ChartOfAccounts = "chartOfAccounts",
        /// The company, as its shop has it.
        CommerceCompanyInfo = "commerce-companyInfo",
        /// A shop's customers.
        CommerceCustomers = "commerce-customers",
        /// A shop's disputes.
        CommerceDisputes = "commerce-disputes",
        /// A shop's locations.
        CommerceLocations = "commerce-locations",
        /// A shop's orders.
        CommerceOrders = "commerce-orders",
        /// A shop's methods of payment.
        CommercePaymentMethods = "commerce-paymentMethods",
        /// A shop's payments.
        CommercePayments = "commerce-payments",
        /// Categories of a shop's products.
        CommerceProductCategories = "commerce-productCategories",
        /// A shop's products.
        CommerceProducts = "commerce-products",
        /// A shop's taxes.
        CommerceTaxComponents = "commerce-taxComponents",
        /// A shop's transactions.
        CommerceTransactions = "commerce-transactions",
        /// The company, as its books have it.
        Company = "company",
        /// Credit notes to customers.
        CreditNotes = "creditNotes",
        /// Customers.
        Customers = "customers",
        /// Purchases that are paid at once.
        DirectCosts = "directCosts",
        /// Sales that are paid at once.
        DirectIncomes = "directIncomes",
        /// Invoices to customers.
        Invoices = "invoices",
        /// Receipts of ordered items.
        ItemReceipts = "itemReceipts",
        /// Items that are bought and sold.
        Items = "items",
        /// Journal entries.
        JournalEntries = "journalEntries",
        /// Journals.
        Journals = "journals",
        /// Methods of payment.
        PaymentMethods = "paymentMethods",
        /// Payments by customers.
        Payments = "payments",
        /// Profit and loss statements.
        ProfitAndLoss = "profitAndLoss",
        /// Purchase orders.
        PurchaseOrders = "purchaseOrders",
        /// Sales orders.
        SalesOrders = "salesOrders",
        /// Suppliers.
        Suppliers = "suppliers",
        /// Tax rates.
        TaxRates = "taxRates",
        /// Tracking categories.
        TrackingCategories = "trackingCategories",
        /// Transfers between accounts.
        Transfers = "transfers",
    }
}

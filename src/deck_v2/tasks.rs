//! What agents are to do.

use crate::types::open_enum;

open_enum! {
    /// How far an agent knows a task. It can be run in every state.
    pub enum TaskStatus {
        /// The agent learns it.
        Learning = "learning",
        /// The agent tries it out.
        Test = "test",
        /// The agent knows it.
        Live = "live",
    }
}

//! What a payment may do, from every side. Representatives are the lifecycle's own.

mod charges;
mod details;
mod history;
mod hold;
mod life;
mod oracle;
mod permission;
mod plan;
mod properties;
mod summary;
mod table;
mod timeline;
mod view;

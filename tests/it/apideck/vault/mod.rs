mod connections;
mod consumers;
mod logs;
mod sessions;

mod day;
mod items;
mod validate;

mod day;
mod validate;

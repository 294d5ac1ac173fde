//! What one cell of a host's table says. The places are numbered and stand below the table.

use super::{Connection, Said};
use crate::model::{Fact, Location};

/// The number of a place, or that no file says so.
fn note<'a, T>(said: &'a Said<T>, places: &mut Vec<&'a Location>) -> String {
    let Some(place) = &said.location else {
        return if said.by_default { " by default".to_owned() } else { String::new() };
    };
    let index = places.iter().position(|known| *known == place).unwrap_or_else(|| {
        places.push(place);
        places.len() - 1
    });
    let default = if said.by_default { " by default" } else { "" };
    format!("{default} [{}]", index + 1)
}

pub(super) fn allowed<'a>(said: &'a Said<bool>, places: &mut Vec<&'a Location>) -> String {
    match &said.value {
        Fact::Known(true) => format!("ALLOWED{}", note(said, places)),
        Fact::Known(false) => format!("refused{}", note(said, places)),
        Fact::Absent => "not known".to_owned(),
        Fact::Unknown(why) | Fact::Unreadable(why) => format!("not known: {why}"),
    }
}

pub(super) fn oldest_tls<'a>(one: &'a Connection, places: &mut Vec<&'a Location>) -> String {
    let said = &one.oldest_tls;
    match &said.value {
        Fact::Known(version) if version == "system" => "the system's own; there is no setting".to_owned(),
        Fact::Known(version) if version == "system-restricted" => {
            "TLS 1.2 from Android 15 on, the system's own before".to_owned()
        }
        Fact::Known(version) => format!("{}{}", version.replacen("TLSv", "TLS ", 1), note(said, places)),
        Fact::Absent => format!("NONE: App Transport Security is off{}", note(said, places)),
        Fact::Unknown(why) | Fact::Unreadable(why) => format!("not known: {why}"),
    }
}

pub(super) fn trusted<'a>(one: &'a Connection, places: &mut Vec<&'a Location>) -> String {
    if one.platform == "ios" {
        return "the system's authorities, and those that the user installed and switched on".to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    match &one.system_authorities.value {
        Fact::Known(true) => words.push(format!("the system's authorities{}", note(&one.system_authorities, places))),
        Fact::Known(false) | Fact::Absent => {}
        Fact::Unknown(why) | Fact::Unreadable(why) => return format!("not known: {why}"),
    }
    match &one.user_authorities.value {
        Fact::Known(true) => words.push(format!("THE USER'S{}", note(&one.user_authorities, places))),
        Fact::Known(false) | Fact::Absent => {}
        Fact::Unknown(why) | Fact::Unreadable(why) => words.push(format!("whether the user's too is not known: {why}")),
    }
    words.extend(one.own_authorities.iter().map(|name| format!("the app's own `{name}`")));
    if words.is_empty() { "nobody: every connection fails".to_owned() } else { words.join(", ") }
}

pub(super) fn pinned<'a>(one: &'a Connection, places: &mut Vec<&'a Location>) -> String {
    let number = match &one.pins.value {
        Fact::Known(0) => format!("NO VALID KEY{}", note(&one.pins, places)),
        Fact::Known(1) => format!("1 key, without a backup{}", note(&one.pins, places)),
        Fact::Known(number) => format!("{number} keys{}", note(&one.pins, places)),
        Fact::Absent => return "none".to_owned(),
        Fact::Unknown(why) | Fact::Unreadable(why) => return format!("not known: {why}"),
    };
    let end = match (&one.pins_end.value, one.pins_days_left) {
        (Fact::Known(end), Some(left)) if left <= 0 => {
            format!(", EXPIRED on {end}, {} ago{}: nothing is pinned", counted(-left), note(&one.pins_end, places))
        }
        (Fact::Known(end), Some(left)) => {
            format!(", until {end}, {} left{}", counted(left), note(&one.pins_end, places))
        }
        (Fact::Known(end), None) => format!(", until {end}"),
        (Fact::Absent, _) => ", without an end".to_owned(),
        (Fact::Unknown(why) | Fact::Unreadable(why), _) => format!(", their end is not known: {why}"),
    };
    let over = match one.pins_overridden_by.as_slice() {
        [] => String::new(),
        names => format!("; certificates of {} pass despite them", names.join(", ")),
    };
    format!("{number}{end}{over}")
}

pub(super) fn counted(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

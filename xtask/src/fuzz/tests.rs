use super::{Asked, TARGETS, asked, in_words};

fn of(words: &[&str]) -> Result<Asked, String> {
    asked(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
}

#[test]
fn words_name_targets_and_how_long() {
    let all = Asked { targets: TARGETS.to_vec(), seconds: 60, jobs: 1 };
    assert_eq!(of(&[]), Ok(all));
    let some = Asked { targets: vec!["row_tokens", "money_text"], seconds: 300, jobs: 2 };
    assert_eq!(of(&["row_tokens", "--seconds", "300", "money_text", "--jobs", "2"]), Ok(some));
}

#[test]
fn what_cannot_be_understood_is_named() {
    for (words, said) in [
        (&["row_token"][..], "no fuzz target `row_token`"),
        (&["--seconds"], "--seconds needs"),
        (&["--seconds", "long"], "--seconds needs"),
        (&["--jobs", "0"], "--jobs needs"),
    ] {
        let error = of(words).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}

/// Each target has its file, its row in the manifest, and seeds to begin with.
#[test]
fn every_target_is_there() {
    let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let names = |folder: &str| {
        let files = std::fs::read_dir(fuzz.join(folder)).unwrap();
        let name =
            |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<String> = files.map(|file| name(file.unwrap().path())).collect();
        names.sort();
        names
    };
    let mut told: Vec<String> = TARGETS.iter().map(|target| (*target).to_owned()).collect();
    told.sort();
    assert_eq!(names("targets"), told);
    assert_eq!(names("seeds"), told);
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for target in TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
    }
}

#[test]
fn a_run_is_told_in_one_line() {
    let said = "#8\tINITED cov: 12 ft: 13\n#99\tREDUCE cov: 345 ft: 999 corp: 3\n\
                stat::number_of_executed_units: 123456\nstat::peak_rss_mb: 99\n";
    assert_eq!(in_words(said, true), "123456 inputs, 345 edges, nothing found");
    assert!(in_words("", false).starts_with("? inputs, ? edges, FOUND"));
}

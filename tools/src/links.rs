//! Links of built documentation that lead nowhere: to a file or a part of a page that is not there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
};

/// One line for each dead link from a page below `pages`; links to the web are not looked at.
pub(crate) fn dead(pages: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    collect(pages, &mut files)?;
    files.sort();
    let mut ids = BTreeMap::new();
    let mut dead = Vec::new();
    for page in files {
        let text = fs::read_to_string(&page)?;
        let links: BTreeSet<_> = attributes(&text, "href").collect();
        for link in links.into_iter().filter(|link| is_local(link)) {
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.clone(),
                _ => normal(&page.with_file_name(file)),
            };
            if !leads_to(&target, part, &mut ids)? {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    Ok(dead)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            files.push(path);
        }
    }
    Ok(())
}

/// To a file beside the page, or to a part of it. Names of items, without an ending, stand in what is shown of
/// dependencies.
fn is_local(link: &str) -> bool {
    let file = link.split('#').next().unwrap_or_default();
    !link.contains("://") && (file.is_empty() || Path::new(file).extension().is_some())
}

/// `a/b/../c` is `a/c`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, component| {
        match component {
            Component::ParentDir => _ = normal.pop(),
            other => normal.push(other),
        }
        normal
    })
}

fn leads_to(target: &Path, part: &str, known: &mut BTreeMap<PathBuf, BTreeSet<String>>) -> io::Result<bool> {
    if !target.is_file() {
        return Ok(false);
    }
    // Scripts make the lines of a source page.
    if part.is_empty() || target.components().any(|component| component.as_os_str() == "src") {
        return Ok(true);
    }
    if !known.contains_key(target) {
        let ids = attributes(&fs::read_to_string(target)?, "id").collect();
        known.insert(target.to_owned(), ids);
    }
    Ok(known[target].contains(part))
}

/// The values of an attribute, in the order of the text.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = String> + 'a {
    let start = format!(" {name}=\"");
    let places: Vec<_> = html.match_indices(&start).map(|(place, found)| place + found.len()).collect();
    places.into_iter().map(|place| {
        let value = html[place..].split('"').next().unwrap_or_default();
        value.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    })
}

#[cfg(test)]
mod tests {
    use super::dead;
    use std::fs;

    #[test]
    fn a_link_to_a_missing_file_or_part_is_dead() {
        let pages = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(pages.path().join(name), text).unwrap();
        write(
            "a.html",
            r##"<a href="b.html#here">1</a> <a href="#own">2</a> <p id="own"> <a href="https://a.example/x.md">"##,
        );
        write("b.html", r#"<h2 id="here"></h2> <a href="a.html">3</a>"#);
        assert_eq!(dead(pages.path()).unwrap(), [] as [String; 0]);

        write("b.html", r##"<h2 id="there"></h2> <a href="c.md">3</a> <a href="#gone">4</a>"##);
        let found = dead(pages.path()).unwrap();
        let ends: Vec<_> = found.iter().map(|line| line.rsplit(": ").next().unwrap()).collect();
        assert_eq!(ends, ["b.html#here", "#gone", "c.md"]);
    }
}

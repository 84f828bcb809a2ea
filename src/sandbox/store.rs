//! Resources that are merely kept.

use std::collections::HashMap;

/// Items by id, in the order in which they were first put.
pub(super) struct Store<T> {
    keys: Keys,
    /// One for each key, in the same order.
    items: Vec<T>,
}

/// What a store knows whatever its items are, so that it is compiled once for all of them.
#[derive(Default)]
struct Keys {
    /// The id of each item, with a number that grows from one to the next: a cursor holds its place whatever is deleted.
    ids: Vec<(u64, String)>,
    numbers: HashMap<String, u64>,
    latest: u64,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { keys: Keys::default(), items: Vec::new() }
    }
}

impl<T> Store<T> {
    /// A store of items that are numbered elsewhere; `latest` is the highest number that was given out.
    pub(super) fn numbered(items: impl Iterator<Item = (u64, String, T)>, latest: u64) -> Self {
        let mut store = Self::default();
        for (number, id, item) in items {
            store.keys.add(number, id);
            store.items.push(item);
        }
        store.keys.latest = latest;
        store
    }

    /// Adds an item at the end, or puts it in the place of the one with this id, which it gives.
    pub(super) fn put(&mut self, id: &str, item: T) -> Option<T> {
        if let Some(known) = self.get_mut(id) {
            return Some(std::mem::replace(known, item));
        }
        self.keys.add(self.keys.latest + 1, id.to_owned());
        self.items.push(item);
        None
    }

    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.items.get(self.keys.place(id)?)
    }

    /// The item, to be changed.
    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.items.get_mut(self.keys.place(id)?)
    }

    pub(super) fn delete(&mut self, id: &str) -> Option<T> {
        let place = self.keys.delete(id)?;
        (place < self.items.len()).then(|| self.items.remove(place))
    }

    pub(super) fn retain(&mut self, keep: &dyn Fn(&str, &T) -> bool) {
        let mut keeps = Vec::new();
        for (id, item) in self.iter() {
            keeps.push(keep(id, item));
        }
        self.keys.retain(&keeps);
        let mut keeps = keeps.into_iter();
        self.items.retain(|_| keeps.next().unwrap_or(true));
    }

    /// Forgets the first until there are no more than this, and gives them.
    pub(super) fn keep_latest(&mut self, most: usize) -> Vec<T> {
        let surplus = self.len().saturating_sub(most);
        self.keys.forget(surplus);
        self.items.drain(..surplus).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Ids and items.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.keys.ids().zip(&self.items)
    }

    /// The ids and items that fit.
    pub(super) fn filter(&self, fits: &dyn Fn(&str, &T) -> bool) -> Vec<(&str, &T)> {
        let mut found = Vec::new();
        for (id, item) in self.iter() {
            if fits(id, item) {
                found.push((id, item));
            }
        }
        found
    }

    /// The ids of the items that fit, for what changes the store meanwhile.
    pub(super) fn ids(&self, fits: &dyn Fn(&T) -> bool) -> Vec<String> {
        let mut found = Vec::new();
        for (id, item) in self.iter() {
            if fits(item) {
                found.push(id.to_owned());
            }
        }
        found
    }

    /// What follows on a cursor, or the beginning; `None` for a cursor that is none of this store's.
    pub(super) fn follow(
        &self,
        cursor: Option<&str>,
        size: usize,
        fits: &dyn Fn(&str, &T) -> bool,
    ) -> Option<Slice<'_, T>> {
        Some(self.slice(self.keys.follow(cursor, size, &|place| self.fits(place, fits))?))
    }

    /// The same with the latest first: what is put between two pages is on neither.
    pub(super) fn follow_back(
        &self,
        cursor: Option<&str>,
        size: usize,
        fits: &dyn Fn(&str, &T) -> bool,
    ) -> Option<Slice<'_, T>> {
        Some(self.slice(self.keys.follow_back(cursor, size, &|place| self.fits(place, fits))?))
    }

    fn fits(&self, place: usize, fits: &dyn Fn(&str, &T) -> bool) -> bool {
        self.at(place).is_some_and(|(id, item)| fits(id, item))
    }

    fn at(&self, place: usize) -> Option<(&str, &T)> {
        Some((&self.keys.ids.get(place)?.1, self.items.get(place)?))
    }

    fn slice(&self, Page { places, previous, next }: Page) -> Slice<'_, T> {
        let mut items = Vec::new();
        for place in places {
            items.extend(self.at(place));
        }
        Slice { items, previous, next }
    }
}

impl Keys {
    fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(|(_, id)| id.as_str())
    }

    fn add(&mut self, number: u64, id: String) {
        self.latest = number;
        self.numbers.insert(id.clone(), number);
        self.ids.push((number, id));
    }

    fn place(&self, id: &str) -> Option<usize> {
        let number = self.numbers.get(id)?;
        self.ids.binary_search_by_key(number, |(number, _)| *number).ok()
    }

    /// Where it was.
    fn delete(&mut self, id: &str) -> Option<usize> {
        let place = self.place(id)?;
        self.ids.remove(place);
        self.numbers.remove(id);
        Some(place)
    }

    fn retain(&mut self, keeps: &[bool]) {
        let mut keeps = keeps.iter();
        self.ids.retain(|(_, id)| {
            let keeps = keeps.next().is_none_or(|keeps| *keeps);
            if !keeps {
                self.numbers.remove(id);
            }
            keeps
        });
    }

    /// Forgets the first `count`.
    fn forget(&mut self, count: usize) {
        for (_, id) in self.ids.drain(..count) {
            self.numbers.remove(&id);
        }
    }

    fn follow(&self, cursor: Option<&str>, size: usize, fits: &dyn Fn(usize) -> bool) -> Option<Page> {
        let shown = self.shown(cursor, self.latest)?;
        let from = shown.map_or(0, |shown| self.ids.partition_point(|(number, _)| *number <= shown));
        let previous = shown.and_then(|_| self.first_before(&mut (0..from).rev(), size, fits));
        let previous = previous.map(|first| cursor_after(first - 1));
        Some(self.page(&mut (from..self.ids.len()), size, fits, previous))
    }

    fn follow_back(&self, cursor: Option<&str>, size: usize, fits: &dyn Fn(usize) -> bool) -> Option<Page> {
        let (shown, count) = (self.shown(cursor, self.latest + 1)?, self.ids.len());
        let until = shown.map_or(count, |shown| self.ids.partition_point(|(number, _)| *number < shown));
        let previous = shown.and_then(|_| self.first_before(&mut (until..count), size, fits));
        let previous = previous.map(|first| cursor_after(first + 1));
        Some(self.page(&mut (0..until).rev(), size, fits, previous))
    }

    /// The number that a cursor holds, which is this at most.
    fn shown(&self, cursor: Option<&str>, most: u64) -> Option<Option<u64>> {
        let Some(cursor) = cursor else { return Some(None) };
        read_cursor(cursor).filter(|shown| *shown <= most).map(Some)
    }

    /// The number of the first item on the page before, where these places lead back from a page to the beginning.
    fn first_before(
        &self,
        places: &mut dyn Iterator<Item = usize>,
        size: usize,
        fits: &dyn Fn(usize) -> bool,
    ) -> Option<u64> {
        let first = places.filter(|place| fits(*place)).take(size).last()?;
        self.ids.get(first).map(|(number, _)| *number)
    }

    /// The first of these places that fit, and a cursor where there are more.
    fn page(
        &self,
        places: &mut dyn Iterator<Item = usize>,
        size: usize,
        fits: &dyn Fn(usize) -> bool,
        previous: Option<String>,
    ) -> Page {
        let mut found = places.filter(|place| fits(*place));
        let places: Vec<_> = found.by_ref().take(size).collect();
        let last = places.last().and_then(|last| self.ids.get(*last)).map_or(0, |(number, _)| *number);
        Page { places, previous, next: found.next().map(|_| cursor_after(last)) }
    }
}

/// Where the items of a page are, with its cursors.
struct Page {
    places: Vec<usize>,
    previous: Option<String>,
    next: Option<String>,
}

/// A page by cursor.
pub(super) struct Slice<'a, T> {
    pub(super) items: Vec<(&'a str, &'a T)>,
    /// The cursor of the page before; `None` on the first.
    pub(super) previous: Option<String>,
    /// The cursor of the page that follows; `None` on the last.
    pub(super) next: Option<String>,
}

fn cursor_after(number: u64) -> String {
    format!("cur_{number:016x}")
}

fn read_cursor(cursor: &str) -> Option<u64> {
    let number = u64::from_str_radix(cursor.strip_prefix("cur_")?, 16).ok()?;
    (cursor == cursor_after(number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Store, cursor_after};
    use serde_json::{Map, Value, json};

    fn store(ids: &[&str]) -> Store<Value> {
        let mut store = Store::default();
        for id in ids {
            store.put(id, json!({ "id": id }));
        }
        store
    }

    fn all(_: &str, _: &Value) -> bool {
        true
    }

    fn ids<T>(items: &[(&str, T)]) -> String {
        items.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(" ")
    }

    /// The ids of every page, and a cursor that leads round would never end.
    fn walk(store: &Store<Value>, size: usize, fits: &dyn Fn(&str, &Value) -> bool) -> Vec<String> {
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let slice = store.follow(cursor.as_deref(), size, fits).unwrap();
            pages.push(ids(&slice.items));
            assert!(pages.len() < 100, "{pages:?}");
            match slice.next {
                Some(next) => cursor = Some(next),
                None => return pages,
            }
        }
    }

    #[test]
    fn what_is_put_is_kept_until_it_is_deleted() {
        let mut store = Store::<Map<String, Value>>::default();
        let named = |name: &str| Map::from_iter([("name".to_owned(), name.into())]);
        assert!(store.get("a").is_none());
        assert!(store.put("a", named("first")).is_none());
        store.put("b", named("second"));
        assert_eq!(store.put("a", named("third")), Some(named("first")));
        assert_eq!((store.len(), store.get("a")), (2, Some(&named("third"))));
        store.get_mut("b").unwrap().insert("name".to_owned(), "fourth".into());
        assert_eq!(store.get("b"), Some(&named("fourth")));
        assert!(store.get_mut("c").is_none());
        assert_eq!(store.delete("a"), Some(named("third")));
        assert!(store.delete("a").is_none());
        assert!(store.get("a").is_none());
        assert_eq!(store.len(), 1);
    }

    #[test]
    fn the_order_is_that_in_which_they_were_first_put() {
        let mut store = store(&["d", "a", "c", "b"]);
        store.put("a", json!("replaced"));
        store.delete("c");
        assert_eq!(ids(&store.iter().collect::<Vec<_>>()), "d a b");
        store.put("c", json!("again"));
        assert_eq!(ids(&store.iter().collect::<Vec<_>>()), "d a b c");
        store.retain(&|id, _| id != "a");
        assert_eq!(ids(&store.iter().collect::<Vec<_>>()), "d b c");
        assert!(store.get("a").is_none());
        store.put("a", json!("last"));
        assert_eq!(ids(&store.iter().collect::<Vec<_>>()), "d b c a");
    }

    #[test]
    fn cursors_lead_to_every_item_once() {
        let store = store(&["a", "b", "c", "d", "e"]);
        assert_eq!(walk(&store, 2, &all), ["a b", "c d", "e"]);
        assert_eq!(walk(&store, 5, &all), ["a b c d e"], "a full page may be the last");
        assert_eq!(walk(&store, 9, &all), ["a b c d e"]);
        assert_eq!(walk(&store, 1, &|id, _| matches!(id, "b" | "d")), ["b", "d"]);
        assert_eq!(walk(&super::Store::default(), 2, &all), [""]);
    }

    #[test]
    fn a_cursor_holds_its_place_whatever_comes_and_goes() {
        let mut store = store(&["a", "b", "c", "d"]);
        let next = store.follow(None, 2, &all).unwrap().next.unwrap();
        store.delete("a");
        store.delete("b");
        store.put("e", json!({}));
        let slice = store.follow(Some(&next), 9, &all).unwrap();
        assert_eq!((ids(&slice.items), slice.next), ("c d e".to_owned(), None));
    }

    #[test]
    fn the_way_back_begins_with_the_latest_and_never_meets_what_comes_meanwhile() {
        let mut store = store(&["a", "b", "c", "d"]);
        let (mut pages, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let slice = store.follow_back(cursor.as_deref(), 2, &|id, _| id != "c").unwrap();
            let (shown, next) = (ids(&slice.items), slice.next);
            pages.push(shown);
            store.put(&format!("later {}", pages.len()), json!({}));
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(pages, ["d b", "a"]);
        assert!(store.follow_back(Some("1"), 2, &all).is_none());
    }

    #[test]
    fn the_page_before_is_where_the_walk_came_from() {
        let store = store(&["a", "b", "c", "d", "e", "f"]);
        let filter = |id: &str, _: &Value| id != "b";
        type Shown = (String, Option<String>, Option<String>);
        let walk = |follow: &dyn Fn(Option<&str>) -> Shown| {
            let (first, before, next) = follow(None);
            assert_eq!(before, None);
            let (second, before, last) = follow(next.as_deref());
            assert_eq!(follow(before.as_deref()).0, first);
            let (third, before, none) = follow(last.as_deref());
            assert_eq!((&follow(before.as_deref()).0, none), (&second, None));
            [first, second, third]
        };
        let shown = |slice: super::Slice<'_, Value>| (ids(&slice.items), slice.previous, slice.next);
        let pages = walk(&|cursor| shown(store.follow(cursor, 2, &filter).unwrap()));
        assert_eq!(pages, ["a c", "d e", "f"]);
        let pages = walk(&|cursor| shown(store.follow_back(cursor, 2, &filter).unwrap()));
        assert_eq!(pages, ["f e", "d c", "a"]);
    }

    #[test]
    fn the_first_are_forgotten_where_there_are_too_many() {
        let mut store = store(&["a", "b", "c"]);
        store.keep_latest(3);
        assert_eq!(store.len(), 3);
        store.keep_latest(1);
        assert_eq!((store.len(), store.get("a"), store.get("c").is_some()), (1, None, true));
        store.put("a", json!({}));
        assert_eq!(ids(&store.iter().collect::<Vec<_>>()), "c a");
    }

    #[test]
    fn a_cursor_of_nobody_s_is_told() {
        let store = store(&["a"]);
        let beyond = cursor_after(2);
        let largest = cursor_after(u64::MAX);
        for cursor in
            ["", "1", "cur_", "cur_1", "cur_+000000000000001", "cur_000000000000000A", &beyond, &largest]
        {
            assert!(store.follow(Some(cursor), 1, &all).is_none(), "{cursor}");
        }
        assert!(store.follow(Some(&cursor_after(1)), 1, &all).unwrap().items.is_empty());
    }
}

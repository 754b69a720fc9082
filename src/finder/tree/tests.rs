//! The tree against a plain look at every point.

use proptest::prelude::*;

use super::*;

type Made = Vec<([f64; 3], u64)>;

fn a_point() -> impl Strategy<Value = [f64; 3]> {
    let latitude = prop_oneof![-90.0..=90.0, Just(90.0), 34.82..=34.83];
    let longitude = prop_oneof![-180.0..=180.0, Just(180.0), 179.999..=180.0, 112.43..=112.44];
    (latitude, longitude).prop_map(|(latitude, longitude): (f64, f64)| {
        let ((sine, cosine), (y, x)) = (latitude.to_radians().sin_cos(), longitude.to_radians().sin_cos());
        [cosine * x, cosine * y, sine]
    })
}

fn points() -> impl Strategy<Value = Made> {
    prop::collection::vec((a_point(), 0_u64..16), 0..300)
}

fn tree(made: &Made) -> Tree {
    let points = (0..).zip(made).map(|(item, (at, _))| (*at, item)).collect();
    Tree::new(points, made.len(), |item| made[item as usize].1)
}

fn found(tree: &Tree, from: [f64; 3], bound: f64, wanted: Wanted, limit: usize) -> Vec<(f64, u32)> {
    let mut best: Vec<(f64, u32)> = Vec::new();
    tree.nearest(from, bound, wanted, |seen| {
        best.push((seen.chord_squared, seen.item));
        best.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        best.truncate(limit);
        if best.len() < limit { bound } else { best[limit - 1].0 }
    });
    best
}

fn looked_through(made: &Made, from: [f64; 3], bound: f64, wanted: Wanted, limit: usize) -> Vec<(f64, u32)> {
    let all = (0..).zip(made).filter(|(_, (_, bits))| wanted.fits(*bits));
    let all = all.map(|(item, (at, _))| (chord_squared(from, *at), item));
    let mut all: Vec<(f64, u32)> = all.filter(|(chord_squared, _)| *chord_squared <= bound).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all.truncate(limit);
    all
}

proptest! {
    #[test]
    fn the_nearest_are_those_of_a_look_at_all(
        made in points(), from in a_point(), bound in prop_oneof![Just(f64::INFINITY), 0.0..4.0], limit in 1_usize..12,
        all in 0_u64..16, any in [0_u64..16, 0_u64..16],
    ) {
        let wanted = Wanted { all, any };
        let tree = tree(&made);
        prop_assert_eq!(
            found(&tree, from, bound, wanted, limit),
            looked_through(&made, from, bound, wanted, limit)
        );
    }

    #[test]
    fn bits_that_change_count_at_once(
        mut made in points(), from in a_point(), changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u64..16), 0..30),
        all in 0_u64..16,
    ) {
        let tree = tree(&made);
        let wanted = Wanted { all, any: [0; 2] };
        let changes = if made.is_empty() { Vec::new() } else { changes };
        for (place, bits) in changes {
            let place = place.index(made.len());
            made[place].1 = bits;
            tree.set_bits(place, bits);
        }
        let expected = looked_through(&made, from, 4.1, wanted, 5);
        prop_assert_eq!(&found(&tree, from, 4.1, wanted, 5), &expected);
        let copy = tree.copied(|_, bits| bits);
        prop_assert_eq!(&found(&copy, from, 4.1, wanted, 5), &expected);
        tree.set_all_bits(|item, bits| (item % 2 == 0).then_some(bits ^ 1));
        (0..).zip(&mut made).filter(|(item, _)| item % 2 == 0).for_each(|(_, (_, bits))| *bits ^= 1);
        prop_assert_eq!(found(&tree, from, 4.1, wanted, 5), looked_through(&made, from, 4.1, wanted, 5));
        prop_assert_eq!(found(&copy, from, 4.1, wanted, 5), expected, "a copy has bits of its own");
    }

    #[test]
    fn a_box_holds_what_lies_in_it(made in points(), a in a_point(), b in a_point(), all in 0_u64..16) {
        let (low, high): ([f64; 3], [f64; 3]) =
            (std::array::from_fn(|axis| a[axis].min(b[axis])), std::array::from_fn(|axis| a[axis].max(b[axis])));
        let wanted = Wanted { all, any: [0; 2] };
        let mut seen = Vec::new();
        tree(&made).within(low, high, wanted, |item| { seen.push(item); true });
        seen.sort_unstable();
        let lies = |at: &[f64; 3]| (0..3).all(|axis| low[axis] <= at[axis] && at[axis] <= high[axis]);
        let expected = (0..).zip(&made).filter(|(_, (at, bits))| lies(at) && wanted.fits(*bits));
        prop_assert_eq!(seen, expected.map(|(item, _)| item).collect::<Vec<u32>>());
    }
}

#[test]
fn items_without_a_place_are_nowhere() {
    let tree = Tree::new(vec![([1.0, 0.0, 0.0], 2)], 4, |_| 1);
    assert_eq!((tree.at(2), tree.at(1), tree.at(9)), (Some(&[1.0, 0.0, 0.0]), None, None));
    tree.set_bits(1, 7);
    assert_eq!((tree.bits(2), tree.bits(1)), (Some(1), None));
}

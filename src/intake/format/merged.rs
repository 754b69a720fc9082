//! Merged cells: one value for a region.

use calamine::Dimensions;

use super::settings::MAX_COLUMNS;
use super::workbook::Cell;

/// The merged regions of a sheet, met row by row from the top. Rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Those still below, the lowest first.
    below: Vec<Region>,
    /// Those the last row was in.
    here: Vec<Region>,
}

#[derive(Debug)]
struct Region {
    area: Dimensions,
    text: String,
}

impl Merged {
    /// Takes the regions whose first cell has a text; `cells` are in order of row and column.
    pub(super) fn new(areas: Vec<Dimensions>, cells: &[Cell]) -> Self {
        let region = |area: Dimensions| {
            let first = cells.binary_search_by_key(&area.start, |cell| cell.at).ok()?;
            Some(Region { area, text: cells.get(first)?.text.clone() })
        };
        let mut below: Vec<_> = areas.into_iter().filter_map(region).collect();
        below.sort_by_key(|region| std::cmp::Reverse(region.area.start));
        Self { below, here: Vec::new() }
    }

    /// Writes the regions into a row, which must lie below the one before. Cells to the right of `texts` are not wanted.
    pub(super) fn fill(&mut self, row: u32, texts: &mut [Option<String>]) {
        while let Some(region) = self.below.pop_if(|region| region.area.start.0 <= row) {
            self.here.push(region);
        }
        self.here.retain(|region| region.area.end.0 >= row);
        // In a sound sheet regions do not overlap: a column has one at most. This bounds the work in an unsound one.
        self.here.truncate(MAX_COLUMNS);
        for Region { area, text } in &self.here {
            let columns = area.start.1 as usize..(area.end.1 as usize + 1).min(texts.len());
            for cell in texts.get_mut(columns).unwrap_or_default() {
                *cell = Some(text.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_fills_its_rows_and_columns() {
        let cells = [Cell { at: (1, 0), text: "东".to_owned() }, Cell { at: (2, 1), text: "x".to_owned() }];
        let areas =
            vec![Dimensions::new((2, 1), (2, 9)), Dimensions::new((1, 0), (2, 0)), Dimensions::new((5, 0), (9, 0))];
        let mut merged = Merged::new(areas, &cells);
        let mut read = |row| {
            let mut texts = vec![None; 3];
            merged.fill(row, &mut texts);
            texts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|")
        };
        assert_eq!([0, 1, 2, 3, 6].map(&mut read), ["||", "东||", "东|x|x", "||", "||"]);
    }
}

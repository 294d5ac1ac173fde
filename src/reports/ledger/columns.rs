//! The tables of a ledger as Parquet: the same rows and columns as in JSON lines, each column of its type and nullable.

use std::io;
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::export::{Cell, Kind, Table};
use crate::ledger::Ledger;

/// Rows of one group: what a query reads at once.
const GROUP: usize = 100_000;
/// What the file says of its writer, after the pattern of the format. The version belongs to the tool, not to the library:
/// a newer library alone does not change what is said here.
const CREATED_BY: &str = concat!(env!("CARGO_PKG_NAME"), " version ", env!("CARGO_PKG_VERSION"));

/// One table as a Parquet file. The same ledger gives the same bytes.
///
/// # Errors
/// None that is known: the value is plain data.
pub fn parquet(ledger: &Ledger, table: Table) -> io::Result<Vec<u8>> {
    file(table, &table.rows(ledger)).map_err(io::Error::other)
}

fn file(table: Table, rows: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let fields = table.columns().iter().map(|(name, kind)| field(name, *kind)).collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder(table.name()).with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::GZIP(parquet::basic::GzipLevel::default()))
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    for rows in rows.chunks(GROUP) {
        let mut group = writer.next_row_group()?;
        let mut index = 0;
        while let Some(mut column) = group.next_column()? {
            let cells: Vec<&Cell> = rows.iter().map(|row| row.get(index).unwrap_or(&Cell::Null)).collect();
            write(column.untyped(), &cells)?;
            column.close()?;
            index += 1;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn field(name: &str, kind: Kind) -> Result<Arc<Type>> {
    let builder = match kind {
        Kind::Text => Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8),
        Kind::Number => Type::primitive_type_builder(name, Physical::INT64),
        Kind::Flag => Type::primitive_type_builder(name, Physical::BOOLEAN),
    };
    Ok(Arc::new(builder.with_repetition(Repetition::OPTIONAL).build()?))
}

/// A null has no value, and 0 in the list that says which rows have one.
fn write(column: &mut ColumnWriter<'_>, cells: &[&Cell]) -> Result<()> {
    let there: Vec<i16> = cells.iter().map(|cell| i16::from(**cell != Cell::Null)).collect();
    let full = cells.iter().filter(|cell| ***cell != Cell::Null);
    match column {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let values: Vec<ByteArray> = full
                .map(|cell| match cell {
                    Cell::Text(text) => Ok(ByteArray::from(text.as_str())),
                    other => Err(strange(other)),
                })
                .collect::<Result<_>>()?;
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let values: Vec<i64> = full
                .map(|cell| match cell {
                    Cell::Number(number) => Ok(*number),
                    other => Err(strange(other)),
                })
                .collect::<Result<_>>()?;
            writer.write_batch(&values, Some(&there), None)?;
        }
        ColumnWriter::BoolColumnWriter(writer) => {
            let values: Vec<bool> = full
                .map(|cell| match cell {
                    Cell::Flag(flag) => Ok(*flag),
                    other => Err(strange(other)),
                })
                .collect::<Result<_>>()?;
            writer.write_batch(&values, Some(&there), None)?;
        }
        _ => return Err(ParquetError::General("a column of an unknown type".to_owned())),
    }
    Ok(())
}

fn strange(cell: &Cell) -> ParquetError {
    ParquetError::General(format!("a cell does not fit its column: {cell:?}"))
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn read(bytes: Vec<u8>) -> (SerializedFileReader<bytes::Bytes>, Vec<Vec<Cell>>) {
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| {
                row.unwrap()
                    .get_column_iter()
                    .map(|(_, field)| match field {
                        Field::Null => Cell::Null,
                        Field::Str(text) => Cell::Text(text.clone()),
                        Field::Long(number) => Cell::Number(*number),
                        Field::Bool(flag) => Cell::Flag(*flag),
                        other => panic!("{other:?}"),
                    })
                    .collect()
            })
            .collect();
        (reader, rows)
    }

    #[test]
    fn the_rows_are_those_of_the_other_formats() {
        let ledger = Ledger::load(&crate::ledger::Folder::new(std::path::Path::new("reports/ledger"))).unwrap();
        for table in [Table::Records, Table::Findings, Table::Keys] {
            let bytes = parquet(&ledger, table).unwrap();
            assert_eq!(bytes, parquet(&ledger, table).unwrap());
            let (reader, rows) = read(bytes);
            assert_eq!(rows, table.rows(&ledger));
            let file = reader.metadata().file_metadata();
            assert_eq!(file.created_by(), Some(CREATED_BY));
            let names: Vec<&str> = file.schema().get_fields().iter().map(|field| field.name()).collect();
            assert_eq!(names, table.columns().iter().map(|(name, _)| *name).collect::<Vec<_>>());
        }
    }

    #[test]
    fn groups_are_bounded_and_an_empty_table_is_a_file() {
        let row = |number: usize| {
            let mut row = vec![Cell::Null; Table::Keys.columns().len()];
            row[0] = Cell::Text(number.to_string());
            row
        };
        let rows: Vec<Vec<Cell>> = (0..=GROUP).map(row).collect();
        let (reader, found) = read(file(Table::Keys, &rows).unwrap());
        assert_eq!((reader.num_row_groups(), found == rows), (2, true));
        let (reader, found) = read(file(Table::Keys, &[]).unwrap());
        assert_eq!((reader.num_row_groups(), found.len()), (0, 0));
    }

    #[test]
    fn a_cell_of_another_type_is_an_error() {
        let mut row = vec![Cell::Null; Table::Keys.columns().len()];
        row[0] = Cell::Number(1);
        assert!(file(Table::Keys, &[row]).unwrap_err().to_string().contains("does not fit"));
    }
}

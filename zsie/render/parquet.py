"""Parquet: one file a table, typed, in row groups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from zsie.render.filed import COLUMNS, Draft, Filed, printable
from zsie.render.table import Row

_GROUP = 20_000
"""Rows held before they are written."""
_INTEGERS = frozenset({"part", "start", "end", "mentions"})
_DECIMALS = frozenset({"value", "low", "high"})
_DATES = frozenset({"period_start", "period_end"})
_PLACES = Decimal(1).scaleb(-10)


class ParquetFiles:
    """One `TABLE.parquet` a table. Numbers are `decimal128(38, 10)`, exact; one that does not fit is null."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._tables = {name: _Table(out / f"{name}.parquet", columns) for name, columns in COLUMNS.items()}

    def add(self, filed: Filed) -> None:
        """Write a report's rows."""
        for name, rows in filed.rows.items():
            self._tables[name].write(rows)

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the files."""
        self._tables["errors"].write(errors)
        return [table.close() for table in self._tables.values()]

    def drop(self) -> None:
        """Delete half-written files."""
        for table in self._tables.values():
            table.drop()


class _Table:
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._pa = pa
        self._schema = pa.schema([(column, _type(pa, column)) for column in columns])
        self._draft = Draft(path)
        self._file = pq.ParquetWriter(self._draft.draft, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        self._rows += rows
        if len(self._rows) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        columns = {name: [_typed(name, row.get(name)) for row in self._rows] for name in self._schema.names}
        self._file.write_table(self._pa.table(columns, schema=self._schema))
        self._rows = []

    def close(self) -> Path:
        self._flush()
        self._file.close()
        return self._draft.keep()

    def drop(self) -> None:
        self._file.close()
        self._draft.drop()


def _type(pa: Any, column: str) -> Any:
    if column in _INTEGERS:
        return pa.int64()
    if column in _DECIMALS:
        return pa.decimal128(38, 10)
    if column in _DATES:
        return pa.date32()
    return pa.float64() if column == "confidence" else pa.string()


def _typed(column: str, value: Any) -> Any:
    if column in _DECIMALS and value is not None:
        try:
            number = Decimal(value)
            fits = number == number.quantize(_PLACES) and abs(number) < Decimal(10) ** 28
        except InvalidOperation:
            return None
        return number if fits else None
    if column in _DATES and value is not None:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return printable(value) if isinstance(value, str) else value

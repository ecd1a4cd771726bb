"""Parse data sets on a Ray cluster (extra `[scale]`): rows in, rows with their reports out, whatever happens on the way.

import ray, zsie.ray
rows = ray.data.read_parquet("reports/")            # a column `text`
zsie.ray.parse_dataset(rows).write_parquet("parsed/")
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsie.api import Parser, load
from zsie.model.runtime import Model

if TYPE_CHECKING:
    import pandas as pd
    import ray.data

REPORT, ERROR = "report", "error"


class ParseRows:
    """What an actor does with a batch of rows; usable without Ray on any pandas frame."""

    def __init__(self, files: dict[str, bytes], text: str, date: str | None, threads: int) -> None:
        """`files` is the content of a model folder: a cluster's nodes need not share a disk."""
        self.parser = Parser(Model(files), threads=threads)
        self.text, self.date = text, date

    def __call__(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add the columns `report` (JSON of schema zsie/1) and `error`; exactly one of them is filled in each row."""
        if self.text not in rows.columns:
            raise KeyError(f"no column {self.text!r}; the columns are {', '.join(map(str, rows.columns))}; name one with text=")
        texts = rows[self.text].tolist()
        days = [None] * len(rows) if self.date is None else [_day(value) for value in rows[self.date]]
        reports: list[str | None] = [None] * len(rows)
        errors: list[str | None] = [None if isinstance(t, str) else _no_text(t) for t in texts]
        groups: dict[Any, list[int]] = {}
        for i, day in enumerate(days):
            if errors[i] is None:
                groups.setdefault(day, []).append(i)
        for day, group in groups.items():
            try:
                for i, report in zip(group, self.parser.stream([texts[i] for i in group], date=day), strict=True):
                    reports[i] = report.to_json()
            except Exception:
                # Something in the group cannot be parsed: find out which row it is.
                for i in group:
                    reports[i], errors[i] = self._one(texts[i], day)
        added: pd.DataFrame = rows.copy()
        added[REPORT], added[ERROR] = _column(reports, rows), _column(errors, rows)
        return added

    def _one(self, text: str, day: Any) -> tuple[str | None, str | None]:
        try:
            return self.parser.parse(text, date=day).to_json(), None
        except Exception as error:
            return None, f"{type(error).__name__}: {error}"


def _no_text(value: object) -> str:
    """Why a cell is not read. Missing cells come as None, NaN or NA, as the reader of the data set likes."""
    missing = value is None or type(value).__name__ in ("NAType", "NaTType") or value != value
    return "no text" if missing else f"no text but {type(value).__name__}"


def _day(value: Any) -> Any:
    """A date cell as `zsie.parse` takes it; what is no date is left for it to refuse."""
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, dt.datetime) else value


def _column(values: list[str | None], rows: pd.DataFrame) -> pd.Series[Any]:
    """A column that Arrow reads as text even where all its cells are empty."""
    import pandas as pd
    import pyarrow as pa

    return pd.Series(values, index=rows.index, dtype=pd.ArrowDtype(pa.string()))


def parse_dataset(
    dataset: ray.data.Dataset,
    *,
    text: str = "text",
    date: str | None = None,
    model: str | Path | None = None,
    actors: int | tuple[int, int] | None = None,
    threads: int = 1,
    batch_size: int = 32,
) -> ray.data.Dataset:
    """Parse the column `text` of a data set; lazily, as Ray does: nothing runs before the result is written or read.

    All columns are kept and two are added: `report` (JSON, schema zsie/1; `json.loads` gives `Report.to_dict`) and `error`.
    A row that cannot be parsed keeps its place and says why in `error`. `date` names a column with the reports' dates.
    `actors` is their number, or (least, most) to let Ray decide; each uses `threads` cores. Without it they grow to all
    cores of the cluster but one, which reading and writing need: a pool that holds every core waits for its input for ever.
    An actor that is killed is started again and its batch parsed again, so no row is lost and none comes twice.
    """
    import ray.data

    files = load(model).model.files
    if actors is None:
        if not ray.is_initialized():
            ray.init()
        cores = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        actors = 1, max(1, (cores - 1) // threads)
    least, most = (actors, actors) if isinstance(actors, int) else actors
    return dataset.map_batches(
        ParseRows,
        fn_constructor_args=(files, text, date, threads),
        batch_size=batch_size,
        batch_format="pandas",
        compute=ray.data.ActorPoolStrategy(min_size=least, max_size=most),
        num_cpus=threads,
    )

"""Ways to look at a report: JSON, tables, a workbook, an HTML page. They know only `zsie.types` and `zsie.records`."""

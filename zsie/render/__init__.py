"""Ways to look at a report: JSON, tables, a workbook, an HTML page.

They know the report and its records (`zsie.types`, `zsie.records`), the findings of its audit (`zsie.audit`), the file it was
read from (`zsie.read.Source`) and the user's language (`zsie.messages`); nothing of models, runs or the command line.
"""

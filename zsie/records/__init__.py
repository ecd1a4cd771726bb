"""Records: what an analyst would type into a spreadsheet, joined from entities, relations and values.

One record is one thing (a project, a company, an official, an event) or one fact (an indicator's figure). Mentions of a
thing are one record when their names are the same or variants of each other and nothing speaks against it. Every
record keeps its mentions, and `cells` gives every cell with its place in the text and its confidence.
"""

from zsie.records.build import companies, events, indicators, officials, projects
from zsie.records.cells import CELL_COLUMNS, Cell, cells
from zsie.records.links import Links, Sentences, flat_name, section_of
from zsie.records.model import Company, Event, Figure, Indicator, Official, Project

__all__ = [
    "CELL_COLUMNS",
    "Cell",
    "Company",
    "Event",
    "Figure",
    "Indicator",
    "Links",
    "Official",
    "Project",
    "Sentences",
    "cells",
    "companies",
    "events",
    "flat_name",
    "indicators",
    "officials",
    "projects",
    "section_of",
]

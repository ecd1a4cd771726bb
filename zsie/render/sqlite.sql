-- The SQLite output of zsie; PRAGMA user_version counts its versions. docs/output.md tells what each column holds.
-- Offsets are half-open code-point offsets into reports.text. Exact numbers are text, `number` is the same as REAL.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    path TEXT,
    member TEXT,
    format TEXT,
    encoding TEXT,
    title TEXT,
    date TEXT,
    text TEXT NOT NULL,
    model TEXT,
    model_version TEXT
);
CREATE TABLE parts (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    title TEXT,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    UNIQUE (report_id, number)
);
CREATE TABLE sections (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT
);
CREATE TABLE entities (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    part_id INTEGER REFERENCES parts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    value TEXT,
    number REAL,
    low TEXT,
    high TEXT,
    unit TEXT,
    approx TEXT,
    period_start TEXT,
    period_end TEXT,
    canonical TEXT,
    status TEXT,
    stage TEXT,
    confidence REAL NOT NULL,
    citation TEXT NOT NULL,
    json TEXT,
    UNIQUE (report_id, name)
);
CREATE TABLE relations (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    head_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
    tail_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
    confidence REAL NOT NULL
);
-- A row of one of the five tables below it: a project, an indicator's figure, an event, an official, a company.
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    part_id INTEGER REFERENCES parts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('projects', 'indicators', 'events', 'officials', 'companies')),
    entity_id INTEGER NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
    confidence REAL NOT NULL,
    citation TEXT NOT NULL
);
CREATE TABLE projects (
    id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    project TEXT NOT NULL,
    stage TEXT,
    investors TEXT,
    place TEXT,
    figures TEXT,
    dates TEXT,
    events TEXT,
    completion TEXT,
    mentions INTEGER NOT NULL
);
CREATE TABLE indicators (
    id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    indicator TEXT NOT NULL,
    canonical TEXT,
    scope TEXT,
    figure TEXT NOT NULL,
    value TEXT,
    number REAL,
    low TEXT,
    high TEXT,
    unit TEXT,
    approx TEXT,
    period TEXT,
    period_start TEXT,
    period_end TEXT,
    completion_rate TEXT,
    growth_or_share TEXT,
    status TEXT NOT NULL,
    section TEXT
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    date TEXT,
    place TEXT,
    officials TEXT,
    participants TEXT,
    projects TEXT,
    figures TEXT,
    status TEXT NOT NULL
);
CREATE TABLE officials (
    id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    titles TEXT,
    organisation TEXT,
    events TEXT,
    mentions INTEGER NOT NULL
);
CREATE TABLE companies (
    id INTEGER PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    company TEXT NOT NULL,
    place TEXT,
    projects TEXT,
    events TEXT,
    figures TEXT,
    mentions INTEGER NOT NULL
);
-- Where each piece of a record's cells comes from.
CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    record_id INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    "column" TEXT NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    entity_id INTEGER REFERENCES entities (id) ON DELETE CASCADE,
    confidence REAL NOT NULL
);
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    report_id INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    part_id INTEGER REFERENCES parts (id) ON DELETE CASCADE,
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    arithmetic TEXT NOT NULL,
    tolerance TEXT NOT NULL,
    confidence REAL NOT NULL
);
CREATE TABLE check_evidence (
    check_id INTEGER NOT NULL REFERENCES checks (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    entity_id INTEGER REFERENCES entities (id) ON DELETE CASCADE,
    PRIMARY KEY (check_id, number)
) WITHOUT ROWID;
CREATE TABLE errors (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    reason TEXT NOT NULL,
    remedy TEXT NOT NULL
);

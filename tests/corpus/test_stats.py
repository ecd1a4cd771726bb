from zsie.corpus import parse_ann, stats

TRADITIONAL = "縣招商局報告:⟦引進項目|INDICATOR#1⟧⟦xx個|COUNT#2⟧、⟦到位資金|INDICATOR#3⟧⟦x.xx億元|AMOUNT#4⟧,⟦縣長某某|OFFICIAL#5⟧出席。\n---\nVALUE 1 2\nVALUE 3 4\n"
PLAIN = "县招商局报告:⟦引进项目|INDICATOR#1⟧⟦25个|COUNT#2⟧。\n---\nVALUE 1 2\n"


def test_scripts_and_masks_are_counted_by_document() -> None:
    found = stats([parse_ann(TRADITIONAL, "a")[0], parse_ann(PLAIN, "b")[0]])
    assert (found.documents, found.traditional, found.masked) == (2, 1, 1)
    assert found.entities["INDICATOR"] == 3
    assert found.relations == {"VALUE": 3}

"""The text layer: decoding, cleaning with an exact offset map, page furniture, structure."""

from zsie.text.clean import Text, clean, is_traditional, sentence_spans
from zsie.text.decode import Decoded, decode
from zsie.text.furniture import furniture
from zsie.text.masks import is_masked
from zsie.text.structure import SECTION_KINDS, Heading, Structure, section_kinds, structure

__all__ = [
    "SECTION_KINDS",
    "Decoded",
    "Heading",
    "Structure",
    "Text",
    "clean",
    "decode",
    "furniture",
    "is_masked",
    "is_traditional",
    "section_kinds",
    "sentence_spans",
    "structure",
]

"""The text layer: decoding, cleaning with an exact offset map, page furniture, structure."""

from zsie.text.clean import Text, clean, sentence_spans
from zsie.text.decode import Decoded, decode
from zsie.text.furniture import furniture
from zsie.text.masks import is_masked
from zsie.text.structure import Heading, Structure, structure

__all__ = [
    "Decoded",
    "Heading",
    "Structure",
    "Text",
    "clean",
    "decode",
    "furniture",
    "is_masked",
    "sentence_spans",
    "structure",
]

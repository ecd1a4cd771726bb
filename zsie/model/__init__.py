"""The neural model: clean text in, entities and relations in clean offsets out.

`windows` cuts, `features` encodes, `runtime` (ONNX Runtime) or `network` (torch) scores, `decode` turns scores into
entities and relations, `engine` runs the four in a row. Only `network` and `export` import torch.
"""

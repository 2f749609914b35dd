"""Makes the small reference files of the reader and writer tests with the Python libraries.

Run in this folder with numpy and safetensors installed; the files are kept in the repository.
"""

import gzip
import pathlib

import numpy as np
from safetensors.numpy import save_file

here = pathlib.Path(__file__).parent

# Names, dtypes and metadata chosen so that sorting, alignment and escaping all matter.
save_file(
    {
        "w": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "b": np.array([1.5, -2.5], dtype=np.float64),
        "mask": np.array([True, False, True]),
        "steps": np.array(7, dtype=np.int64),
        "a/b\n\"q\"": np.array([-1, 2], dtype=np.int16),
        "half": np.array([0.5, 65504.0], dtype=np.float16),
        "bytes": np.arange(5, dtype=np.uint8),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "größe": np.array([[3]], dtype=np.int32),
    },
    here / "safetensors/reference.safetensors",
    metadata={"format": "np"},
)

for name, array in {
    "f4_2x3": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "f8_0d": np.array(0.1),
    "f2_3": np.array([0.5, -2.0, 65504.0], dtype=np.float16),
    "i8_2x1x2": np.array([[[1, -2]], [[2**53 + 1, -(2**63)]]], dtype=np.int64),
    "u1_5": np.arange(5, dtype=np.uint8),
    "b1_2x2": np.array([[True, False], [False, True]]),
    "i2_0x3": np.zeros((0, 3), dtype=np.int16),
}.items():
    np.save(here / f"npy/{name}.npy", array)

text = b"x,y\n1,2\n3,4\n"
(here / "gzip/table.csv").write_bytes(text)
(here / "gzip/table.csv.gz").write_bytes(gzip.compress(text, mtime=0))
(here / "gzip/cut.csv.gz").write_bytes(gzip.compress(text * 500, mtime=0)[:-12])

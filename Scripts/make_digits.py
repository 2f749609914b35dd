#!/usr/bin/env python3
"""Makes Sources/DescentData/BuiltIn/DigitsTable.swift from scikit-learn's copy of the digits.

Usage: Scripts/make_digits.py > Sources/DescentData/BuiltIn/DigitsTable.swift
Needs scikit-learn installed. The result is kept in the repository; run this only to check it.
"""

import base64
import gzip
import importlib.resources
import zlib

packed = importlib.resources.files("sklearn.datasets.data").joinpath("digits.csv.gz").read_bytes()
lines = gzip.decompress(packed).decode("ascii").split()
rows = [[int(float(field)) for field in line.split(",")] for line in lines]
assert len(rows) == 1797 and all(len(row) == 65 for row in rows)
assert all(0 <= value <= 16 for row in rows for value in row[:64])
assert all(0 <= row[64] <= 9 for row in rows)

# Pixel 0 of all images, then pixel 1, ..., then the labels: neighbours in a column are alike,
# so this order compresses a little better than image after image.
table = bytes(row[column] for column in range(65) for row in rows)
text = base64.b64encode(zlib.compress(table, 9)).decode("ascii")

print(
    '''/// The UCI handwritten digits: 64 columns of 1,797 pixels (0 to 16) and a column of labels
/// (0 to 9), one byte each, compressed by zlib and written in base64.
///
/// Made by Scripts/make_digits.py; not to be edited by hand.
///
/// - Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
///   Learning Repository, 1998, https://doi.org/10.24432/C50P49 (its test set, as scikit-learn
///   ships it). Licence: Creative Commons Attribution 4.0 (CC BY 4.0). Changed in form only.
let digitsTable = """'''
)
for start in range(0, len(text), 100):
    print(text[start : start + 100])
print('"""')

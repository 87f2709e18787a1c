#!/usr/bin/env python3
"""Makes the pictures in tests/data/pictures and the tables of their pixels.

    make-pictures.py                 writes the pictures
    make-pictures.py --tables [DIR]  prints tests/elements/picture-tables.h

Pixels are those of Pillow, of OpenCV for 16 bits (which Pillow clips). DIR
holds further odd pictures, which tests look at where they are there. A table
has file, columns, rows and the SHA-1 of the packed RGB rows; no SHA-1 where
Pillow refuses the file, or where it is no picture.
Needs Pillow, NumPy and OpenCV.
"""

import hashlib
import pathlib
import sys

import cv2
import numpy
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).parent / 'pictures'
# libjpeg goes on in the middle of this one, and Pillow does not mind
REFUSED = {'corrupt-scan.jpg'}
Image.MAX_IMAGE_PIXELS = None


def scene(width, height):
    """Smooth colours with some hard edges, different in every corner."""
    y, x = numpy.mgrid[0:height, 0:width]
    rgb = numpy.stack([x * 255 // (width - 1), y * 255 // (height - 1),
                       (x * 7 + y * 13) % 256], axis=2)
    rgb[height // 4:height // 2, width // 3:width // 2] = (250, 20, 60)
    return Image.fromarray(rgb.astype(numpy.uint8))


def orientation(image, value):
    exif = image.getexif()
    exif[0x0112] = value
    return exif


def make():
    FOLDER.mkdir(exist_ok=True)
    image = scene(31, 22)
    grey = image.convert('L')
    alpha = Image.linear_gradient('L').resize(image.size)
    for value in range(1, 9):
        image.save(FOLDER / f'orientation-{value}.jpg', quality=90,
                   exif=orientation(image, value))
    image.save(FOLDER / 'progressive.jpg', progressive=True)
    image.save(FOLDER / 'chroma-444.jpg', subsampling=0)
    grey.save(FOLDER / 'grey.jpg')
    image.convert('CMYK').save(FOLDER / 'cmyk.jpg')
    image.save(FOLDER / 'rgb.png')
    image.quantize(17).save(FOLDER / 'palette.png')
    grey.save(FOLDER / 'grey.png')
    grey.convert('1').save(FOLDER / '1-bit.png')
    Image.merge('RGBA', (*image.split(), alpha)).save(FOLDER / 'rgba.png')
    Image.merge('LA', (grey, alpha)).save(FOLDER / 'grey-alpha.png')
    wide = numpy.asarray(image).astype(numpy.uint16) * 257 - 3
    cv2.imwrite(str(FOLDER / 'rgb-16.png'), wide)
    cv2.imwrite(str(FOLDER / 'grey-16.png'), wide[:, :, 1])
    image.save(FOLDER / 'rgb.bmp')
    image.save(FOLDER / 'rgb.tiff', compression='tiff_lzw')
    image.save(FOLDER / 'lossy.webp')
    image.save(FOLDER / 'lossless.webp', lossless=True)
    image.quantize(32).save(FOLDER / 'two-frames.gif', save_all=True,
                            append_images=[grey.quantize(32)])
    (FOLDER / 'png-named.jpg').write_bytes((FOLDER / 'rgb.png').read_bytes())
    whole = (FOLDER / 'chroma-444.jpg').read_bytes()
    (FOLDER / 'cut.jpg').write_bytes(whole[:len(whole) * 2 // 3])
    middle = len(whole) * 3 // 4
    (FOLDER / 'corrupt-scan.jpg').write_bytes(
        whole[:middle] + b'\xff\xd9' * 8
        + whole[middle + 16:])
    (FOLDER / 'trailing.jpg').write_bytes(whole + b'more' * 50)
    whole = (FOLDER / 'rgb.png').read_bytes()
    (FOLDER / 'cut.png').write_bytes(whole[:len(whole) // 2])
    (FOLDER / 'text.jpg').write_text('This is no picture.\n')
    (FOLDER / 'empty.jpg').write_bytes(b'')


def pixels(path):
    wide = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if wide is not None and wide.dtype == numpy.uint16:
        return cv2.imread(str(path))[:, :, ::-1]
    with Image.open(path) as image:
        return numpy.asarray(ImageOps.exif_transpose(image).convert('RGB'))


def row(path):
    name = path.name.replace('\\', '\\\\').replace('"', '\\"')
    try:
        rgb = None if path.name in REFUSED else pixels(path)
    except (OSError, SyntaxError):
        rgb = None
    if rgb is None:
        return f'  {{"{name}", 0, 0, NULL}},'
    height, width = rgb.shape[:2]
    digest = hashlib.sha1(rgb.tobytes()).hexdigest()
    return f'  {{"{name}", {width}, {height},\n      "{digest}"}},'


def table(name, folder):
    print(f'\nstatic const PictureRow {name}[] = {{')
    for path in sorted(folder.iterdir(), key=lambda path: path.name.encode()):
        print(row(path))
    print('};')


def tables(odd):
    print('/* gst-ptq\n * SPDX-License-Identifier: LGPL-2.1-or-later\n *\n'
          ' * Printed by tests/data/make-pictures.py --tables\n */\n'
          '#pragma once\n\n'
          'typedef struct\n{\n  const gchar *file;\n  gint width;\n'
          '  gint height;\n  const gchar *sha1;\n} PictureRow;')
    table('picture_table', FOLDER)
    if odd:
        table('odd_picture_table', pathlib.Path(odd))


if sys.argv[1:2] == ['--tables']:
    tables(sys.argv[2] if len(sys.argv) > 2 else None)
else:
    make()
